package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/event"
)

// TestOpenRefuses checks that what is not ours to use gives an error that names the
// file, what is wrong and what to do, and stays as it is.
func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name, problem, advice string
		make                  func(t *testing.T, path string)
	}{
		{"text", "text file", "--data", content("cameras:\n  - front door, at 10.0.0.5\n")},
		{"long text", "text file", "--data", content(strings.Repeat("Tür und Tor, ", 2000))},
		{"one byte", "text file", "--data", content("x")},
		{"SQLite", "SQLite", "--data", content("SQLite format 3\x00" + strings.Repeat("\x01\x00\x20", 9000))},
		{"other binary", "not a store of camhub", "--data", content(strings.Repeat("\x7fELF\x00\x01\xff", 9000))},
		{"zeros", "not a store of camhub", "--data", content(strings.Repeat("\x00", 32768))},
		{"start of a bbolt file", "cut short", "backup", func(t *testing.T, path string) {
			content(string(newSample(t, true).bytes[:100]))(t, path)
		}},
		{"folder", "is a folder", "--data", func(t *testing.T, path string) { check(t, os.Mkdir(path, 0o700)) }},
		{"pipe", "not a regular file", "--data", func(t *testing.T, path string) { check(t, syscall.Mkfifo(path, 0o600)) }},
		{"link to itself", "can't be made there", "--data", func(t *testing.T, path string) { check(t, os.Symlink(path, path)) }},
		{"other program's bbolt file", "another program", "--data", foreign("wallet", "")},
		{"bbolt file with our bucket", "another program", "--data", foreign("meta", "")},
		{"bbolt file of another format", `bbolt file of "other"`, "--data", foreign("meta", "other")},
		{"newer schema", "this one knows up to", "newer camhub", func(t *testing.T, path string) {
			s, err := open(path, append(slices.Clip(migrations), func(*bolt.Tx) error { return nil }))
			check(t, err)
			check(t, s.Close())
		}},
		{"newer bbolt", "version 3 of the file format", "newer camhub", func(t *testing.T, path string) {
			b := newSample(t, true).bytes
			h, _, err := newestHeader(bytes.NewReader(b))
			check(t, err)
			for _, at := range []uint64{pageHeaderLen, h.pageSize + pageHeaderLen} {
				order.PutUint32(b[at+4:], boltVersion+1)
				order.PutUint64(b[at+56:], headerSum(b[at:]))
			}
			content(string(b))(t, path)
		}},
		{"in use", "another process", "stop the other camhub", func(t *testing.T, path string) { openFile(t, path) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			test.make(t, path)
			before := look(path)
			_, err := Open(path)
			file, ok := errors.AsType[*FileError](err)
			if !ok || !strings.Contains(file.Problem, test.problem) || !strings.Contains(file.Advice, test.advice) {
				t.Fatalf("got %v, want a problem with %q and an advice with %q", err, test.problem, test.advice)
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%q does not name the file", err)
			}
			if after := look(path); after != before {
				t.Error("the file was changed")
			}
		})
	}
}

// content returns a function that makes a file with a content.
func content(s string) func(*testing.T, string) {
	return func(t *testing.T, path string) { check(t, os.WriteFile(path, []byte(s), 0o600)) }
}

// foreign returns a function that makes a bbolt file with a bucket, and in it a format.
func foreign(bucket, format string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		db, err := bolt.Open(path, 0o600, &bolt.Options{NoFreelistSync: true})
		check(t, err)
		check(t, db.Update(func(tx *bolt.Tx) error {
			b, err := tx.CreateBucket([]byte(bucket))
			if err != nil || format == "" {
				return err
			}
			_, err = putRecord(b, keyFormat, format)
			return err
		}))
		check(t, db.Close())
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// look describes what is at path: kind, rights, size, time and content.
func look(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return err.Error()
	}
	s := info.Mode().String() + info.ModTime().String()
	if info.Mode().IsRegular() {
		b, _ := os.ReadFile(path)
		s += string(b)
	}
	return s
}

// TestUnfinishedFileIsNoStore fails while a new file is made, as on a full disk. The next
// Open finds no piece of it, and makes the store.
func TestUnfinishedFileIsNoStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	for n := range len(migrations) + 1 {
		steps := slices.Insert(slices.Clone(migrations), n, func(*bolt.Tx) error { return syscall.ENOSPC })
		if _, err := open(path, steps); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Fatalf("without room: %v", err)
		}
		if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
			t.Fatalf("left %v, %v", left, err)
		}
	}
	openFile(t, path)
}

// TestManyMakeOneStore opens a store that is not there many times at once: one makes it,
// and the others are told that it is in use.
func TestManyMakeOneStore(t *testing.T) {
	for name, make := range map[string]func(*testing.T, string){"none": func(*testing.T, string) {}, "empty": content("")} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			make(t, path)
			var got [4]error
			var stores [len(got)]*Store
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() { stores[i], got[i] = Open(path) })
			}
			wg.Wait()
			opened := 0
			for i, err := range got {
				switch {
				case err == nil:
					opened++
					check(t, stores[i].Close())
				case !strings.Contains(err.Error(), "another process"):
					t.Error(err)
				}
			}
			if opened != 1 {
				t.Errorf("%d have it", opened)
			}
			if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// TestOpenMakesFileAndFolders checks what is made, and with which rights.
func TestOpenMakesFileAndFolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "store.db")
	openFile(t, path)
	for name, want := range map[string]fs.FileMode{
		path:                             0o600,
		filepath.Dir(path):               fs.ModeDir | 0o700,
		filepath.Dir(filepath.Dir(path)): fs.ModeDir | 0o700,
	} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v (%v), want %v", name, info.Mode(), err, want)
		}
	}
	if _, err := Open(filepath.Join(path, "x.db")); err == nil || !strings.Contains(err.Error(), "can't be made") {
		t.Errorf("below a file: %v", err)
	}
}

// TestEmptyFileIsNew checks files that hold nothing: without a byte, and made by bbolt
// and not used, on this machine and on one with larger pages.
func TestEmptyFileIsNew(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T, string){
		"no byte": content(""),
		"no bucket": func(t *testing.T, path string) {
			db, err := bolt.Open(path, 0o600, nil)
			check(t, err)
			check(t, db.Close())
		},
		"pages of another machine": func(t *testing.T, path string) {
			db, err := bolt.Open(path, 0o600, &bolt.Options{PageSize: 16384})
			check(t, err)
			check(t, db.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/store.db"
			prepare(t, path)
			m := newModel(100)
			for i := range 3 {
				o := op{Do: "put", Camera: cameraN(i), Text: "a"}
				m.apply(o)
				s := openFile(t, path)
				if i == 0 {
					check(t, newModel(1).compare(s))
				}
				check(t, o.run(s))
				check(t, s.Close())
			}
			check(t, m.compare(openFile(t, path)))
		})
	}
}

// TestMigrationsRunOnceInOrder brings a file through two more versions.
func TestMigrationsRunOnceInOrder(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s, err := Open(path)
	check(t, err)
	check(t, op{Do: "put", Camera: "a", Text: "a"}.run(s))
	check(t, s.Close())
	ran := ""
	step := func(name string, err error) migration {
		return func(tx *bolt.Tx) error {
			ran += name
			_, putErr := putRecord(tx.Bucket(bucketMeta), []byte(name), name)
			return errors.Join(err, putErr)
		}
	}
	failed := errors.New("no luck")
	if _, err := open(path, append(slices.Clip(migrations), step("2", nil), step("3", failed))); !errors.Is(err, failed) {
		t.Fatalf("got %v, want the error of step 3", err)
	}
	s, err = open(path, append(slices.Clip(migrations), step("2", nil), step("3", nil)))
	check(t, err)
	defer s.Close()
	if ran != "233" {
		t.Errorf("ran %s, want 2 once and 3 again", ran)
	}
	if _, err := s.Camera("a"); err != nil {
		t.Error(err)
	}
}

// TestCleanCloseIsNoticed checks the mark that makes the next Open quick.
func TestCleanCloseIsNoticed(t *testing.T) {
	path := t.TempDir() + "/store.db"
	clean := func() bool {
		seen, err := inspect(path, len(migrations))
		check(t, err)
		return seen.clean
	}
	s, err := Open(path)
	check(t, err)
	check(t, s.Close())
	if !clean() {
		t.Error("a closed file does not look closed")
	}
	before, _ := os.ReadFile(path)
	s, err = Open(path)
	check(t, err)
	check(t, s.Close())
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("opening and closing a file changed it")
	}
	s, err = Open(path)
	check(t, err)
	_, err = s.AppendEvents(make([]event.Event, 1))
	check(t, err)
	check(t, s.db.Close()) // as a crash leaves it
	if clean() {
		t.Error("a file that was written and not closed looks closed")
	}
}

// TestExplain checks the words for what a test can't bring about on every machine.
func TestExplain(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ENOSPC: "make room",
		syscall.EDQUOT: "make room",
		syscall.EROFS:  "for writing",
		syscall.EIO:    "dmesg",
	} {
		got := explain("/data/store.db", &fs.PathError{Op: "write", Path: "/data/store.db", Err: err})
		if !strings.Contains(got.Error(), want) || !strings.Contains(got.Error(), "/data/store.db") || !errors.Is(got, err) {
			t.Errorf("%v: %v, want %q", err, got, want)
		}
	}
	if other := errors.New("other"); explain("x", other) != other || explain("x", nil) != nil {
		t.Error("an error that is not about the file was changed")
	}
}
