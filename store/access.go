package store

import (
	"crypto/rand"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/access"
)

// deviceKeyBytes is the length of the key that device cookies are signed with.
const deviceKeyBytes = 32

// addAccess is a migration: there may be users, their sessions and tokens, and
// share links.
func addAccess(tx *bolt.Tx) error {
	for _, name := range [][]byte{bucketUsers, bucketSessions, bucketTokens, bucketShares} {
		if _, err := tx.CreateBucket(name); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	key := make([]byte, deviceKeyBytes)
	rand.Read(key) // never fails
	_, err := putRecord(tx.Bucket(bucketMeta), keyDevices, key)
	return err
}

// Access returns all users, sessions, tokens and share links, each in the order
// of its key.
func (s *Store) Access() (a access.State, err error) {
	err = s.view(func(tx *bolt.Tx) (err error) {
		a, err = readAccess(tx)
		return err
	})
	if err != nil {
		return access.State{}, fmt.Errorf("read users: %w", err)
	}
	return a, nil
}

func readAccess(tx *bolt.Tx) (a access.State, err error) {
	if a.Users, err = readAll(tx, bucketUsers, func(u *access.User) string { return u.Name }); err != nil {
		return a, err
	}
	if a.Sessions, err = readAll(tx, bucketSessions, func(v *access.Session) string { return v.Hash }); err != nil {
		return a, err
	}
	if a.Tokens, err = readAll(tx, bucketTokens, func(v *access.Token) string { return v.Hash }); err != nil {
		return a, err
	}
	if a.Shares, err = readAll(tx, bucketShares, func(v *access.Share) string { return v.Hash }); err != nil {
		return a, err
	}
	a.DeviceKey, err = getRecord[[]byte](tx.Bucket(bucketMeta), keyDevices)
	return a, err
}

// readAll reads the records of a bucket, whose keys are what they hold.
func readAll[T any](tx *bolt.Tx, bucket []byte, key func(*T) string) ([]T, error) {
	all := []T{}
	err := tx.Bucket(bucket).ForEach(func(k, v []byte) error {
		r, err := openRecord[T](k, v)
		if err == nil && key(&r) != string(k) {
			err = damagef("record %q of %s holds that of %q", k, bucket, key(&r))
		}
		all = append(all, r)
		return err
	})
	return all, err
}

// ChangeAccess stores c. When it returns without an error, it is on disk. What
// is dropped need not be there.
func (s *Store) ChangeAccess(c access.Change) error {
	err := s.update(func(tx *bolt.Tx) error {
		if err := putAccess(tx, &c); err != nil {
			return err
		}
		for _, name := range c.DropUsers {
			if err := dropUser(tx, name); err != nil {
				return err
			}
		}
		for _, hash := range c.Drop {
			for _, bucket := range [][]byte{bucketSessions, bucketTokens, bucketShares} {
				if err := tx.Bucket(bucket).Delete([]byte(hash)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store users: %w", err)
	}
	return nil
}

func putAccess(tx *bolt.Tx, c *access.Change) error {
	for _, u := range c.PutUsers {
		if _, err := putRecord(tx.Bucket(bucketUsers), []byte(u.Name), u); err != nil {
			return err
		}
	}
	for _, v := range c.PutSessions {
		if _, err := putRecord(tx.Bucket(bucketSessions), []byte(v.Hash), v); err != nil {
			return err
		}
	}
	for _, v := range c.PutTokens {
		if _, err := putRecord(tx.Bucket(bucketTokens), []byte(v.Hash), v); err != nil {
			return err
		}
	}
	for _, v := range c.PutShares {
		if _, err := putRecord(tx.Bucket(bucketShares), []byte(v.Hash), v); err != nil {
			return err
		}
	}
	return nil
}

// dropUser removes a user with all that belongs to them.
func dropUser(tx *bolt.Tx, name string) error {
	a, err := readAccess(tx)
	if err != nil {
		return err
	}
	for _, v := range a.Sessions {
		if v.User == name {
			err = tx.Bucket(bucketSessions).Delete([]byte(v.Hash))
		}
		if err != nil {
			return err
		}
	}
	for _, v := range a.Tokens {
		if v.User == name {
			err = tx.Bucket(bucketTokens).Delete([]byte(v.Hash))
		}
		if err != nil {
			return err
		}
	}
	for _, v := range a.Shares {
		if v.User == name {
			err = tx.Bucket(bucketShares).Delete([]byte(v.Hash))
		}
		if err != nil {
			return err
		}
	}
	return tx.Bucket(bucketUsers).Delete([]byte(name))
}

// auditAccess checks that everything about who may see what can be read: one
// user that can't be would else leave the hub open, or shut.
func auditAccess(tx *bolt.Tx, bad func(error)) {
	if _, err := readAccess(tx); err != nil {
		bad(err)
	}
}
