package disk

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func writeVector(f *os.File, off int64, a, b []byte) (int, error) {
	for {
		n, err := unix.Pwritev(int(f.Fd()), [][]byte{a, b}, off)
		if err != unix.EINTR {
			return n, err
		}
	}
}

// Sync makes what was written to f survive a power cut.
func Sync(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err == nil {
			return nil
		}
		if err != unix.EINTR {
			return fmt.Errorf("sync %s: %w", f.Name(), err)
		}
	}
}

// Free returns how many bytes a user without privileges may still write to the
// file system of path, and how many it holds in all.
func Free(path string) (free, total int64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, 0, fmt.Errorf("ask for the free space of %s: %w", path, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), int64(st.Blocks) * int64(st.Bsize), nil
}

// Writable says why this user may not make files in a folder, or nil.
func Writable(dir string) error {
	return unix.Faccessat(unix.AT_FDCWD, dir, unix.W_OK|unix.X_OK, unix.AT_EACCESS)
}
