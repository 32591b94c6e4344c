package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// create makes a store at path, where there is no file. It appears there whole or not
// at all, also on a full disk and in a power cut: a piece of one would be taken for the
// damaged rest of a store. It reports whether path holds anything by now: not where an
// empty file stands, and also where another process was faster.
func create(path string, steps []migration) (exists bool, err error) {
	part, err := fill(path, steps)
	if err == nil {
		err = Publish(part, path)
	}
	if err != nil && part != "" {
		err = errors.Join(err, os.Remove(part))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return false, err
	}
	return prepare(path)
}

// fill makes an empty store beside path, and returns where. The caller removes it, also
// when there is an error.
func fill(path string, steps []migration) (part string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return "", fmt.Errorf("make it: %w", err)
	}
	part = f.Name()
	if err := f.Close(); err != nil {
		return part, err
	}
	db, file, err := openDB(part, false)
	if err != nil {
		return part, err
	}
	s := &Store{path: part, db: db, file: file, keep: keepEvents}
	err = guarded(func() error { return s.setUp(steps, false) })
	return part, errors.Join(err, s.release(err))
}
