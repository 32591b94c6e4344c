package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	berrors "go.etcd.io/bbolt/errors"
)

// Replace puts the file at next in place of the store file at path, and keeps what
// is there as old, which must not exist. Both must be in one folder. At every moment,
// also of a power cut, there is a whole file at path, if there was one. It refuses when
// another process has the store open, which may be damaged and even no store. kept says
// whether there was anything to keep. next must not be open.
func Replace(path, next, old string) (kept bool, err error) {
	kept, err = replace(path, next, old)
	if err != nil {
		return false, fmt.Errorf("replace the store: %w", explain(path, err))
	}
	return kept, nil
}

func replace(path, next, old string) (kept bool, err error) {
	_, err = os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, Publish(next, path)
	}
	if err != nil {
		return false, err
	}
	unlock, err := lock(path)
	if err != nil {
		return false, err
	}
	defer unlock()
	if err := keep(path, old); err != nil {
		return false, err
	}
	if err := os.Rename(next, path); err != nil {
		return false, errors.Join(err, os.Remove(old))
	}
	return true, syncFolder(path)
}

// InUse returns an error when another process has the store file at path open, and nil
// also when there is none.
func InUse(path string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := lock(path)
	if err != nil {
		return explain(path, err)
	}
	unlock()
	return nil
}

// lock takes the store file at path from other processes. A file that bbolt can't open
// is not locked: no hub runs on it.
func lock(path string) (unlock func(), err error) {
	db, file, err := openDB(path, true)
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, err
	}
	if err != nil {
		return func() {}, nil
	}
	opened := Store{path: path, db: db, file: file}
	return func() { opened.release(nil) }, nil // it wrote nothing: an error of closing means nothing
}

// keep gives the file at path a second name, or makes a copy of it where file systems
// have no such thing.
func keep(path, old string) error {
	if err := os.Link(path, old); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(old, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return errors.Join(err, os.Remove(old))
	}
	return syncFolder(old)
}
