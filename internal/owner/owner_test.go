package owner

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

const somebody = 12345

// folder returns a folder that belongs to somebody. Only root can make one.
func folder(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, somebody, somebody); err != nil {
		t.Fatal(err)
	}
	return dir
}

// matched opens a file, has Match see it, and returns whose it is then.
func matched(t *testing.T, path string) (uid uint32) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := Match(f); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}

func TestMatch(t *testing.T) {
	if uid := matched(t, filepath.Join(folder(t), "new")); uid != somebody {
		t.Errorf("it belongs to %d", uid)
	}
}

// TestOnlyWhatWasMade leaves files alone that the folder's owner may have put in the
// way, to get them.
func TestOnlyWhatWasMade(t *testing.T) {
	for name, plant := range map[string]func(theirs, path string) error{
		"a file with content": func(_, path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
		"a link":              os.Symlink,
		"a second name":       os.Link,
	} {
		dir := folder(t)
		theirs, path := filepath.Join(t.TempDir(), "theirs"), filepath.Join(dir, "new")
		if err := os.WriteFile(theirs, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := plant(theirs, path); err != nil {
			t.Fatal(err)
		}
		if uid := matched(t, path); uid != 0 {
			t.Errorf("%s is given away", name)
		}
	}
}
