package store

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-multierror"
	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/retention"
)

// maxFaults is how many faults an audit reports.
const maxFaults = 10

// audit checks what the records say: every camera and its place in the order, and the
// newest event. A full audit checks the checksum of every event too.
func audit(tx *bolt.Tx, full bool) error {
	for _, name := range [][]byte{bucketMeta, bucketCameras, bucketEvents, bucketPins, bucketUsers, bucketSessions, bucketTokens, bucketShares} {
		if tx.Bucket(name) == nil {
			return damagef("bucket %s is missing", name)
		}
	}
	errs := &multierror.Error{ErrorFormat: oneLine}
	bad := func(err error) {
		if errs.Len() < maxFaults {
			errs = multierror.Append(errs, err)
		}
	}
	auditCameras(tx, bad)
	auditEvents(tx, full, bad)
	auditRetention(tx, bad)
	auditAccess(tx, bad)
	return errs.ErrorOrNil()
}

// oneLine shows a list of errors in a line.
func oneLine(es []error) string {
	texts := make([]string, len(es))
	for i, err := range es {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
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
	span, err := getSpan(tx)
	if err != nil {
		bad(err)
		return
	}
	if span.First == 0 || span.First > span.Last+1 {
		bad(damagef("events from %d to %d", span.First, span.Last))
		return
	}
	c := tx.Bucket(bucketEvents).Cursor()
	k, v := c.Last()
	for id := span.Last; id >= span.First && (full || id == span.Last); id-- {
		if eventID(k) != id {
			bad(damagef("event %d is missing", id))
			return
		}
		if _, err := unseal(k, v); err != nil {
			bad(err)
			return
		}
		k, v = c.Prev()
	}
}

// auditRetention checks what says how long recordings are kept.
func auditRetention(tx *bolt.Tx, bad func(error)) {
	if _, err := getRecord[retention.Settings](tx.Bucket(bucketMeta), keyRecordings); err != nil {
		bad(err)
	}
	pins := tx.Bucket(bucketPins).Cursor()
	for k, v := pins.First(); k != nil; k, v = pins.Next() {
		if p, err := openRecord[retention.Pin](k, v); err != nil {
			bad(err)
		} else if p.ID != eventID(k) {
			bad(damagef("record %q holds pin %d", k, p.ID))
		}
	}
}
