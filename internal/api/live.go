package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/registry"
)

const (
	writeTimeout = 10 * time.Second // for one message or page to one client
	pingEvery    = 20 * time.Second
)

// eventStream is one client of GET /api/v1/events/live, in the format of
// server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type eventStream struct {
	s    *server
	w    http.ResponseWriter
	rc   *http.ResponseController
	who  *access.Caller
	last uint64             // the newest event that the client has
	seen map[camera.ID]bool // the cameras that the client knows of
}

// liveEvents sends what the cameras are now, then every change. Only messages
// of stored events carry an id: a client that comes back with Last-Event-ID
// gets the events that it missed, and the cameras as they are.
func (s *server) liveEvents(w http.ResponseWriter, r *http.Request) error {
	watch := s.Events.Watch()
	defer watch.Close()
	last, err := s.Events.LastEventID()
	if err != nil {
		return err
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		seen, err := strconv.ParseUint(id, 10, 64)
		if err != nil {
			return fault.New(fault.Malformed, "Last-Event-ID %q is not one that the hub gave.", id)
		}
		last = min(last, seen)
	}
	who := access.From(r.Context())
	list, err := s.cameras(who)
	if err != nil {
		return err
	}
	eventHeader(w.Header())
	if r.Method == http.MethodHead {
		return nil
	}
	e := &eventStream{s: s, w: w, rc: http.NewResponseController(w), who: who, last: last, seen: make(map[camera.ID]bool)}
	if e.begin(list) == nil {
		e.run(r.Context(), watch)
	}
	return nil // what began can only be cut: the client comes back
}

// eventHeader sets the header of a stream of messages.
func eventHeader(h http.Header) {
	h.Set("Content-Type", typeEvents)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx
}

// begin sends all cameras, and the events that the client missed.
func (e *eventStream) begin(list []cameraJSON) error {
	for _, c := range list {
		e.seen[c.ID] = true
	}
	if err := e.send("cameras", "", map[string][]cameraJSON{"cameras": list}); err != nil {
		return err
	}
	if err := e.sendEvents(); err != nil {
		return err
	}
	return e.flush()
}

// flush leaves no deadline behind: HTTP/2 ends a stream when one passes, even
// if there is nothing to write.
func (e *eventStream) flush() error {
	if err := e.rc.Flush(); err != nil {
		return err
	}
	return e.rc.SetWriteDeadline(time.Time{})
}

// run sends changes until the client is gone or the program stops.
func (e *eventStream) run(ctx context.Context, watch *registry.Watch) {
	for {
		wait, cancel := context.WithTimeout(ctx, pingEvery)
		changes, err := watch.Next(wait)
		cancel()
		quiet := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
		switch {
		case quiet:
			err = e.ping()
		case err == nil:
			err = e.sendChanges(changes)
		}
		if err != nil || e.flush() != nil {
			return
		}
	}
}

func (e *eventStream) sendChanges(c registry.Changes) error {
	for _, id := range slices.Sorted(maps.Keys(c.Cameras)) {
		if err := e.sendCamera(id); err != nil {
			return err
		}
		delete(c.Statuses, id) // the camera holds it
	}
	if c.Order {
		if err := e.sendOrder(); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Statuses)) {
		if err := e.sendStatus(id); err != nil {
			return err
		}
	}
	if c.Events {
		return e.sendEvents()
	}
	return nil
}

func (e *eventStream) sendCamera(id camera.ID) error {
	d, err := e.s.Cameras.Get(id)
	gone := fault.KindOf(err) == fault.NotFound
	switch {
	case err != nil && !gone:
		return err
	case gone || !e.who.Sees(id): // or it went where the client may not see it
		if !e.seen[id] && !e.who.SeesAll() {
			return nil
		}
		delete(e.seen, id)
		return e.send("removed", "", map[string]camera.ID{"id": id})
	}
	e.seen[id] = true
	return e.send("camera", "", e.s.shown(e.who, d))
}

func (e *eventStream) sendOrder() error {
	ds, err := e.s.Cameras.List()
	if err != nil {
		return err
	}
	ids := make([]camera.ID, 0, len(ds))
	for _, d := range ds {
		if e.who.Sees(d.ID) {
			ids = append(ids, d.ID)
		}
	}
	return e.send("order", "", order{Cameras: ids})
}

func (e *eventStream) sendStatus(id camera.ID) error {
	st, err := e.s.Running.Status(id)
	if err != nil || !e.who.Sees(id) {
		return nil // it is gone, and a message says so or said so
	}
	return e.send("status", "", map[string]any{"camera": id, "status": st})
}

// sendEvents sends the stored events that the client does not have yet.
func (e *eventStream) sendEvents() error {
	for {
		events, err := e.s.Events.EventsAfter(e.last, eventPage)
		if err != nil || len(events) == 0 {
			return err
		}
		for i := range events {
			e.last = events[i].ID
			if !mayRead(e.who, &events[i]) {
				continue
			}
			if err := e.send("event", strconv.FormatUint(e.last, 10), readable(e.who, events[i])); err != nil {
				return err
			}
		}
	}
}

func (e *eventStream) send(name, id string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := e.extend(); err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	_, err = fmt.Fprintf(e.w, "event: %s\n%sdata: %s\n\n", name, id, b)
	return err
}

// ping sends a comment, so that both ends notice a dead connection.
func (e *eventStream) ping() error {
	if err := e.extend(); err != nil {
		return err
	}
	_, err := fmt.Fprint(e.w, ":\n\n")
	return err
}

func (e *eventStream) extend() error {
	return e.rc.SetWriteDeadline(time.Now().Add(writeTimeout))
}
