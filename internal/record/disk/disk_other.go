//go:build !linux

package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

func writeVector(f *os.File, off int64, a, b []byte) (int, error) {
	if len(a) > 0 {
		return f.WriteAt(a, off)
	}
	return f.WriteAt(b, off)
}

// Sync makes what was written to f survive a power cut.
func Sync(f *os.File) error { return f.Sync() }

// Free returns how many bytes a user without privileges may still write to the
// file system of path, and how many it holds in all.
func Free(path string) (free, total int64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, 0, fmt.Errorf("ask for the free space of %s: %w", path, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), int64(st.Blocks) * int64(st.Bsize), nil
}

// Writable says why this user may not make files in a folder, or nil.
func Writable(dir string) error {
	f, err := os.CreateTemp(dir, ".camhub-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
