package api

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
)

// query reads the parameters of an address and gathers what is wrong with them. A
// parameter that is not known is a fault, since a typing error must not mean "all".
type query struct {
	values url.Values
	errs   *multierror.Error
}

func newQuery(r *http.Request, known ...string) *query {
	q := &query{values: r.URL.Query()}
	for _, name := range slices.Sorted(maps.Keys(q.values)) {
		if !slices.Contains(known, name) {
			q.bad(name, "is not a known parameter")
		}
	}
	return q
}

func (q *query) bad(name, format string, args ...any) {
	q.errs = multierror.Append(q.errs, fault.Fieldf("/"+name, format, args...))
}

// err returns what was wrong so far.
func (q *query) err() error { return fault.InvalidFields("The parameters are not valid.", q.errs) }

// cameras returns the cameras that the parameter names, each once, in their order.
func (q *query) cameras() []camera.ID {
	var ids []camera.ID
	for _, v := range q.values["camera"] {
		id := camera.ID(v)
		if !id.Valid() {
			q.bad("camera", "%.100q can't be the ID of a camera", v)
			return nil
		}
		if len(ids) == maxNamed {
			q.bad("camera", "must name at most %d cameras", maxNamed)
			return nil
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// instant reads an instant in any time zone; the default when it is not given.
func (q *query) instant(name string, or time.Time) time.Time {
	if !q.values.Has(name) {
		return or
	}
	t, err := time.Parse(time.RFC3339, q.values.Get(name))
	if t = t.UTC(); err != nil || t.Year() < 1 || t.Year() > 9999 { // a zone may take it beyond, where JSON has no time
		q.bad(name, "must be an instant as in RFC 3339, such as 2026-01-02T15:04:05Z")
		return or
	}
	return t
}

// span reads from and to: by default the day until now, or until to.
func (q *query) span(now time.Time) (from, to time.Time) {
	to = q.instant("to", now.UTC().Truncate(time.Millisecond))
	from = q.instant("from", to.Add(-defaultSpan))
	switch {
	case q.errs != nil: // it can't be compared
	case !to.After(from):
		q.bad("to", "must be after from")
	case to.Sub(from) > maxSpan:
		q.bad("to", "must be at most %d days after from", maxSpan/(24*time.Hour))
	}
	return from, to
}

// duration reads a duration such as "10s", or a number of seconds.
func (q *query) duration(name string, or time.Duration) time.Duration {
	if !q.values.Has(name) {
		return or
	}
	text := q.values.Get(name)
	d, err := time.ParseDuration(text)
	if seconds, numErr := strconv.ParseFloat(text, 64); numErr == nil && seconds >= 0 && seconds <= maxSpan.Seconds() {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d < 0 || d > maxSpan {
		q.bad(name, `must be a duration such as "10s", or a number of seconds`)
		return or
	}
	return d
}

// flag reads a parameter that is 1, or 0 or absent.
func (q *query) flag(name string) bool {
	switch v := q.values.Get(name); {
	case !q.values.Has(name), v == "0":
		return false
	case v == "1":
		return true
	}
	q.bad(name, "must be 0 or 1")
	return false
}

// days reads a number of days, as camera.Record has it; nil when it is not given.
func (q *query) days(name string) *float64 {
	if q.values.Get(name) == "" {
		return nil
	}
	v, err := strconv.ParseFloat(q.values.Get(name), 64)
	if err != nil || !(v > 0 && v <= camera.MaxKeepDays) {
		q.bad(name, "must be more than 0 and at most %d", camera.MaxKeepDays)
		return nil
	}
	return &v
}

// bytes reads a number of bytes, as camera.Record has it; nil when it is not given.
func (q *query) bytes(name string) *int64 {
	if q.values.Get(name) == "" {
		return nil
	}
	v, err := strconv.ParseInt(q.values.Get(name), 10, 64)
	if err != nil || v < camera.MinKeepBytes {
		q.bad(name, "must be a whole number from %d", camera.MinKeepBytes)
		return nil
	}
	return &v
}
