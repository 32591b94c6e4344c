package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Verify reads every byte in use of the file at path and checks what its records say,
// without changing anything. warning is what a person should know although the file
// works. It waits up to 1 s for another process that has the file. The error is a
// *FileError when the file is the reason.
//
// A file of an older version, which Open would bring up to date, is checked as far as
// its pages go.
func Verify(path string) (warning string, err error) {
	seen, err := inspect(path, len(migrations))
	if err != nil {
		return "", explain(path, err)
	}
	db, file, err := openDB(path, true)
	if err != nil {
		return "", explain(path, err)
	}
	defer db.Close() // it wrote nothing: an error of closing means nothing
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if _, err := checkPages(file, info.Size(), true); err != nil {
		return "", explain(path, err)
	}
	err = guarded(func() error {
		return db.View(func(tx *bolt.Tx) error {
			version, err := identify(tx, len(migrations))
			if err != nil || version < len(migrations) {
				return err
			}
			return audit(tx, true)
		})
	})
	return seen.warning, explain(path, err)
}

// IsInUse reports whether err says that another process has the file: a hub that runs.
func IsInUse(err error) bool { return errors.Is(err, berrors.ErrTimeout) }
