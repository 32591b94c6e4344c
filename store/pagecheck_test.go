package store

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// TestCheckAgreesWithBbolt checks files of many shapes, small and deep, that bbolt's own
// check finds whole.
func TestCheckAgreesWithBbolt(t *testing.T) {
	path := t.TempDir() + "/store.db"
	for round := range 12 {
		db, err := bolt.Open(path, 0o600, &bolt.Options{PageSize: 1024}) // for depth
		check(t, err)
		check(t, db.Update(func(tx *bolt.Tx) error { return churn(tx, 1+round*300) }))
		check(t, db.View(func(tx *bolt.Tx) error {
			var errs []error
			for err := range tx.Check() {
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		}))
		check(t, db.Close())
		b, err := os.ReadFile(path)
		check(t, err)
		for _, full := range []bool{false, true} {
			if both, err := checkPages(bytes.NewReader(b), int64(len(b)), full); err != nil || !both {
				t.Errorf("round %d, full %v: %v, both headers good: %v", round, full, err, both)
			}
		}
	}
}

// churn puts and deletes n random keys in a bucket and one within it.
func churn(tx *bolt.Tx, n int) error {
	outer, err := tx.CreateBucketIfNotExists([]byte("outer"))
	if err != nil {
		return err
	}
	inner, err := outer.CreateBucketIfNotExists([]byte("inner"))
	if err != nil {
		return err
	}
	for range n {
		b := []*bolt.Bucket{outer, inner}[rand.IntN(2)]
		key := eventKey(rand.Uint64N(3000))
		if rand.IntN(3) == 0 {
			err = b.Delete(key)
		} else {
			err = b.Put(key, make([]byte, rand.IntN(300)*rand.IntN(10)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// TestBranchesThatLeadAstray makes a branch page lead where bbolt would recurse until
// the program ends, or write over pages in use. Both checks must see it.
func TestBranchesThatLeadAstray(t *testing.T) {
	sm := newSample(t, true)
	h, branch := someBranch(t, sm)
	free := order.Uint64(sm.bytes[h.freelist*h.pageSize+pageHeaderLen:])
	child := func(b []byte, n int) []byte { return b[branch*h.pageSize+pageHeaderLen+elementLen*uint64(n)+8:] }
	for name, test := range map[string]struct {
		change func(b []byte)
		want   string
	}{
		"itself":        {func(b []byte) { order.PutUint64(child(b, 0), branch) }, "used twice"},
		"its ancestor":  {func(b []byte) { order.PutUint64(child(b, 0), h.root) }, "used twice"},
		"one leaf":      {func(b []byte) { copy(child(b, 1), child(sm.bytes, 0)[:8]) }, "used twice"},
		"a free page":   {func(b []byte) { order.PutUint64(child(b, 1), free) }, "listed as free"},
		"a header":      {func(b []byte) { order.PutUint64(child(b, 1), 1) }, "outside"},
		"the end":       {func(b []byte) { order.PutUint64(child(b, 0), h.pages) }, "outside"},
		"far away":      {func(b []byte) { order.PutUint64(child(b, 1), 1<<63) }, "outside"},
		"nowhere":       {func(b []byte) { order.PutUint16(b[branch*h.pageSize+10:], 0) }, "nothing below"},
		"too much":      {func(b []byte) { order.PutUint16(b[branch*h.pageSize+10:], 300) }, "do not fit"},
		"a long page":   {func(b []byte) { order.PutUint32(b[branch*h.pageSize+12:], 1<<31) }, "outside"},
		"another page":  {func(b []byte) { order.PutUint64(b[branch*h.pageSize:], 9999) }, "says that it is page"},
		"freelist":      {func(b []byte) { order.PutUint64(b[h.freelist*h.pageSize+16:], h.pages) }, "as free"},
		"long freelist": {func(b []byte) { order.PutUint16(b[h.freelist*h.pageSize+10:], 0xFFFE) }, "do not fit"},
	} {
		b := bytes.Clone(sm.bytes)
		test.change(b)
		for _, full := range []bool{false, true} {
			_, err := checkPages(bytes.NewReader(b), int64(len(b)), full)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("a branch that leads to %s, full %v: %v, want %q", name, full, err, test.want)
			}
		}
	}
}

// someBranch returns the newest header and a branch page, of the events or the cameras.
func someBranch(t *testing.T, sm sample) (header, uint64) {
	t.Helper()
	h, _, err := newestHeader(bytes.NewReader(sm.bytes))
	check(t, err)
	list := sm.bytes[h.freelist*h.pageSize:]
	free := make(map[uint64]bool) // which may hold what they held
	for i := range uint64(order.Uint16(list[10:])) {
		free[order.Uint64(list[pageHeaderLen+8*i:])] = true
	}
	for id := uint64(2); id < h.pages; id++ {
		b := sm.bytes[id*h.pageSize:]
		if !free[id] && order.Uint64(b) == id && order.Uint16(b[8:]) == flagBranch {
			return h, id
		}
	}
	t.Fatal("no branch page")
	return h, 0
}

// TestCutFileIsRefused cuts off the last byte in use, which a quick check does not read.
func TestCutFileIsRefused(t *testing.T) {
	sm := newSample(t, true)
	for _, full := range []bool{false, true} {
		if _, err := checkPages(bytes.NewReader(sm.bytes), int64(sm.used), full); err != nil {
			t.Errorf("whole, full %v: %v", full, err)
		}
		_, err := checkPages(bytes.NewReader(sm.bytes), int64(sm.used)-1, full)
		if err == nil || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("cut, full %v: %v", full, err)
		}
	}
}
