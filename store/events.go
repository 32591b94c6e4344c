package store

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/event"
)

// eventsFill is how full bbolt packs the pages of events, which only grow at the end.
const eventsFill = 0.95

// AppendEvents stores es in one transaction and returns them with their IDs, which go
// up by one. Older events than the newest 100,000 are dropped. When it returns without
// an error, all are on disk.
func (s *Store) AppendEvents(es []event.Event) ([]event.Event, error) {
	if len(es) == 0 {
		return nil, nil
	}
	stored := make([]event.Event, len(es))
	err := s.update(func(tx *bolt.Tx) error {
		for i, e := range es {
			var err error
			if stored[i], err = s.appendEvent(tx, e); err != nil {
				return fmt.Errorf("event %d of %d: %w", i+1, len(es), err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store events: %w", err)
	}
	return stored, nil
}

// appendEvent stores e with the next ID and drops the events that are too old.
func (s *Store) appendEvent(tx *bolt.Tx, e event.Event) (event.Event, error) {
	b := tx.Bucket(bucketEvents)
	b.FillPercent = eventsFill
	last, _ := b.Cursor().Last()
	e.ID = eventID(last) + 1
	e, err := putRecord(b, eventKey(e.ID), e)
	if err != nil {
		return e, err
	}
	c := b.Cursor()
	for k, _ := c.First(); k != nil && eventID(k)+s.keep <= e.ID; k, _ = c.First() {
		if err := c.Delete(); err != nil {
			return e, fmt.Errorf("drop event %d: %w", eventID(k), err)
		}
	}
	return e, nil
}

// LastEventID returns the ID of the newest event, or 0 when there was none yet.
func (s *Store) LastEventID() (id uint64, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		k, _ := tx.Bucket(bucketEvents).Cursor().Last()
		id = eventID(k)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read last event: %w", err)
	}
	return id, nil
}

// eventKey is the key of event id: IDs and keys sort alike.
func eventKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// eventID is the ID in a key, or 0 when there is no key.
func eventID(key []byte) uint64 {
	if len(key) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key)
}
