//go:build linux

package doctor

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// asNobody calls prepare as this user, and f without any rights of root. It does that on
// a thread of its own, which ends with it.
func asNobody(t *testing.T, f, prepare func()) {
	t.Helper()
	prepare()
	if os.Geteuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	done := make(chan bool)
	go func() {
		runtime.LockOSThread() // and never unlocks it: the thread ends with the goroutine
		defer close(done)
		_, _, gid := syscall.RawSyscall(syscall.SYS_SETRESGID, nobody, nobody, nobody)
		_, _, uid := syscall.RawSyscall(syscall.SYS_SETRESUID, nobody, nobody, nobody)
		if gid != 0 || uid != 0 {
			t.Errorf("give up the rights of root: %v, %v", gid, uid)
			return
		}
		f()
	}()
	<-done
}
