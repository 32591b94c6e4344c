package api

import (
	"net/http"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
)

// maxDays bounds one answer about days: a month with the weeks around it.
const maxDays = 62

// dayJSON is what is recorded on one day.
type dayJSON struct {
	Day      string      `json:"day"` // 2026-01-02
	Bytes    int64       `json:"bytes"`
	Pictures int64       `json:"pictures"`
	Cameras  []camera.ID `json:"cameras"` // that have something
}

// daysJSON is the days of a time zone on which anything is recorded.
type daysJSON struct {
	Zone   string     `json:"zone"`
	Oldest *time.Time `json:"oldest"` // when the first recording begins, on whatever day
	Days   []dayJSON  `json:"days"`
}

// listDays tells a calendar on which days there is something to see.
func (s *server) listDays(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "camera", "from", "to", "zone")
	ids := q.cameras()
	zone := q.zone("zone")
	today := time.Now().In(zone)
	to := q.day("to", zone, today)
	from := q.day("from", zone, to.AddDate(0, -1, 0))
	if to.Before(from) {
		q.bad("to", "must not be before from")
	} else if from.AddDate(0, 0, maxDays).Before(to) {
		q.bad("to", "must be at most %d days after from", maxDays)
	}
	if err := q.err(); err != nil {
		return err
	}
	if len(ids) == 0 {
		ids = s.Archive.Cameras()
	}
	ids = seen(access.From(r.Context()), ids)
	out := daysJSON{Zone: zone.String(), Days: []dayJSON{}}
	if oldest, ok := s.Archive.Oldest(ids); ok {
		out.Oldest = &oldest
	}
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		day, err := s.day(ids, d)
		if err != nil {
			return err
		}
		if len(day.Cameras) > 0 {
			out.Days = append(out.Days, day)
		}
	}
	return writeJSON(w, http.StatusOK, out)
}

// day sums up the day that begins at d, which may have 23 or 25 hours.
func (s *server) day(ids []camera.ID, d time.Time) (dayJSON, error) {
	day := dayJSON{Day: d.Format(time.DateOnly), Cameras: []camera.ID{}}
	for _, id := range ids {
		t, err := s.Archive.Timeline(id, d, d.AddDate(0, 0, 1), 24*time.Hour)
		if err != nil {
			return day, err
		}
		if t.Pictures > 0 {
			day.Bytes, day.Pictures = day.Bytes+t.Bytes, day.Pictures+t.Pictures
			day.Cameras = append(day.Cameras, id)
		}
	}
	return day, nil
}

// zone reads the name of a time zone as IANA has it; that of the hub when it is not
// given.
func (q *query) zone(name string) *time.Location {
	text := q.values.Get(name)
	if text == "" {
		return time.Local
	}
	zone, err := time.LoadLocation(text)
	if err != nil || len(text) > 64 {
		q.bad(name, "must be a time zone such as Europe/Berlin")
		return time.UTC
	}
	return zone
}

// day reads a day such as 2026-01-02, and returns its beginning in the zone.
func (q *query) day(name string, zone *time.Location, or time.Time) time.Time {
	y, m, d := or.Date()
	if q.values.Has(name) {
		t, err := time.Parse(time.DateOnly, q.values.Get(name))
		if err != nil {
			q.bad(name, "must be a day such as 2026-01-02")
		} else {
			y, m, d = t.Date()
		}
	}
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
