package registry

import "camhub/internal/event"

// maxPending bounds the events that wait for the disk.
const maxPending = 10000

// Record takes an event, to be written down soon. It never blocks.
func (r *Registry) Record(e event.Event) {
	e.Time = e.Time.UTC()
	r.mu.Lock()
	if len(r.events) < maxPending {
		r.events = append(r.events, e)
	}
	r.mu.Unlock()
	select {
	case r.pending <- struct{}{}:
	default:
	}
}

// writeEvents writes down what happened, many events in one transaction when
// they come quickly, until the registry is closed.
func (r *Registry) writeEvents() {
	for {
		select {
		case <-r.pending:
			r.flushEvents()
		case <-r.stop:
			r.flushEvents()
			return
		}
	}
}

func (r *Registry) flushEvents() {
	r.mu.Lock()
	es := r.events
	r.events = nil
	r.mu.Unlock()
	if len(es) == 0 {
		return
	}
	if _, err := r.store.AppendEvents(es); err != nil {
		r.log.Error("events lost", "count", len(es), "err", err)
		return
	}
	r.notify(func(c *Changes) { c.Events = true })
}

// Events returns up to limit events that q selects, newest first.
func (r *Registry) Events(q event.Query, limit int) ([]event.Event, error) {
	return r.store.Events(q, limit)
}

// EventsAfter returns up to limit events with a greater ID, oldest first.
func (r *Registry) EventsAfter(id uint64, limit int) ([]event.Event, error) {
	return r.store.EventsAfter(id, limit)
}

// LastEventID returns the ID of the newest event, or 0.
func (r *Registry) LastEventID() (uint64, error) { return r.store.LastEventID() }
