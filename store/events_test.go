package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/camera"
	"camhub/internal/event"
)

// mixedEvents returns n events of some cameras and types, with names that look like
// parts of the JSON of others.
func mixedEvents(n int) []event.Event {
	es := make([]event.Event, n)
	for i := range es {
		es[i] = event.Event{
			Time:   someTime.Add(time.Duration(i%100) * time.Minute),
			Type:   event.Types[i%len(event.Types)],
			Camera: camera.ID(fmt.Sprintf("cam-%d", i%7)),
			Name:   `Gate ","camera":"cam-1","type":"online`,
		}
	}
	return es
}

// TestEventsMatchesQuery compares pages of random queries with a filter over all events,
// over several steps of reading.
func TestEventsMatchesQuery(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	all, err := s.AppendEvents(mixedEvents(2*scanStep + 500))
	check(t, err)
	if all[0].ID != 1 || all[len(all)-1].ID != uint64(len(all)) {
		t.Fatalf("IDs %d to %d", all[0].ID, all[len(all)-1].ID)
	}
	for range 60 {
		var q event.Query
		if rand.IntN(2) == 0 {
			q.Camera = camera.ID(fmt.Sprintf("cam-%d", rand.IntN(9)))
		}
		if rand.IntN(2) == 0 {
			q.Type = event.Types[rand.IntN(len(event.Types))]
		}
		if rand.IntN(2) == 0 {
			q.Since = someTime.Add(time.Duration(rand.IntN(100)) * time.Minute)
			q.Until = q.Since.Add(time.Duration(rand.IntN(100)) * time.Minute)
		}
		if rand.IntN(2) == 0 {
			q.Before = uint64(rand.IntN(len(all) + 100))
		}
		limit := 1 + rand.IntN(300)
		var want []event.Event
		for _, e := range slices.Backward(all) {
			if q.Matches(&e) {
				want = append(want, e)
			}
		}
		var got []event.Event
		for page := q; ; page.Before = got[len(got)-1].ID {
			es, err := s.Events(page, limit)
			check(t, err)
			got = append(got, es...)
			if len(es) > limit {
				t.Fatalf("%d events, more than %d", len(es), limit)
			}
			if len(es) < limit {
				break
			}
		}
		if !slices.Equal(idsOf(got), idsOf(want)) {
			t.Fatalf("%+v, %d a page: %d events, want %d", q, limit, len(got), len(want))
		}
	}
}

func idsOf(es []event.Event) []uint64 {
	ids := make([]uint64, len(es))
	for i, e := range es {
		ids[i] = e.ID
	}
	return ids
}

func TestEventsAfter(t *testing.T) {
	s := openFile(t, t.TempDir()+"/store.db")
	s.keep = 3 * scanStep
	const last = 3*scanStep + 100 // so that 1 to 100 are dropped
	_, err := s.AppendEvents(mixedEvents(last))
	check(t, err)
	for _, test := range []struct {
		after uint64
		limit int
		first uint64
		count int
	}{
		{0, 10, 101, 10},
		{100, 1, 101, 1},
		{101, 2*scanStep + 5, 102, 2*scanStep + 5},
		{0, 1 << 30, 101, 3 * scanStep},
		{last - 2, 10, last - 1, 2},
		{last, 10, 0, 0},
		{last + 5, 10, 0, 0},
		{1<<64 - 1, 10, 0, 0},
		{200, 0, 0, 0},
		{200, -1, 0, 0},
	} {
		es, err := s.EventsAfter(test.after, test.limit)
		if err != nil || len(es) != test.count || len(es) > 0 && es[0].ID != test.first {
			t.Errorf("after %d: %d events (%v), want %d from %d", test.after, len(es), err, test.count, test.first)
		}
		for i := range es {
			if es[i].ID != test.first+uint64(i) {
				t.Fatalf("after %d: event %d at place %d", test.after, es[i].ID, i)
			}
		}
	}
}

func TestOldEventsAreDropped(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s := openFile(t, path)
	s.keep = 50
	for _, n := range []int{49, 1, 1, 60, 200, 7} {
		_, err := s.AppendEvents(mixedEvents(n))
		check(t, err)
		es, err := s.Events(event.Query{}, 1000)
		check(t, err)
		last, err := s.LastEventID()
		check(t, err)
		if want := min(last, 50); uint64(len(es)) != want || es[0].ID != last {
			t.Fatalf("after event %d: %d events from %d, want %d", last, len(es), es[0].ID, want)
		}
	}
	if es, err := s.Events(event.Query{Before: 20}, 10); len(es) != 0 || err != nil {
		t.Errorf("dropped events: %v, %v", es, err)
	}
	for _, limit := range []int{0, -1} {
		if es, err := s.Events(event.Query{}, limit); len(es) != 0 || err != nil {
			t.Errorf("limit %d: %v, %v", limit, es, err)
		}
	}
	if es, err := s.AppendEvents(nil); es != nil || err != nil {
		t.Errorf("no events: %v, %v", es, err)
	}
}

// TestFileDoesNotGrow checks that dropped events give their room back.
func TestFileDoesNotGrow(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s := openFile(t, path)
	s.keep = 500
	size := func() int64 {
		for range 10 {
			_, err := s.AppendEvents(mixedEvents(200))
			check(t, err)
		}
		var n int64
		check(t, s.view(func(tx *bolt.Tx) error { n = tx.Size(); return nil }))
		return n
	}
	first := size()
	size()
	if last := size(); last > first+first/4 {
		t.Errorf("the file grew from %d to %d bytes", first, last)
	}
}
