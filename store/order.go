package store

import (
	"fmt"

	"github.com/hashicorp/go-multierror"
	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/fault"
)

// SetOrder sets the wall order. ids must name every camera once; else the error is a
// fault.Invalid one with a fault.Field for each ID that is unknown or doubled, at
// its place /cameras/N, and each that is missing, at the places after the last.
func (s *Store) SetOrder(ids []camera.ID) error {
	err := s.update(func(tx *bolt.Tx) error {
		have, err := wallOrder(tx)
		if err != nil {
			return err
		}
		if err := permutation(ids, have); err != nil {
			return err
		}
		return putOrder(tx, ids)
	})
	if err != nil {
		return fmt.Errorf("set wall order: %w", err)
	}
	return nil
}

// permutation reports every way in which ids are not those of want in another order.
func permutation(ids, want []camera.ID) error {
	var errs *multierror.Error
	bad := func(at int, format string, id camera.ID) {
		errs = multierror.Append(errs, fault.Fieldf(fmt.Sprintf("/cameras/%d", at), format, id))
	}
	known := make(map[camera.ID]bool, len(want))
	for _, id := range want {
		known[id] = true
	}
	first := make(map[camera.ID]bool, len(ids))
	for i, id := range ids {
		switch {
		case !known[id]:
			bad(i, "there is no camera %q", id)
		case first[id]:
			bad(i, "camera %q is named twice", id)
		}
		first[id] = true
	}
	at := len(ids)
	for _, id := range want {
		if !first[id] {
			bad(at, "camera %q is missing", id)
			at++
		}
	}
	return fault.InvalidFields("The order must name every camera once.", errs)
}

// wallOrder returns the IDs of all cameras in wall order.
func wallOrder(tx *bolt.Tx) ([]camera.ID, error) {
	return getRecord[[]camera.ID](tx.Bucket(bucketMeta), keyOrder)
}

func putOrder(tx *bolt.Tx, ids []camera.ID) error {
	_, err := putRecord(tx.Bucket(bucketMeta), keyOrder, append([]camera.ID{}, ids...)) // never null
	return err
}
