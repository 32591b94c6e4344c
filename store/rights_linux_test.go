package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestOpenWithoutRights opens files as a user that may not. Linux lets a thread of root
// take the rights of another user for files alone.
func TestOpenWithoutRights(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	s, err := Open(path)
	check(t, err)
	check(t, s.Close())
	for name, rights := range map[string]fs.FileMode{"none": 0, "read only": 0o444} {
		check(t, os.Chmod(path, rights))
		before := look(path)
		_, err := openAsNobody(path)
		if _, ok := errors.AsType[*FileError](err); !ok || !strings.Contains(err.Error(), "may not read and write") {
			t.Errorf("%s: %v", name, err)
		}
		if look(path) != before {
			t.Errorf("%s: the file was changed", name)
		}
	}
	check(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o700)
	if _, err := openAsNobody(filepath.Join(dir, "sub", "new.db")); err == nil || !strings.Contains(err.Error(), "chown") {
		t.Errorf("folder: %v", err)
	}
}

// openAsNobody is Open with the rights of another user, when the test runs as root.
func openAsNobody(path string) (*Store, error) {
	if os.Getuid() == 0 {
		const nobody = 65534
		runtime.LockOSThread() // the rights are the thread's
		defer runtime.UnlockOSThread()
		if err := syscall.Setfsuid(nobody); err != nil {
			return nil, err
		}
		defer syscall.Setfsuid(0)
	}
	return Open(path)
}
