package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/event"
)

// sample is a file with content in every kind of page, and what is in it: now, and
// before the last transaction.
type sample struct {
	bytes       []byte
	used        int // bytes that hold pages in use or free ones; the rest was never written
	now, before *model
}

// newSample makes a sample: closed in order (which is a transaction), or as a crash leaves it.
func newSample(t *testing.T, closed bool) sample {
	t.Helper()
	path := t.TempDir() + "/sample.db"
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := newModel(keepEvents)
	do := func(o op) {
		if m.apply(o); o.run(s) != nil {
			t.Fatalf("%+v failed", o)
		}
	}
	for i := range 30 {
		do(op{Do: "put", Camera: cameraN(i), Text: strings.Repeat("x", 1+i*7)})
	}
	do(op{Do: "put", Camera: cameraN(3), Text: strings.Repeat("large ", 3000)})
	do(op{Do: "events", Camera: "cam-1", Text: "many", Count: 250})
	before := m.clone()
	do(op{Do: "delete", Camera: cameraN(7), Text: "gone"})
	if closed {
		before = m
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := newestHeader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return sample{bytes: b, used: int(h.pages * h.pageSize), now: m, before: before}
}

// TestDamagedFileGivesItsDataOrAnError damages a file in many ways. What can be opened
// must hold the right data, or say of what it does not hold that it is damaged; it
// must bear writes; and what can't be opened must stay as it is. Nothing may panic.
func TestDamagedFileGivesItsDataOrAnError(t *testing.T) {
	for _, closed := range []bool{true, false} {
		t.Run(fmt.Sprintf("closed=%v", closed), func(t *testing.T) {
			sm := newSample(t, closed)
			path := t.TempDir() + "/store.db"
			const files = 500
			refused := 0
			for i := range files {
				b, what := sm.damage(i)
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
				opened, err := sm.tryOpen(path, b, i%10 == 0)
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				if !opened {
					refused++
				}
			}
			t.Logf("%d of %d damaged files were refused", refused, files)
			if refused == 0 || refused == files {
				t.Error("the damage was not worth its name")
			}
		})
	}
}

// damage returns a copy of the file with one kind of damage at a random place, and
// says what it did.
func (sm sample) damage(i int) (b []byte, what string) {
	at := rand.IntN(sm.used)
	b = bytes.Clone(sm.bytes)
	page := at &^ 4095
	switch i % 8 {
	case 0:
		return b[:at], fmt.Sprintf("cut at byte %d", at)
	case 1:
		clear(b[page : page+4096])
		return b, fmt.Sprintf("cleared page %d", page/4096)
	case 2:
		from := rand.IntN(sm.used/4096) * 4096
		copy(b[page:page+4096], b[from:])
		return b, fmt.Sprintf("page %d copied over page %d", from/4096, page/4096)
	case 3:
		at = page + rand.IntN(64) // headers and elements
	case 4:
		at = rand.IntN(8192) // the headers of the file
	}
	bit := byte(1) << rand.IntN(8)
	b[at] ^= bit
	return b, fmt.Sprintf("flipped bit %#x of byte %d", bit, at)
}

// tryOpen opens the file and checks what it gives.
func (sm sample) tryOpen(path string, was []byte, write bool) (opened bool, err error) {
	s, err := Open(path)
	if err != nil {
		file, ok := errors.AsType[*FileError](err)
		if !ok || file.Path != path || file.Problem == "" || file.Advice == "" {
			return false, fmt.Errorf("no clear error: %w", err)
		}
		if is, _ := os.ReadFile(path); !bytes.Equal(is, was) {
			return false, errors.New("the file was refused and changed")
		}
		return false, nil
	}
	if len(was) == 0 {
		return true, s.Close() // an empty file is a new one
	}
	err = sm.now.compare(s)
	if err != nil && s.Warning() != "" {
		err = sm.before.compare(s) // the older header is in use
	}
	if err != nil && !isDamage(err) {
		return true, errors.Join(fmt.Errorf("wrong data: %w", err), s.Close())
	}
	if write {
		err = errors.Join(op{Do: "put", Camera: "cam-5", Text: "y"}.run(s), op{Do: "events", Count: 50}.run(s),
			op{Do: "delete", Camera: cameraN(2)}.run(s))
		if err != nil && !isDamage(err) {
			return true, errors.Join(fmt.Errorf("write: %w", err), s.Close())
		}
	}
	if err := s.Close(); err != nil && !isDamage(err) {
		return true, fmt.Errorf("close: %w", err)
	}
	return true, nil
}

// isDamage reports whether err says that the file is damaged.
func isDamage(err error) bool {
	file, ok := errors.AsType[*FileError](err)
	return ok && strings.Contains(file.Problem, "damaged")
}

// TestFileCutWhileOpen cuts the file below an open store, which makes reading its
// memory map a fault (SIGBUS).
func TestFileCutWhileOpen(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := (op{Do: "events", Text: strings.Repeat("x", 100), Count: 1000}).run(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Events(event.Query{}, 3000); !isDamage(err) {
		t.Errorf("reading: %v, want damage", err)
	}
	for range 2 {
		if _, err := s.AppendEvents(make([]event.Event, 1)); !isDamage(err) {
			t.Errorf("writing: %v, want damage", err)
		}
	}
	if err := s.Close(); !isDamage(err) {
		t.Errorf("closing: %v, want damage", err)
	}
	if _, err := Open(path); !isDamage(err) {
		t.Errorf("opening again: %v, want damage (and not a lock)", err)
	}
}

// TestContradictionsAreRefused changes records in ways that leave every page and
// checksum right.
func TestContradictionsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*bolt.Tx) error{
		"not in the wall order": func(tx *bolt.Tx) error { return putOrder(tx, nil) },
		"twice in the wall order": func(tx *bolt.Tx) error {
			ids, err := wallOrder(tx)
			return errors.Join(err, putOrder(tx, append(ids, ids[0])))
		},
		"is missing": func(tx *bolt.Tx) error { return tx.Bucket(bucketCameras).Delete([]byte("cam-004")) },
		"after the last": func(tx *bolt.Tx) error {
			_, err := putRecord(tx.Bucket(bucketMeta), keyRevision, uint64(3))
			return err
		},
		"holds camera": func(tx *bolt.Tx) error {
			d, err := getCamera(tx, "cam-004")
			_, putErr := putRecord(tx.Bucket(bucketCameras), []byte("cam-005"), d)
			return errors.Join(err, putErr)
		},
		`"revision" has a wrong checksum`: func(tx *bolt.Tx) error { // a record is good under its own key only
			meta := tx.Bucket(bucketMeta)
			return meta.Put(keyRevision, bytes.Clone(meta.Get(keyVersion)))
		},
		"event 17 is missing":       func(tx *bolt.Tx) error { return tx.Bucket(bucketEvents).Delete(eventKey(17)) },
		"bucket events is missing":  func(tx *bolt.Tx) error { return tx.DeleteBucket(bucketEvents) },
		`record "version" is missi`: func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Delete(keyVersion) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			if err := os.WriteFile(path, newSample(t, true).bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(db.Update(change), db.Close()); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path); !isDamage(err) || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want damage that says %q", err, name)
			}
		})
	}
}

// TestDamagedHeaderGivesAWarning destroys the newer of the two headers, which is the
// second in one sample and the first in the other. The store goes on from the older
// one, and says so.
func TestDamagedHeaderGivesAWarning(t *testing.T) {
	for _, closed := range []bool{true, false} {
		sm := newSample(t, closed)
		h, _, err := newestHeader(bytes.NewReader(sm.bytes))
		check(t, err)
		newer := func(b []byte) []byte { return b[h.tx%2*h.pageSize:][:h.pageSize] }
		older := func(b []byte) []byte { return b[(h.tx+1)%2*h.pageSize:][:h.pageSize] }
		for name, test := range map[string]struct {
			change func(b []byte)
			want   *model // nil: an error
			warn   bool
		}{
			"none":         {func([]byte) {}, sm.now, false},
			"newer zeroed": {func(b []byte) { clear(newer(b)) }, sm.before, true},
			"newer lost":   {func(b []byte) { copy(newer(b), older(b)) }, sm.before, true},
			"older zeroed": {func(b []byte) { clear(older(b)) }, sm.now, true},
			"both":         {func(b []byte) { newer(b)[20]++; older(b)[20]++ }, nil, false},
		} {
			b := bytes.Clone(sm.bytes)
			test.change(b)
			path := t.TempDir() + "/store.db"
			check(t, os.WriteFile(path, b, 0o600))
			s, err := Open(path)
			if test.want == nil {
				if !isDamage(err) {
					t.Errorf("%s: %v, want damage", name, err)
				}
				continue
			}
			check(t, err)
			if err := test.want.compare(s); err != nil || (s.Warning() != "") != test.warn {
				t.Errorf("%s: %v, warning %q", name, err, s.Warning())
			}
			check(t, s.Close())
		}
	}
}

// TestUncleanFileIsCheckedInFull hurts a file in ways that no read would meet at once.
// They must show in a file that was not closed.
func TestUncleanFileIsCheckedInFull(t *testing.T) {
	for name, hurt := range map[string]func(sm sample){
		"a leaf goes on in the next page, which is another's": func(sm sample) {
			h, branch := someBranch(t, sm)
			leaf := order.Uint64(sm.bytes[branch*h.pageSize+pageHeaderLen+elementLen+8:])
			order.PutUint32(sm.bytes[leaf*h.pageSize+12:], 1)
		},
		"a wrong letter in the text of events": func(sm sample) {
			b := bytes.ReplaceAll(sm.bytes, []byte(`"code":"refused","message":"many"`), []byte(`"code":"refused","message":"mane"`))
			copy(sm.bytes, b)
		},
	} {
		for _, closed := range []bool{true, false} {
			sm := newSample(t, closed)
			hurt(sm)
			path := t.TempDir() + "/store.db"
			check(t, os.WriteFile(path, sm.bytes, 0o600))
			s, err := Open(path)
			if err == nil {
				check(t, s.Close())
			}
			if closed && err != nil || !closed && !isDamage(err) {
				t.Errorf("%s, closed %v: %v", name, closed, err)
			}
		}
	}
}
