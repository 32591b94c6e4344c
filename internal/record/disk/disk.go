// Package disk has the few things that recordings ask of a file system and
// package os does not know: to write two buffers at once, to sync data without
// its times, to sync a folder, to lock one, and to tell how much room is left.
//
// On Linux it uses the calls made for it; elsewhere the nearest that there is.
package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ErrLocked says that another process holds the lock.
var ErrLocked = errors.New("in use by another process")

// Reason is the class of a failed write, as far as one acts on it.
type Reason uint8

// The classes. Broken is all that is not known better, such as EIO.
const (
	Broken Reason = iota
	Full
	ReadOnly
	Gone // the file or its folder is no longer there
)

// Classify returns the class of an error of a write.
func Classify(err error) Reason {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return Full
	case errors.Is(err, syscall.EROFS):
		return ReadOnly
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ESTALE), errors.Is(err, syscall.ENOTDIR):
		return Gone
	}
	return Broken
}

// Write2 writes a and then b at off, with as few calls as the system allows. On
// an error any part of them may be written.
func Write2(f *os.File, off int64, a, b []byte) error {
	for len(a)+len(b) > 0 {
		n, err := writeVector(f, off, a, b)
		if err != nil {
			return fmt.Errorf("write %s at %d: %w", f.Name(), off, err)
		}
		if n == 0 {
			return fmt.Errorf("write %s at %d: %w", f.Name(), off, io.ErrShortWrite)
		}
		off += int64(n)
		k := min(n, len(a))
		a, b = a[k:], b[n-k:]
	}
	return nil
}

// Lock takes the lock of a folder, which must be there; no file is made in it. It
// does not wait: ErrLocked says that another process has it. Closing what it
// returns, or the end of the process in any way, gives it back.
func Lock(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return f, nil
}

// Device returns the number of the file system that path lies on.
func Device(path string) (uint64, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	return uint64(st.Dev), nil // its type differs between systems
}
