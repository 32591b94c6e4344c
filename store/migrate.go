package store

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// migration brings a file from one schema version to the next, in one transaction.
type migration func(*bolt.Tx) error

// migrations lists them all: the first makes version 1 of an empty file. One that
// was released is never changed; a new layout is a new line.
var migrations = []migration{
	createBuckets,
	addRecordings,
	addAccess,
	allowSealed,
}

// createBuckets lays out an empty file.
func createBuckets(tx *bolt.Tx) error {
	for _, name := range [][]byte{bucketMeta, bucketCameras, bucketEvents} {
		if _, err := tx.CreateBucket(name); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	meta := tx.Bucket(bucketMeta)
	if _, err := putRecord(meta, keyFormat, formatName); err != nil {
		return err
	}
	if _, err := putRecord(meta, keyOrder, []string{}); err != nil {
		return err
	}
	if _, err := putRecord(meta, keyEvents, eventSpan{First: 1}); err != nil {
		return err
	}
	_, err := putRecord(meta, keyRevision, uint64(0))
	return err
}

// migrate runs the steps that the file has not seen.
func migrate(db *bolt.DB, steps []migration) error {
	version := 0
	err := db.View(func(tx *bolt.Tx) (err error) {
		version, err = identify(tx, len(steps))
		return err
	})
	if err != nil {
		return err
	}
	for ; version < len(steps); version++ {
		err := db.Update(func(tx *bolt.Tx) error {
			if err := steps[version](tx); err != nil {
				return err
			}
			_, err := putRecord(tx.Bucket(bucketMeta), keyVersion, version+1)
			return err
		})
		if err != nil {
			return fmt.Errorf("bring it to schema version %d: %w", version+1, err)
		}
	}
	return nil
}

// identify returns the schema version of the file: 0 when there is nothing in it.
// It is an error when the file is another program's, or newer than newest.
func identify(tx *bolt.Tx, newest int) (int, error) {
	if first, _ := tx.Cursor().First(); first == nil {
		return 0, nil
	}
	meta := tx.Bucket(bucketMeta)
	if meta == nil || meta.Get(keyFormat) == nil {
		return 0, notOurs("it is a bbolt file of another program, not a store of camhub")
	}
	name, err := getRecord[string](meta, keyFormat)
	if err != nil {
		return 0, err
	}
	if name != formatName {
		return 0, notOurs(fmt.Sprintf("it is a bbolt file of %q, not a store of camhub", name))
	}
	version, err := getRecord[int](meta, keyVersion)
	if err != nil {
		return 0, err
	}
	if version > newest {
		return 0, newer{file: version, program: newest}
	}
	if version < 1 {
		return 0, damagef("schema version %d", version)
	}
	return version, nil
}
