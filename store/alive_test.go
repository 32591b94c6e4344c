package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// TestAlive asks a store that works, one whose writer is stuck, and one that is closed.
func TestAlive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "camhub.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := lastTx(t, s)
	for range 3 {
		if err := s.Alive(); err != nil {
			t.Fatal(err)
		}
	}
	if after := lastTx(t, s); after != before {
		t.Errorf("asking has written: transaction %d, and before %d", after, before)
	}
	release, stuck := make(chan struct{}), make(chan error, 1)
	inside := make(chan struct{})
	go func() {
		stuck <- s.update(func(*bolt.Tx) error { close(inside); <-release; return nil })
	}()
	<-inside
	answer := make(chan error, 1)
	go func() { answer <- s.Alive() }()
	select {
	case err := <-answer:
		t.Errorf("a store whose writer is stuck is alive: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	close(release)
	if err := errors.Join(<-stuck, <-answer); err != nil {
		t.Error(err)
	}
	s.Close()
	if s.Alive() == nil {
		t.Error("a closed store is alive")
	}
}

// lastTx returns the ID of the last transaction in the file.
func lastTx(t *testing.T, s *Store) (id int) {
	t.Helper()
	if err := s.view(func(tx *bolt.Tx) error { id = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}
