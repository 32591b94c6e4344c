//go:build unix

package connlimit

import "golang.org/x/sys/unix"

// openFiles returns how many files the process may have open. (The Go runtime
// has raised that to what the system allows.)
func openFiles() int {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return fewFiles
	}
	return int(min(uint64(r.Cur), manyFiles)) // the field is signed on some systems
}
