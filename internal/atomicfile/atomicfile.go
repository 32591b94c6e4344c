// Package atomicfile puts small files in the place of others in one step: after a crash
// or a power cut at any moment there is the old file or the new one, as a whole.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"camhub/internal/owner"
)

// suffix ends the name of a file that is not whole yet.
const suffix = ".new"

// Write writes b to a file at path, with the rights perm, whatever the umask. It is on
// disk when Write returns nil, with its name; else what was there before is still
// there, unless only the name could not be synced. The folder must exist. Two at a
// time do not disturb each other: one of them wins.
func Write(path string, b []byte, perm fs.FileMode) error {
	return write(path, b, perm, func(*os.File) error { return nil })
}

// WriteForFolder is Write for a file that belongs to a data folder, and so to its owner
// (see owner.Match).
func WriteForFolder(path string, b []byte, perm fs.FileMode) error {
	return write(path, b, perm, owner.Match)
}

func write(path string, b []byte, perm fs.FileMode, own func(*os.File) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*"+suffix) // 0600
	if err != nil {
		return err
	}
	if err = own(f); err == nil { // while it is empty
		err = f.Chmod(perm)
	}
	if err == nil {
		_, err = f.Write(b)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return SyncDir(filepath.Dir(path))
}

// RemoveStrays removes what calls of Write for path have left that were cut by a crash. No
// other may run meanwhile.
func RemoveStrays(path string) error {
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("remove what is left over of %s: %w", path, err)
	}
	before := "." + filepath.Base(path) + "."
	for _, e := range names {
		if n := e.Name(); len(n) > len(before)+len(suffix) && n[:len(before)] == before && filepath.Ext(n) == suffix {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), n)))
		}
	}
	return err
}

// SyncDir makes the names in a folder survive a power cut. File systems that can't sync a
// folder are taken as they are.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("sync the folder: %w", err)
	}
	return nil
}
