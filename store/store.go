// Package store keeps what must survive a restart, the camera definitions, their
// order on the wall, the events, what to keep of recordings, and who may see it all, in one bbolt file. It is
// the only package that knows buckets.
//
// Objective: a write that was acknowledged is on disk and is there after a crash
// or a power cut, whole or (if it was not acknowledged) not at all. A file that is
// damaged, or is not ours, gives an error in words for a person; it never ends the
// program and is never changed.
//
// How damage is found: bbolt trusts its file and reads it through a memory map,
// where one wrong bit is a panic, a fault or an endless recursion. So Open checks
// the tree of pages itself, with plain reads, before bbolt may follow it
// (checkPages); every record carries a checksum (seal); and every transaction
// turns a panic or a fault into an error (guarded).
package store

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-multierror"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"camhub/internal/owner"
)

// The buckets. A bucket or key is never given a new meaning: a new layout is a
// new bucket and a migration.
var (
	bucketMeta    = []byte("meta")    // the keys below
	bucketCameras = []byte("cameras") // camera ID -> camera.Definition
	bucketEvents  = []byte("events")  // event ID, 8 bytes big-endian -> event.Event
	bucketPins    = []byte("pins")    // pin ID, 8 bytes big-endian -> retention.Pin

	bucketUsers    = []byte("users")    // user name -> access.User
	bucketSessions = []byte("sessions") // hash of its secret -> access.Session
	bucketTokens   = []byte("tokens")   // likewise -> access.Token
	bucketShares   = []byte("shares")   // likewise -> access.Share
)

// The keys of bucketMeta.
var (
	keyFormat     = []byte("format")     // formatName
	keyVersion    = []byte("version")    // how many migrations the file has seen
	keyOrder      = []byte("order")      // camera IDs in wall order
	keyRevision   = []byte("revision")   // the last revision that was given out
	keyEvents     = []byte("events")     // eventSpan
	keyRecordings = []byte("recordings") // retention.Settings
	keyDevices    = []byte("devices")    // the key that device cookies are signed with
	keyClosed     = []byte("closed")     // the transaction that closed the file; see Close
	keyRemains    = []byte("remains")    // there while unused pages may hold secrets; see Compact
)

// formatName tells a file of ours from those of other programs that use bbolt.
const formatName = "camhub"

// keepEvents is how many events are kept, the newest.
const keepEvents = 100_000

// lockTimeout bounds how long Open waits for another process that has the file.
const lockTimeout = time.Second

// Store is an open file. Use Open. Its methods are safe for concurrent use: readers
// do not wait for one another nor for a writer; writers wait for one another.
type Store struct {
	path    string
	db      *bolt.DB
	file    *os.File // the file below db
	keep    uint64   // how many events are kept; lowered by tests
	warning string
	vault   Vault                     // nil before Protect
	broken  atomic.Pointer[FileError] // set when a write met damage: db may hold its locks for ever
}

// Open opens the file at path, or makes it (0600) with the folders above it (0700).
// A file of an older version of camhub is brought up to date. It waits up to 1 s, twice,
// for another process that has the file. The error is a *FileError.
//
// A file that was closed with Close gets a quick check, which reads the branches of
// its trees and the cameras; any other a full check, which reads every byte in use. With
// 100,000 events and a warm cache that is about 1 ms and 25 ms: BenchmarkOpen.
func Open(path string) (*Store, error) { return open(path, migrations) }

// open is Open with the list of migrations as a parameter, for tests.
func open(path string, steps []migration) (*Store, error) {
	exists, err := prepare(path)
	if err == nil && !exists {
		exists, err = create(path, steps)
	}
	if err != nil {
		return nil, explain(path, err)
	}
	s := &Store{path: path, keep: keepEvents}
	full := false
	if exists {
		var seen inspection
		if seen, err = inspect(path, len(steps)); err != nil {
			return nil, explain(path, err)
		}
		full, s.warning = !seen.clean, seen.warning
	}
	if s.db, s.file, err = openDB(path, false); err != nil {
		return nil, explain(path, err)
	}
	err = s.isAt(path)
	if err == nil {
		err = guarded(func() error { return s.setUp(steps, full) })
	}
	if err == nil && !exists {
		err = syncFolder(path) // an empty file was there, which may be as new
	}
	if err != nil {
		s.release(err) // its error is nothing to the one that is returned
		return nil, explain(path, err)
	}
	return s, nil
}

// isAt reports an error when another file stands at path by now: one that was
// put there by Compact or Replace while this process waited for the lock of the other.
func (s *Store) isAt(path string) error {
	mine, err := s.file.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(mine, there) {
		return berrors.ErrTimeout
	}
	return nil
}

// release closes the file after err. After a panic of bbolt, db may hold its locks for
// ever and its Close never return.
func (s *Store) release(err error) error {
	if errors.As(err, new(panicked)) {
		return abandon(s.file)
	}
	return s.db.Close()
}

// setUp brings an open file to the newest version and checks what is in it.
func (s *Store) setUp(steps []migration, full bool) error {
	if err := migrate(s.db, steps); err != nil {
		return err
	}
	return s.db.View(func(tx *bolt.Tx) error { return audit(tx, full) })
}

// openDB opens the file at path with bbolt and returns it with the file below.
// bbolt leaks that file when it panics, so it is closed here.
func openDB(path string, readOnly bool) (db *bolt.DB, file *os.File, err error) {
	options := &bolt.Options{
		Timeout:      lockTimeout,
		ReadOnly:     readOnly,
		FreelistType: bolt.FreelistMapType,
		OpenFile: func(name string, flag int, perm os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, perm)
			if err == nil && !readOnly {
				if err = owner.Match(f); err != nil {
					f.Close() // nothing was written
				}
			}
			file = f
			return f, err
		},
	}
	err = guarded(func() (err error) {
		db, err = bolt.Open(path, 0o600, options)
		return err
	})
	if errors.As(err, new(panicked)) && file != nil {
		abandon(file)
	}
	return db, file, err
}

// Warning says what a person should know about the file although it works, or "".
func (s *Store) Warning() string { return s.warning }

// Size returns how many bytes the file has.
func (s *Store) Size() (int64, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, fmt.Errorf("size of the store: %w", err)
	}
	return info.Size(), nil
}

// Close waits for open transactions, notes in the file that it was closed in order,
// which makes the next Open quick, and closes it. It may be called twice.
func (s *Store) Close() error {
	marked := s.markClosed()
	if errors.Is(marked, berrors.ErrDatabaseNotOpen) {
		return nil
	}
	var errs *multierror.Error
	if marked != nil {
		errs = multierror.Append(errs, marked)
	}
	if err := s.release(marked); err != nil {
		errs = multierror.Append(errs, fmt.Errorf("close %s: %w", s.path, err))
	}
	return errs.ErrorOrNil()
}

// markClosed stores the ID of its own transaction. While that is the newest one in
// the file, nothing was written since: the mark needs no removal when the file is
// opened again.
func (s *Store) markClosed() error {
	done := false
	err := s.view(func(tx *bolt.Tx) error {
		done = wasClosed(tx)
		return nil
	})
	if err != nil || done {
		return err
	}
	return s.update(func(tx *bolt.Tx) error {
		_, err := putRecord(tx.Bucket(bucketMeta), keyClosed, tx.ID())
		return err
	})
}

// wasClosed reports whether the last transaction in the file was that of Close.
func wasClosed(tx *bolt.Tx) bool {
	id, err := getRecord[int](tx.Bucket(bucketMeta), keyClosed)
	return err == nil && id == tx.ID()
}

// view runs fn in a read transaction. What fn keeps of the transaction's bytes it copies.
func (s *Store) view(fn func(*bolt.Tx) error) error {
	if broken := s.broken.Load(); broken != nil {
		return broken
	}
	return explain(s.path, guarded(func() error { return s.db.View(fn) }))
}

// update runs fn in a write transaction, and returns when it is on disk. After damage
// met while writing, the store refuses everything until it is opened again.
func (s *Store) update(fn func(*bolt.Tx) error) error {
	if broken := s.broken.Load(); broken != nil {
		return broken
	}
	err := explain(s.path, guarded(func() error { return s.db.Update(fn) }))
	if errors.As(err, new(panicked)) {
		file, _ := errors.AsType[*FileError](err)
		s.broken.Store(file)
	}
	return err
}
