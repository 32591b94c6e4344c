//go:build !linux

package export

import "os/exec"

// isolate does nothing here: the program alone ends with its context.
func isolate(*exec.Cmd) {}

// lowerPriority does nothing here.
func lowerPriority(int) {}
