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
	var stored []event.Event
	err := s.update(func(tx *bolt.Tx) (err error) {
		stored, err = s.appendEvents(tx, es...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store events: %w", err)
	}
	return stored, nil
}

// eventSpan says which events there are: all from First to Last. It is stored, since
// damage that takes events off an end of the bucket would not show otherwise.
type eventSpan struct {
	First uint64 `json:"first"` // at least 1; above Last when there are none
	Last  uint64 `json:"last"`  // the last ID that was given out
}

func getSpan(tx *bolt.Tx) (eventSpan, error) {
	return getRecord[eventSpan](tx.Bucket(bucketMeta), keyEvents)
}

// appendEvents stores es with the next IDs and drops the events that are too old.
func (s *Store) appendEvents(tx *bolt.Tx, es ...event.Event) ([]event.Event, error) {
	span, err := getSpan(tx)
	if err != nil {
		return nil, err
	}
	b := tx.Bucket(bucketEvents)
	b.FillPercent = eventsFill
	stored := make([]event.Event, len(es))
	for i, e := range es {
		span.Last++
		e.ID = span.Last
		if stored[i], err = putRecord(b, eventKey(e.ID), e); err != nil {
			return nil, fmt.Errorf("event %d of %d: %w", i+1, len(es), err)
		}
	}
	for ; span.First+s.keep <= span.Last; span.First++ {
		if err := b.Delete(eventKey(span.First)); err != nil {
			return nil, fmt.Errorf("drop event %d: %w", span.First, err)
		}
	}
	_, err = putRecord(tx.Bucket(bucketMeta), keyEvents, span)
	return stored, err
}

// LastEventID returns the ID of the newest event, or 0 when there was none yet.
func (s *Store) LastEventID() (id uint64, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		span, err := getSpan(tx)
		id = span.Last
		return err
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
