package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"camhub/internal/atomicfile"
)

// prepare makes the folders above the file at path and reports whether the file
// holds anything. An empty file is as good as none.
func prepare(path string) (exists bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, makeFolder(filepath.Dir(path))
	case err != nil:
		return false, fmt.Errorf("look at it: %w", err)
	case !info.Mode().IsRegular():
		return false, irregular(info)
	}
	return info.Size() > 0, nil
}

// makeFolder makes dir and the folders above it that are missing, for this user
// only, so that they outlive a power cut.
func makeFolder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("make the folder %s: %w", dir, syscall.ENOTDIR)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if up := filepath.Dir(dir); up != dir {
		if err := makeFolder(up); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make its folder: %w", err)
	}
	return syncFolder(dir)
}

// syncFolder writes the entry of path in the folder above it to disk.
func syncFolder(path string) error { return atomicfile.SyncDir(filepath.Dir(path)) }

// Publish gives the file at part its name, which must not be taken, so that it outlives a
// power cut. Both are in one folder, and the content is on disk.
func Publish(part, name string) error {
	err := os.Link(part, name) // unlike Rename, not over a file that appears now
	switch {
	case err == nil:
		err = os.Remove(part)
	case !errors.Is(err, fs.ErrExist): // there are file systems without links
		err = os.Rename(part, name)
	}
	if err != nil {
		return err
	}
	return syncFolder(name)
}
