package api

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
)

const (
	defaultEvents = 100
	maxEvents     = 1000
	eventPage     = 500 // read at once when all events are streamed
)

// eventPageJSON is one page of the list of events.
type eventPageJSON struct {
	Events []event.Event `json:"events"`
	Cursor *string       `json:"cursor"` // for the next page, or null on the last
}

func (s *server) listEvents(w http.ResponseWriter, r *http.Request) error {
	q, limit, err := eventQuery(r.URL.Query())
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	q.Allow = func(e *event.Event) bool { return mayRead(who, e) }
	accept := strings.Join(r.Header.Values("Accept"), ",")
	switch preferred(accept, "application/json", "application/x-ndjson", "text/csv") {
	case "application/x-ndjson":
		return s.streamEvents(w, r, q, limit, newNDJSON(w))
	case "text/csv":
		return s.streamEvents(w, r, q, limit, newCSV(w))
	}
	if limit == 0 {
		limit = defaultEvents
	}
	limit = min(limit, maxEvents)
	events, err := s.Events.Events(q, limit+1)
	if err != nil {
		return err
	}
	for i := range events {
		events[i] = readable(who, events[i])
	}
	page := eventPageJSON{Events: append([]event.Event{}, events[:min(limit, len(events))]...)} // never null
	if len(events) > limit {
		cursor := strconv.FormatUint(page.Events[limit-1].ID, 10)
		page.Cursor = &cursor
	}
	w.Header().Set("Vary", "Accept")
	return writeJSON(w, http.StatusOK, page)
}

// eventQuery reads the parameters of a list of events. limit is 0 when there
// is none.
func eventQuery(v url.Values) (q event.Query, limit int, err error) {
	var errs *multierror.Error
	bad := func(name, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf("/"+name, format, args...))
	}
	instant := func(name string) (t time.Time) {
		if s := v.Get(name); s != "" {
			if t, err = time.Parse(time.RFC3339, s); err != nil {
				bad(name, "must be an instant as in RFC 3339, such as 2026-01-02T15:04:05Z")
			}
		}
		return t
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains([]string{"camera", "type", "since", "until", "limit", "cursor"}, name) {
			bad(name, "is not a known parameter")
		}
	}
	q.Since, q.Until = instant("since"), instant("until")
	if q.Camera = camera.ID(v.Get("camera")); q.Camera != "" && !q.Camera.Valid() {
		bad("camera", "is not the id of a camera")
	}
	if q.Type = event.Type(v.Get("type")); q.Type != "" && !slices.Contains(event.Types, q.Type) {
		bad("type", "must be one of %v", event.Types)
	}
	if s := v.Get("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 {
			bad("limit", "must be a whole number from 1")
		}
	}
	if s := v.Get("cursor"); s != "" {
		if q.Before, err = strconv.ParseUint(s, 10, 64); err != nil || q.Before == 0 {
			bad("cursor", "is not one that the hub gave")
		}
	}
	return q, limit, fault.InvalidFields("The parameters are not valid.", errs)
}

// rows writes events one by one.
type rows interface {
	begin() error
	write(e *event.Event) error
	flush() error
}

// streamEvents writes all events that q selects, or the newest limit ones, in
// constant memory: page by page, with no transaction open while it writes.
func (s *server) streamEvents(w http.ResponseWriter, r *http.Request, q event.Query, limit int, out rows) error {
	rc := http.NewResponseController(w)
	left := limit
	for first := true; ; first = false {
		n := eventPage
		if limit > 0 {
			n = min(n, left)
		}
		events, err := s.Events.Events(q, n)
		if err != nil && first {
			return err
		}
		if err != nil {
			panic(http.ErrAbortHandler) // so that a cut list does not look whole
		}
		if first {
			w.Header().Set("Vary", "Accept")
			w.Header().Set("Cache-Control", "no-store")
			if out.begin() != nil || r.Method == http.MethodHead {
				return nil
			}
		}
		// The client is gone, or as good as gone, when a page can't be written.
		rc.SetWriteDeadline(time.Now().Add(writeTimeout))
		who := access.From(r.Context())
		for i := range events {
			e := readable(who, events[i])
			if out.write(&e) != nil {
				return nil
			}
		}
		if out.flush() != nil {
			return nil
		}
		left -= len(events)
		if len(events) < n || limit > 0 && left == 0 {
			return nil
		}
		q.Before = events[len(events)-1].ID
	}
}

// ndjson writes one JSON object a line.
type ndjson struct {
	w   http.ResponseWriter
	enc *json.Encoder
}

func newNDJSON(w http.ResponseWriter) ndjson { return ndjson{w, json.NewEncoder(w)} }

func (n ndjson) begin() error {
	n.w.Header().Set("Content-Type", "application/x-ndjson")
	return nil
}
func (n ndjson) write(e *event.Event) error { return n.enc.Encode(e) }
func (n ndjson) flush() error               { return http.NewResponseController(n.w).Flush() }

// csvRows writes RFC 4180 with a header line.
type csvRows struct {
	w   http.ResponseWriter
	csv *csv.Writer
}

func newCSV(w http.ResponseWriter) csvRows { return csvRows{w, csv.NewWriter(w)} }

func (c csvRows) begin() error {
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	return c.csv.Write([]string{"id", "time", "type", "camera", "name", "code", "message", "duration_ms", "lost", "from", "to", "actor", "subject", "remote"})
}

func (c csvRows) write(e *event.Event) error {
	var reason event.Reason
	if e.Reason != nil {
		reason = *e.Reason
	}
	duration, lost := "", "" // not known
	if e.DurationMS != 0 {
		duration = strconv.FormatInt(e.DurationMS, 10)
	}
	if e.Lost != 0 {
		lost = strconv.FormatUint(e.Lost, 10)
	}
	from, to := "", ""
	if e.Span != nil {
		from, to = e.Span.From.Format(time.RFC3339Nano), e.Span.To.Format(time.RFC3339Nano)
	}
	return c.csv.Write([]string{
		strconv.FormatUint(e.ID, 10), e.Time.Format(time.RFC3339Nano), string(e.Type), string(e.Camera),
		e.Name, reason.Code, reason.Message, duration, lost, from, to, e.Actor, e.Subject, e.Remote,
	})
}

func (c csvRows) flush() error {
	c.csv.Flush()
	if err := c.csv.Error(); err != nil {
		return err
	}
	return http.NewResponseController(c.w).Flush()
}
