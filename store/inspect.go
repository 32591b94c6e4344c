package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// inspection is what was seen of a file before it is opened for writing.
type inspection struct {
	clean   bool   // it was closed with Close, and nothing was written since
	warning string // see Store.Warning
}

const warnHeader = "one of the two headers of the store file is damaged, and the other is used: " +
	"the last change before the program ended may be missing"

// inspect looks at the file at path without changing it: at its pages (in full unless
// it was closed with Close), whose file it is, and at its version.
func inspect(path string, newest int) (seen inspection, err error) {
	db, file, err := openDB(path, true) // for the shared lock: nobody writes meanwhile
	if err != nil {
		return seen, whyNot(path, err)
	}
	defer db.Close() // it wrote nothing: an error of closing means nothing
	info, err := file.Stat()
	if err != nil {
		return seen, err
	}
	both, err := checkPages(file, info.Size(), false)
	if err != nil {
		return seen, err
	}
	if !both {
		seen.warning = warnHeader
	}
	err = guarded(func() error {
		return db.View(func(tx *bolt.Tx) error {
			version, err := identify(tx, newest)
			seen.clean = err == nil && version > 0 && wasClosed(tx)
			return err
		})
	})
	if err == nil && !seen.clean {
		_, err = checkPages(file, info.Size(), true)
	}
	return seen, err
}

// whyNot returns the reason why bbolt did not open the file at path: err when the
// system refused it, else what the file is instead.
func whyNot(path string, err error) error {
	if errors.As(err, new(syscall.Errno)) || errors.Is(err, berrors.ErrTimeout) {
		return err
	}
	f, openErr := os.Open(path)
	if openErr != nil {
		return openErr
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, readErr := io.ReadFull(f, head)
	if n == 0 {
		return fmt.Errorf("%w: %w", err, readErr)
	}
	return unreadable(head[:n])
}
