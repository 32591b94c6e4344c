package store

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/retention"
)

// maxPins bounds how many pins there are.
const maxPins = 10_000

// RecordSettings returns the budget for recordings.
func (s *Store) RecordSettings() (v retention.Settings, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		v, err = getRecord[retention.Settings](tx.Bucket(bucketMeta), keyRecordings)
		return err
	})
	if err != nil {
		return v, fmt.Errorf("read settings of recordings: %w", err)
	}
	return v, nil
}

// SetRecordSettings stores the budget for recordings. When it returns without an error, it
// is on disk.
func (s *Store) SetRecordSettings(v retention.Settings) error {
	err := s.update(func(tx *bolt.Tx) error {
		_, err := putRecord(tx.Bucket(bucketMeta), keyRecordings, v)
		return err
	})
	if err != nil {
		return fmt.Errorf("store settings of recordings: %w", err)
	}
	return nil
}

// Pins returns all pins, the oldest first.
func (s *Store) Pins() ([]retention.Pin, error) {
	pins := []retention.Pin{}
	err := s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketPins).ForEach(func(k, v []byte) error {
			p, err := openRecord[retention.Pin](k, v)
			pins = append(pins, p)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read pins: %w", err)
	}
	return pins, nil
}

// AddPin stores p under a new ID and returns it with that. When it returns without an error, it
// is on disk.
func (s *Store) AddPin(p retention.Pin) (retention.Pin, error) {
	err := s.update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketPins)
		if b.Stats().KeyN >= maxPins {
			return fault.New(fault.Conflict, "There are %d pins already; remove some first.", maxPins)
		}
		id, err := b.NextSequence()
		if err != nil {
			return err
		}
		p.ID = id
		p, err = putRecord(b, eventKey(id), p)
		return err
	})
	if err != nil {
		return retention.Pin{}, fmt.Errorf("store a pin: %w", err)
	}
	return p, nil
}

// RemovePin removes the pin id, or returns a fault.NotFound error.
func (s *Store) RemovePin(id uint64) error {
	err := s.update(func(tx *bolt.Tx) error {
		b, key := tx.Bucket(bucketPins), eventKey(id)
		if b.Get(key) == nil {
			return fault.New(fault.NotFound, "There is no pin %d.", id)
		}
		return b.Delete(key)
	})
	if err != nil {
		return fmt.Errorf("remove pin %d: %w", id, err)
	}
	return nil
}

// addRecordings is a migration: every camera gets settings for its recording,
// there is a budget, and there may be pins.
func addRecordings(tx *bolt.Tx) error {
	if _, err := tx.CreateBucket(bucketPins); err != nil {
		return fmt.Errorf("make bucket %s: %w", bucketPins, err)
	}
	if _, err := putRecord(tx.Bucket(bucketMeta), keyRecordings, retention.Default()); err != nil {
		return err
	}
	ids, err := wallOrder(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		d, err := getCamera(tx, id)
		if err != nil {
			return err
		}
		d.Record = camera.Default().Record
		if _, err := putRecord(tx.Bucket(bucketCameras), []byte(id), d); err != nil {
			return err
		}
	}
	return nil
}
