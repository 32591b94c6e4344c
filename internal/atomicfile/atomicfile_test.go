package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// wantAlone fails unless the folder of path holds that and nothing else.
func wantAlone(t *testing.T, path string) {
	t.Helper()
	if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 1 || names[0].Name() != filepath.Base(path) {
		t.Errorf("the folder holds %v, %v", names, err)
	}
}

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("a longer text of before"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, perm := range []fs.FileMode{0o600, 0o644} {
		if err := Write(path, []byte("new"), perm); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != perm || read(t, path) != "new" {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	wantAlone(t, path)
}

// TestWriteThatFails leaves nothing beside what was there.
func TestWriteThatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.MkdirAll(filepath.Join(path, "in-the-way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced")
	}
	wantAlone(t, path)
	if err := Write(filepath.Join(path, "none", "f"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
}

func TestTwoAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := Write(path, bytes.Repeat(fmt.Append(nil, i), 1<<16), 0o600); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b := read(t, path)
	if len(b) != 1<<16 || b != string(bytes.Repeat([]byte{b[0]}, len(b))) {
		t.Errorf("%d bytes of several", len(b))
	}
	wantAlone(t, path)
}

func TestRemoveStrays(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, name := range []string{".f.123.new", ".f.new", ".g.1.new", "f", "f.new"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveStrays(path); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 4 || names[0].Name() != ".f.new" {
		t.Errorf("%v, %v", names, err)
	}
}

// TestForFolder gives a file of root's to the owner of the folder.
func TestForFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(string, []byte, fs.FileMode) error{"root": Write, "owner": WriteForFolder} {
		path := filepath.Join(dir, name)
		if err := write(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; (uid == 12345) != (name == "owner") {
			t.Errorf("that for the %s belongs to %d", name, uid)
		}
	}
}

func TestSyncDir(t *testing.T) {
	dir := t.TempDir()
	if err := SyncDir(dir); err != nil {
		t.Error(err)
	}
	if err := SyncDir(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of none: %v", err)
	}
}
