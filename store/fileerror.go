package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"unicode"
	"unicode/utf8"

	berrors "go.etcd.io/bbolt/errors"
)

// FileError says, for a person, what is wrong with the file as a whole and what to
// do about it. Open does not change a file that it gives one for.
type FileError struct {
	Path    string
	Problem string // what is wrong
	Advice  string // what to do
	Err     error  // the cause
}

// Error implements error.
func (e *FileError) Error() string {
	return fmt.Sprintf("store file %s: %s. What to do: %s", e.Path, e.Problem, e.Advice)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// damage is a fault in the content of the file.
type damage string

// Error implements error.
func (d damage) Error() string { return string(d) }

// damagef returns a damage.
func damagef(format string, args ...any) error { return damage(fmt.Sprintf(format, args...)) }

// notOurs is a file that another program made.
type notOurs string

// Error implements error.
func (n notOurs) Error() string { return string(n) }

// newer is the schema version of a file that this program is too old for.
type newer struct{ file, program int }

// Error implements error.
func (n newer) Error() string {
	return fmt.Sprintf("it was written by a newer camhub (schema version %d, this one knows up to %d)", n.file, n.program)
}

// newerFormat is the version of a whole bbolt file that this program's bbolt is too old
// for.
type newerFormat uint32

// Error implements error.
func (n newerFormat) Error() string {
	return fmt.Sprintf("it was written by a newer camhub (version %d of the file format, this one knows %d)", uint32(n), boltVersion)
}

// What to do, by problem.
const (
	adviceDamage = "put a backup in its place (camhub restore); without one, move the file away, " +
		"start with no file and add the cameras again. If it happens again, check the disk"
	adviceOther  = "move the file away or choose another data folder with --data"
	adviceNewer  = "run the newer camhub, or put back the copy of the file that was made before the update"
	adviceLocked = "stop the other camhub that uses this data folder, or choose another one with --data"
	adviceRights = "give the user that runs camhub the right to read and write the file and its folder " +
		"(chown, chmod), or choose another data folder with --data"
	adviceFull     = "make room on the disk, then try again"
	adviceReadOnly = "mount the disk for writing, or choose another data folder with --data"
	adviceFolder   = "choose another data folder with --data, or move away what stands there"
	adviceDisk     = "check the disk and its cable; the kernel's log says more (dmesg)"
)

// explain turns an error about the file at path into a *FileError when the file as
// a whole is its reason, and returns any other as it is.
func explain(path string, err error) error {
	problem, advice := "", ""
	switch {
	case err == nil || errors.As(err, new(*FileError)):
		return err
	case errors.As(err, new(damage)), errors.As(err, new(panicked)):
		problem, advice = "it is damaged: "+err.Error(), adviceDamage
	case errors.As(err, new(notOurs)):
		problem, advice = err.Error(), adviceOther
	case errors.As(err, new(newer)), errors.As(err, new(newerFormat)):
		problem, advice = err.Error(), adviceNewer
	case errors.Is(err, berrors.ErrTimeout):
		problem, advice = "another process has it open", adviceLocked
	case errors.Is(err, syscall.EROFS):
		problem, advice = "its disk is read-only", adviceReadOnly
	case errors.Is(err, fs.ErrPermission):
		problem, advice = "this user may not read and write it ("+err.Error()+")", adviceRights
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		problem, advice = "the disk is full", adviceFull
	case errors.Is(err, syscall.EIO):
		problem, advice = "the disk does not read or write it ("+err.Error()+")", adviceDisk
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENAMETOOLONG):
		problem, advice = "it can't be made there ("+err.Error()+")", adviceFolder
	default:
		return err
	}
	return &FileError{Path: path, Problem: problem, Advice: advice, Err: err}
}

// unreadable says what kind of file begins with head, which holds no header of a
// bbolt file that is whole.
func unreadable(head []byte) error {
	switch {
	case isNewerFormat(head):
		return newerFormat(order.Uint32(head[pageHeaderLen+4:]))
	case hasBoltMagic(head):
		return damagef("both of its headers are destroyed or it was cut short")
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return notOurs("it is an SQLite database, not a store of camhub")
	case isText(head):
		return notOurs("it is a text file, not a store of camhub")
	}
	return notOurs("it is not a store of camhub, or its beginning is destroyed")
}

// isText reports whether head begins like a text in UTF-8.
func isText(head []byte) bool {
	head = head[:min(len(head), 64)]
	for n := 1; n < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); n++ {
		head = head[:len(head)-1] // a character may be cut in two
	}
	return utf8.Valid(head) && !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) })
}

// irregular says what stands at a path instead of a file.
func irregular(info os.FileInfo) error {
	if info.IsDir() {
		return notOurs("it is a folder, not a file")
	}
	return notOurs("it is not a regular file")
}
