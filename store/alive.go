package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"
)

// errNothing ends a transaction that has changed nothing.
var errNothing = errors.New("store: nothing to write")

// Alive returns nil when the store can read and write. It waits for those who write,
// and so for ever when one is stuck. It writes nothing itself.
func (s *Store) Alive() error {
	err := s.update(func(tx *bolt.Tx) error {
		if _, err := getRecord[int](tx.Bucket(bucketMeta), keyVersion); err != nil {
			return err
		}
		return errNothing
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}
