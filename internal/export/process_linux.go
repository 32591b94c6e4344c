package export

import (
	"os/exec"
	"syscall"
)

// isolate gives a program a process group of its own, which ends with its context
// and with the hub.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// lowerPriority lets cameras and viewers go first. It is no harm when it fails.
func lowerPriority(pid int) { _ = syscall.Setpriority(syscall.PRIO_PGRP, pid, 15) }
