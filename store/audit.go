package store

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/go-multierror"
	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/event"
)

// maxFaults is how many faults an audit reports.
const maxFaults = 10

// audit checks what the records say: every camera and its place in the order, and the
// newest event. A full audit checks the checksum of every event too.
func audit(tx *bolt.Tx, full bool) error {
	for _, name := range [][]byte{bucketMeta, bucketCameras, bucketEvents} {
		if tx.Bucket(name) == nil {
			return damagef("bucket %s is missing", name)
		}
	}
	var errs *multierror.Error
	bad := func(err error) {
		if errs.Len() < maxFaults {
			errs = multierror.Append(errs, err)
		}
	}
	auditCameras(tx, bad)
	auditEvents(tx, full, bad)
	if errs.Len() == 0 {
		return nil
	}
	errs.ErrorFormat = func(es []error) string {
		var b bytes.Buffer
		for i, err := range es {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(err.Error())
		}
		return b.String()
	}
	return errs
}

// auditCameras checks that the cameras and the wall order name each other.
func auditCameras(tx *bolt.Tx, bad func(error)) {
	last, err := getRecord[uint64](tx.Bucket(bucketMeta), keyRevision)
	if err != nil {
		bad(err)
	}
	ids, err := wallOrder(tx)
	if err != nil {
		bad(err)
		return
	}
	ordered := make(map[camera.ID]bool, len(ids))
	for _, id := range ids {
		if ordered[id] {
			bad(damagef("camera %q is twice in the wall order", id))
		}
		ordered[id] = true
		d, err := getCamera(tx, id)
		if err != nil {
			bad(fmt.Errorf("camera %q of the wall order: %w", id, err))
		} else if d.Revision > last {
			bad(damagef("camera %q has revision %d, after the last, %d", id, d.Revision, last))
		}
	}
	cameras := tx.Bucket(bucketCameras).Cursor()
	for k, _ := cameras.First(); k != nil; k, _ = cameras.Next() {
		if !ordered[camera.ID(k)] {
			bad(damagef("camera %q is not in the wall order", k))
		}
	}
}

// auditEvents checks the newest event, or all of them.
func auditEvents(tx *bolt.Tx, full bool, bad func(error)) {
	c := tx.Bucket(bucketEvents).Cursor()
	k, v := c.Last()
	for want := eventID(k); k != nil; k, v = c.Prev() {
		if eventID(k) != want {
			bad(damagef("event %d is missing", want))
			return
		}
		if _, err := unseal(k, v); err != nil {
			bad(err)
			return
		}
		if !full {
			_, err := openRecord[event.Event](k, v)
			if err != nil {
				bad(err)
			}
			return
		}
		want--
	}
}
