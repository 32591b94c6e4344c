package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want Reason
	}{
		{syscall.ENOSPC, Full},
		{fmt.Errorf("sync: %w", &fs.PathError{Op: "write", Err: syscall.EDQUOT}), Full},
		{syscall.EROFS, ReadOnly},
		{os.ErrNotExist, Gone},
		{&fs.PathError{Op: "open", Err: syscall.ENOENT}, Gone},
		{syscall.ENOTDIR, Gone},
		{syscall.EIO, Broken},
		{errors.New("anything"), Broken},
	} {
		if got := Classify(tt.err); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.err, got, tt.want)
		}
	}
}

func TestWrite2(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a, b := bytes.Repeat([]byte("a"), 137), bytes.Repeat([]byte("b"), 1<<20)
	want := make([]byte, 3)
	for _, parts := range [][2][]byte{{a, b}, {nil, a}, {b, nil}, {nil, nil}} {
		if err := Write2(f, int64(len(want)), parts[0], parts[1]); err != nil {
			t.Fatal(err)
		}
		want = append(append(want, parts[0]...), parts[1]...)
	}
	if err := Sync(f); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(want))
	}
	r, err := os.Open(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := Write2(r, 0, a, b); !errors.Is(err, syscall.EBADF) {
		t.Errorf("to a file that is open for reading: %v", err)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	l, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	l.Close()
	if l, err = Lock(dir); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := Lock(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
}

func TestFreeAndDevice(t *testing.T) {
	dir := t.TempDir()
	if left, total, err := Free(dir); err != nil || left <= 0 || total < left {
		t.Errorf("%d of %d, %v", left, total, err)
	}
	a, err1 := Device(dir)
	b, err2 := Device(filepath.Dir(dir))
	if err1 != nil || err2 != nil || a != b {
		t.Errorf("%d %v, %d %v", a, err1, b, err2)
	}
}
