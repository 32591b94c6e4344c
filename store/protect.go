package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
)

// Vault seals and opens the secrets in definitions; package seal has one. Its
// methods do no input or output, and are safe for concurrent use.
type Vault interface {
	Seal(d camera.Definition) camera.Definition // with nothing open
	Open(d camera.Definition) camera.Definition // what can't be opened stays sealed
	Stale(d camera.Definition) bool             // sealing it anew would change more than a nonce
	Strip(d camera.Definition) camera.Definition
}

// allowSealed is a migration: the secrets in definitions may be sealed, which
// older programs would not understand. Protect seals them.
func allowSealed(*bolt.Tx) error { return nil }

// Protect has the store seal with v the secrets of what it stores from now on, and open
// those of what it reads. What is in the file and not sealed, or not as v would seal
// it, is sealed in one transaction; sealed says of how many cameras. What v can't open
// stays as it is. Revisions do not change.
//
// It must be called before anything else uses the store. Until Compact, what was there
// before may still be in parts of the file that are not used.
func (s *Store) Protect(v Vault) (sealed int, err error) {
	s.vault = v
	err = s.update(func(tx *bolt.Tx) error {
		sealed, err = protect(tx, v)
		return err
	})
	if errors.Is(err, errNothing) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("seal the secrets of cameras: %w", err)
	}
	return sealed, nil
}

// Look has the store open with v the secrets of what it reads, as Protect does, and leaves
// what is in the file as it is. It must be called before anything else uses the store.
func (s *Store) Look(v Vault) { s.vault = v }

func protect(tx *bolt.Tx, v Vault) (sealed int, err error) {
	ids, err := wallOrder(tx)
	if err != nil {
		return 0, err
	}
	cameras := tx.Bucket(bucketCameras)
	for _, id := range ids {
		d, err := getCamera(tx, id)
		if err != nil {
			return 0, fmt.Errorf("camera %q: %w", id, err)
		}
		if !v.Stale(d) {
			continue
		}
		if _, err := putRecord(cameras, []byte(id), v.Seal(v.Open(d))); err != nil {
			return 0, err
		}
		sealed++
	}
	if sealed == 0 {
		return 0, errNothing
	}
	_, err = putRecord(tx.Bucket(bucketMeta), keyRemains, true)
	return sealed, err
}

// sealed returns d as it is written.
func (s *Store) sealed(d camera.Definition) camera.Definition {
	if s.vault == nil {
		return d
	}
	return s.vault.Seal(d)
}

// opened returns d, which was read, as it is used.
func (s *Store) opened(d camera.Definition) camera.Definition {
	if s.vault == nil {
		return d
	}
	return s.vault.Open(d)
}

// Compact removes from the file what Protect has sealed: bbolt writes nothing over a
// page that it frees, and a password would stay readable in it for as long as nobody
// needs the page. So the content is copied to a new file, which takes the place of the
// old one in one step; a crash at any point leaves one of the two, and the next
// call does it again. It does nothing when Protect had nothing to do.
//
// It must be called before anything else uses the store. What the disk itself keeps of a
// file that was removed is out of its reach.
func (s *Store) Compact() error {
	next := s.path + ".compact"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a call that was cut
		return fmt.Errorf("compact the store: %w", err)
	}
	remains := false
	err := s.view(func(tx *bolt.Tx) error {
		remains = tx.Bucket(bucketMeta).Get(keyRemains) != nil
		return nil
	})
	if err == nil && remains {
		err = explain(s.path, s.compact(next))
	}
	if err != nil {
		os.Remove(next)
		return fmt.Errorf("compact the store: %w", err)
	}
	return nil
}

func (s *Store) compact(next string) error {
	db, file, err := openDB(next, false) // with its lock, which it keeps when it is renamed
	if err != nil {
		return err
	}
	err = guarded(func() error {
		return rewrite(s.db, db, func(bucket, key, value []byte) ([]byte, error) {
			if string(bucket) == string(bucketMeta) && string(key) == string(keyRemains) {
				return nil, nil
			}
			return value, nil
		})
	})
	if err == nil {
		err = os.Rename(next, s.path)
	}
	if err != nil {
		unused := Store{db: db, file: file}
		return errors.Join(err, unused.release(err))
	}
	old := s.db
	s.db, s.file = db, file
	return errors.Join(syncFolder(s.path), old.Close())
}
