package store

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/access"
	"camhub/internal/camera"
)

// Contents says what is in a file.
type Contents struct {
	Schema  int `json:"schema"` // its version
	Cameras int `json:"cameras"`
	Users   int `json:"users"`
	Events  int `json:"events"`
}

// CopyTo writes what the store holds at this moment to a new file at path (0600),
// complete and on disk when it returns without an error. It may run while the
// store is used; writers seldom wait for it (see rewrite). Protect must have been called.
//
// Sessions are never in the copy: nobody is to be signed in by what lies in a backup.
// With secrets everything else is, the secrets of cameras sealed as they are. Without,
// nothing is in it that opens a door: cameras have no passwords and no headers, there
// are no tokens and no share links, the key of device cookies is a new one, and users
// have no password. They are kept without, and not left out, because a hub without users
// is open to whoever reaches it, and a copy that is put back must not open what was
// shut; none of them can sign in before somebody has set a new password.
func (s *Store) CopyTo(path string, withSecrets bool) (c Contents, err error) {
	if s.vault == nil {
		return c, errors.New("copy the store: it is not protected")
	}
	db, file, err := openDB(path, false)
	if err != nil {
		return c, fmt.Errorf("copy the store: %w", err)
	}
	edit := s.withoutSessions
	if !withSecrets {
		edit = s.withoutSecrets
	}
	err = explain(s.path, guarded(func() error { return rewrite(s.db, db, edit) }))
	if err == nil {
		err = db.View(func(tx *bolt.Tx) error {
			c, err = contents(tx)
			return err
		})
	}
	copied := Store{path: path, db: db, file: file}
	if err = errors.Join(err, copied.release(err)); err != nil {
		os.Remove(path)
		return c, fmt.Errorf("copy the store: %w", err)
	}
	return c, nil
}

// Contents says what is in the store.
func (s *Store) Contents() (c Contents, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		c, err = contents(tx)
		return err
	})
	return c, err
}

func contents(tx *bolt.Tx) (c Contents, err error) {
	if c.Schema, err = getRecord[int](tx.Bucket(bucketMeta), keyVersion); err != nil {
		return c, err
	}
	span, err := getSpan(tx)
	if err != nil {
		return c, err
	}
	c.Cameras = tx.Bucket(bucketCameras).Stats().KeyN
	c.Users = tx.Bucket(bucketUsers).Stats().KeyN
	c.Events = int(span.Last + 1 - span.First)
	return c, nil
}

func (s *Store) withoutSessions(bucket, key, value []byte) ([]byte, error) {
	at := string(bucket) + "/" + string(key)
	if string(bucket) == string(bucketSessions) || at == "meta/closed" || at == "meta/remains" {
		return nil, nil
	}
	return value, nil
}

func (s *Store) withoutSecrets(bucket, key, value []byte) ([]byte, error) {
	value, err := s.withoutSessions(bucket, key, value)
	if err != nil || value == nil {
		return nil, err
	}
	switch string(bucket) {
	case string(bucketTokens), string(bucketShares):
		return nil, nil
	case string(bucketCameras):
		return change(value, func(d *camera.Definition) { *d = s.vault.Strip(*d) })
	case string(bucketUsers):
		return change(value, func(u *access.User) { u.Password = "" })
	case string(bucketMeta):
		if string(key) == string(keyDevices) {
			return change(value, func(k *[]byte) {
				*k = make([]byte, deviceKeyBytes)
				rand.Read(*k) // never fails
			})
		}
	}
	return value, nil
}

// change applies f to what is in a value.
func change[T any](value []byte, f func(*T)) ([]byte, error) {
	var v T
	if err := json.Unmarshal(value, &v); err != nil {
		return nil, damagef("a record can't be read: %v", err)
	}
	f(&v)
	return json.Marshal(v)
}
