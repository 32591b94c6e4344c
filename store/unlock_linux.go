package store

import (
	"os"
	"syscall"
)

// abandon closes a file that bbolt has mapped and can't unmap any more. The mapping
// keeps the file, and with it bbolt's lock, until the process ends, so the lock is
// taken off first.
func abandon(f *os.File) error {
	if raw, err := f.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { syscall.Flock(int(fd), syscall.LOCK_UN) }) // closing tells of a bad descriptor
	}
	return f.Close()
}
