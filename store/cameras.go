package store

import (
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
)

// Cameras returns all cameras in wall order.
func (s *Store) Cameras() ([]camera.Definition, error) {
	var ds []camera.Definition
	err := s.view(func(tx *bolt.Tx) error {
		ids, err := wallOrder(tx)
		if err != nil {
			return err
		}
		ds = make([]camera.Definition, 0, len(ids))
		for _, id := range ids {
			d, err := getCamera(tx, id)
			if err != nil {
				return fmt.Errorf("camera %q: %w", id, err)
			}
			ds = append(ds, s.opened(d))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read cameras: %w", err)
	}
	return ds, nil
}

// Camera returns the camera id, or a fault.NotFound error.
func (s *Store) Camera(id camera.ID) (camera.Definition, error) {
	var d camera.Definition
	err := s.view(func(tx *bolt.Tx) (err error) {
		if !hasCamera(tx, id) {
			return noCamera(id)
		}
		d, err = getCamera(tx, id)
		d = s.opened(d)
		return err
	})
	if err != nil {
		return camera.Definition{}, fmt.Errorf("read camera %q: %w", id, err)
	}
	return d, nil
}

// PutCamera stores d, instead of the camera with its ID or as a new one at the end of
// the wall order, and the event e of it, in one transaction. It returns
// both as stored: d with a revision that no camera had before, e with its ID. When
// it returns without an error, both are on disk. d must be valid.
func (s *Store) PutCamera(d camera.Definition, e event.Event) (camera.Definition, event.Event, error) {
	return s.storeCamera(d, e, func(tx *bolt.Tx) error {
		if hasCamera(tx, d.ID) {
			return nil
		}
		ids, err := wallOrder(tx)
		if err != nil {
			return err
		}
		return putOrder(tx, append(ids, d.ID))
	})
}

// InsertCamera is PutCamera for a camera that is new, and gives it a place in the
// wall order: 0 is the first, and what is past the end is the end. The error is a
// fault.Conflict when there is a camera with its ID.
func (s *Store) InsertCamera(d camera.Definition, place int, e event.Event) (camera.Definition, event.Event, error) {
	return s.storeCamera(d, e, func(tx *bolt.Tx) error {
		if hasCamera(tx, d.ID) {
			return fault.New(fault.Conflict, "There is a camera %q already.", d.ID)
		}
		ids, err := wallOrder(tx)
		if err != nil {
			return err
		}
		return putOrder(tx, slices.Insert(ids, max(0, min(place, len(ids))), d.ID))
	})
}

// storeCamera stores d and e in one transaction, after order has found a place on
// the wall.
func (s *Store) storeCamera(d camera.Definition, e event.Event, order func(*bolt.Tx) error) (camera.Definition, event.Event, error) {
	id := d.ID
	if !id.Valid() {
		return camera.Definition{}, event.Event{}, fault.New(fault.Invalid, "%q can't be the ID of a camera.", id)
	}
	var stored []event.Event
	err := s.update(func(tx *bolt.Tx) error {
		revision, err := nextRevision(tx)
		if err != nil {
			return err
		}
		if err := order(tx); err != nil {
			return err
		}
		d.Revision = revision
		if d, err = putRecord(tx.Bucket(bucketCameras), []byte(id), s.sealed(d)); err != nil {
			return err
		}
		d = s.opened(d)
		stored, err = s.appendEvents(tx, e)
		return err
	})
	if err != nil {
		return camera.Definition{}, event.Event{}, fmt.Errorf("store camera %q: %w", id, err)
	}
	return d, stored[0], nil
}

// DeleteCamera removes the camera id, also from the wall order, and stores the event e
// that tells of it, in one transaction. It returns e with its ID, or a fault.NotFound
// error. When it returns without an error, all is on disk.
func (s *Store) DeleteCamera(id camera.ID, e event.Event) (event.Event, error) {
	var stored []event.Event
	err := s.update(func(tx *bolt.Tx) error {
		if !hasCamera(tx, id) {
			return noCamera(id)
		}
		ids, err := wallOrder(tx)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(other camera.ID) bool { return other == id })
		if err := putOrder(tx, ids); err != nil {
			return err
		}
		if err := tx.Bucket(bucketCameras).Delete([]byte(id)); err != nil {
			return err
		}
		stored, err = s.appendEvents(tx, e)
		return err
	})
	if err != nil {
		return event.Event{}, fmt.Errorf("delete camera %q: %w", id, err)
	}
	return stored[0], nil
}

// noCamera is the error about an ID that no camera has.
func noCamera(id camera.ID) error { return fault.New(fault.NotFound, "There is no camera %q.", id) }

func hasCamera(tx *bolt.Tx, id camera.ID) bool {
	return tx.Bucket(bucketCameras).Get([]byte(id)) != nil
}

// getCamera reads a camera that must be there.
func getCamera(tx *bolt.Tx, id camera.ID) (camera.Definition, error) {
	d, err := getRecord[camera.Definition](tx.Bucket(bucketCameras), []byte(id))
	if err == nil && d.ID != id {
		err = damagef("record %q holds camera %q", id, d.ID)
	}
	return d, err
}

// nextRevision returns a revision that was never given out before.
func nextRevision(tx *bolt.Tx) (uint64, error) {
	last, err := getRecord[uint64](tx.Bucket(bucketMeta), keyRevision)
	if err != nil {
		return 0, err
	}
	return putRecord(tx.Bucket(bucketMeta), keyRevision, last+1)
}
