package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/event"
)

// scanStep is how many events are read in one transaction. A reader that keeps its
// transaction open stops bbolt from using freed pages again, so that the file grows,
// and stops a writer that must enlarge the memory map.
const scanStep = 1000

// Events returns the newest events that q selects, newest first, at most limit. Where
// there are more, q.Before set to the last ID gives the next.
//
// Cost: events are read newest first until limit are found. One that is found is
// decoded (about 2 µs); one that is not costs a checksum and a search of its bytes (0.2 µs),
// so that a query that selects nothing reads all 100,000 in some 20 ms: BenchmarkEvents.
// No transaction reads more than scanStep events, so that a slow reader stops nobody; in
// return, events that are dropped meanwhile may be missing.
func (s *Store) Events(q event.Query, limit int) ([]event.Event, error) {
	r := backReader{q: q, marks: marksOf(q), limit: limit, before: q.Before, done: limit <= 0}
	for !r.done {
		if err := s.view(r.step); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
	}
	return r.found, nil
}

// EventsAfter returns the events with an ID above id, oldest first, at most limit. If
// the next after id was dropped already, it begins with the oldest that is there.
func (s *Store) EventsAfter(id uint64, limit int) ([]event.Event, error) {
	var found []event.Event
	for more := true; more && len(found) < limit; {
		err := s.view(func(tx *bolt.Tx) error {
			step, err := eventsAfter(tx, id, min(limit-len(found), scanStep))
			found = append(found, step...)
			more = len(step) == scanStep
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read events after %d: %w", id, err)
		}
		if more {
			id = found[len(found)-1].ID
		}
	}
	return found, nil
}

// eventsAfter is one step of EventsAfter.
func eventsAfter(tx *bolt.Tx, id uint64, limit int) ([]event.Event, error) {
	span, err := getSpan(tx)
	if err != nil || id >= span.Last {
		return nil, err
	}
	var found []event.Event
	next := max(id+1, span.First)
	c := tx.Bucket(bucketEvents).Cursor()
	for k, v := c.Seek(eventKey(next)); next <= span.Last && len(found) < limit; k, v = c.Next() {
		e, err := openEvent(next, k, v)
		if err != nil {
			return nil, err
		}
		found = append(found, e)
		next++
	}
	return found, nil
}

// backReader reads events newest first, in steps.
type backReader struct {
	q      event.Query
	marks  [][]byte
	limit  int
	before uint64 // where the next step begins; 0: at the newest
	found  []event.Event
	done   bool
}

// step reads up to scanStep events.
func (r *backReader) step(tx *bolt.Tx) error {
	span, err := getSpan(tx)
	if err != nil {
		return err
	}
	id := span.Last
	if r.before != 0 {
		id = min(id, r.before-1)
	}
	c := tx.Bucket(bucketEvents).Cursor()
	k, v := c.Seek(eventKey(id))
	for range scanStep {
		if id < span.First || len(r.found) == r.limit {
			r.done = true
			return nil
		}
		if err := r.take(id, k, v); err != nil {
			return err
		}
		r.before = id
		id--
		k, v = c.Prev()
	}
	return nil
}

// take adds the event in a record to those found, if it is selected.
func (r *backReader) take(id uint64, key, record []byte) error {
	if eventID(key) != id {
		return damagef("event %d is missing", id)
	}
	value, err := unseal(key, record)
	if err != nil {
		return err
	}
	if !r.mayMatch(value) {
		return nil
	}
	e, err := openEvent(id, key, record)
	if err == nil && r.q.Matches(&e) {
		r.found = append(r.found, e)
	}
	return err
}

// mayMatch looks at an event's JSON without decoding it. It is true for every event
// that the query selects, and for few others.
func (r *backReader) mayMatch(value []byte) bool {
	for _, mark := range r.marks {
		if !bytes.Contains(value, mark) {
			return false
		}
	}
	if r.q.Since.IsZero() && r.q.Until.IsZero() {
		return true
	}
	_, rest, _ := bytes.Cut(value, []byte(`"time":"`))
	text, _, _ := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339Nano, string(text))
	ranged := event.Query{Since: r.q.Since, Until: r.q.Until}
	return err != nil || ranged.Matches(&event.Event{Time: at})
}

// marksOf returns texts that the JSON of every event that q selects holds, so that
// most others need no decoding. A quote within a JSON string is escaped, so that a
// camera's name can't hide or fake one.
func marksOf(q event.Query) [][]byte {
	var marks [][]byte
	add := func(key, value string) {
		if text, err := json.Marshal(value); err == nil && value != "" {
			marks = append(marks, append([]byte(`"`+key+`":`), text...))
		}
	}
	add("camera", string(q.Camera))
	add("type", string(q.Type))
	return marks
}

// openEvent reads the event id from its record.
func openEvent(id uint64, key, record []byte) (event.Event, error) {
	if eventID(key) != id {
		return event.Event{}, damagef("event %d is missing", id)
	}
	e, err := openRecord[event.Event](key, record)
	if err == nil && e.ID != id {
		err = damagef("record of event %d holds event %d", id, e.ID)
	}
	return e, err
}
