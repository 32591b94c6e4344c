package mov

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// seed adds files of every state.
func seed(f *testing.F) {
	for _, n := range []int{0, 1, 4} {
		film := shoot(f, start, n, 16, 16)
		open, err := os.ReadFile(film.path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(open)
		if n > 0 {
			film.close(f)
			closed, err := os.ReadFile(film.path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(closed)
			f.Add(closed[:len(closed)-9])
		}
	}
}

// FuzzRead reads and walks any bytes: no panic, memory in proportion to them, and
// what it finds lies within them.
func FuzzRead(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func(io.ReaderAt, int64) (*File, error){Read, Walk} {
			x, err := read(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				if !errors.Is(err, ErrFormat) {
					t.Fatal(err)
				}
				continue
			}
			last := int64(-1)
			for _, s := range x.Samples {
				if s.Offset < 0 || s.Offset+int64(s.Size) > int64(len(b)) || s.Time <= last {
					t.Fatalf("sample %+v after %d in %d bytes", s, last, len(b))
				}
				last = s.Time
			}
			if x.Whole > int64(len(b)) || len(x.Samples) > len(b)/16 {
				t.Fatalf("%d whole, %d pictures in %d bytes", x.Whole, len(x.Samples), len(b))
			}
			x.Find(time.Now())
		}
	})
}

// FuzzRepair repairs any bytes: afterwards the file is closed, or as it was.
func FuzzRepair(f *testing.F) {
	seed(f)
	// Each try syncs four times, which takes long on a disk.
	dir, err := os.MkdirTemp("/dev/shm", "camhub-fuzz-")
	if err != nil {
		dir = f.TempDir()
	}
	f.Cleanup(func() { os.RemoveAll(dir) })
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x.mov")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Repair(path); err != nil {
			if now, _ := os.ReadFile(path); !bytes.Equal(now, b) {
				t.Fatalf("changed, and not repaired: %v", err)
			}
			return
		}
		file, x, err := Open(path)
		if err != nil || !x.Closed {
			t.Fatalf("not closed after a repair: %v", err)
		}
		file.Close()
	})
}
