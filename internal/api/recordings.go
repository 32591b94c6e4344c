package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/record/archive"
	"camhub/internal/recording"
	"camhub/internal/retention"
)

// Archive is what the API needs of the recordings themselves.
type Archive interface {
	Cameras() []camera.ID
	Oldest(ids []camera.ID) (time.Time, bool)
	Timeline(id camera.ID, from, to time.Time, minGap time.Duration) (*archive.Timeline, error)
	Delete(id camera.ID, from, to time.Time) (archive.Removed, error)
}

// Recording is what the API needs to know of the recorders and their settings.
type Recording interface {
	Failing() map[camera.ID]event.Reason
	Settings() (retention.Settings, error)
	ChangeSettings(ctx context.Context, change func(retention.Settings) (retention.Settings, error)) error
	Forecast(t recording.Trial) (*recording.Forecast, error)
	Pins() ([]retention.Pin, error)
	AddPin(ctx context.Context, p retention.Pin) (retention.Pin, error)
	RemovePin(ctx context.Context, id uint64) error
}

// Bounds of one answer about recordings.
const (
	defaultSpan = 24 * time.Hour
	maxSpan     = 10 * 366 * 24 * time.Hour
	maxNamed    = 1000   // cameras in one address
	maxRanges   = 20_000 // of all cameras together, about
	leastGap    = time.Second
)

// rangeJSON is a stretch that is recorded.
type rangeJSON struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Bytes    int64     `json:"bytes"`
	Pictures int64     `json:"pictures"`
}

// gapJSON is a stretch that is not.
type gapJSON struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Reason event.Reason `json:"reason"`
}

// timelineJSON is what is recorded of one camera.
type timelineJSON struct {
	Camera   camera.ID   `json:"camera"`
	Bytes    int64       `json:"bytes"`
	Pictures int64       `json:"pictures"`
	Ranges   []rangeJSON `json:"ranges"`
	Gaps     []gapJSON   `json:"gaps"`
}

// recordingsJSON is what is recorded between two instants.
type recordingsJSON struct {
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	MinGap   string         `json:"min_gap"` // a duration
	Bytes    int64          `json:"bytes"`
	Pictures int64          `json:"pictures"`
	Cameras  []timelineJSON `json:"cameras"`
}

func (s *server) listRecordings(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "camera", "from", "to", "min_gap")
	ids := q.cameras()
	from, to := q.span(time.Now())
	minGap := q.duration("min_gap", leastGap)
	if err := q.err(); err != nil {
		return err
	}
	who := access.From(r.Context())
	if len(ids) == 0 {
		ids = seen(who, s.Archive.Cameras())
	}
	// So no camera has more than its share of ranges.
	minGap = max(minGap, time.Duration(len(ids))*(to.Sub(from)/maxRanges)).Truncate(time.Millisecond)
	out := recordingsJSON{From: from, To: to, MinGap: minGap.String(), Cameras: []timelineJSON{}}
	for _, id := range ids {
		t, err := s.timeline(who, id, from, to, minGap)
		if err != nil {
			return err
		}
		out.Bytes, out.Pictures = out.Bytes+t.Bytes, out.Pictures+t.Pictures
		out.Cameras = append(out.Cameras, t)
	}
	return writeJSON(w, http.StatusOK, out)
}

// timeline returns what is recorded of a camera: nothing of one that the caller may
// not see, as of one that never was.
func (s *server) timeline(who *access.Caller, id camera.ID, from, to time.Time, minGap time.Duration) (timelineJSON, error) {
	out := timelineJSON{Camera: id, Ranges: []rangeJSON{}, Gaps: []gapJSON{}}
	if !who.Sees(id) {
		return out, nil
	}
	t, err := s.Archive.Timeline(id, from, to, minGap)
	if err != nil {
		return out, err
	}
	out.Bytes, out.Pictures = t.Bytes, t.Pictures
	for _, g := range t.Ranges {
		out.Ranges = append(out.Ranges, rangeJSON(g))
	}
	for _, m := range t.Missing {
		out.Gaps = append(out.Gaps, gapJSON{m.From, m.To, recording.Reason(m.Why)})
	}
	return out, nil
}

// leftJSON says what a deletion left, and why.
type leftJSON struct {
	Camera   camera.ID    `json:"camera"`
	Segments int          `json:"segments"`
	Reason   event.Reason `json:"reason"`
}

// deletedJSON is the outcome of a deletion.
type deletedJSON struct {
	Segments int        `json:"segments"`
	Bytes    int64      `json:"bytes"`
	Left     []leftJSON `json:"left"`
}

func (s *server) deleteRecordings(w http.ResponseWriter, r *http.Request) error {
	q := newQuery(r, "camera", "from", "to")
	for _, name := range []string{"camera", "from", "to"} {
		if q.values.Get(name) == "" {
			q.bad(name, "is required")
		}
	}
	ids := q.cameras()
	from, to := q.span(time.Now())
	if err := q.err(); err != nil {
		return err
	}
	out := deletedJSON{Left: []leftJSON{}}
	for _, id := range ids {
		removed, err := s.Archive.Delete(id, from, to)
		if err != nil {
			return fmt.Errorf("delete recordings of %s, after %d segments: %w", id, out.Segments, err)
		}
		out.Segments, out.Bytes = out.Segments+removed.Segments, out.Bytes+removed.Bytes
		out.Left = append(out.Left, left(id, removed)...)
	}
	return writeJSON(w, http.StatusOK, out)
}

// left says why segments of a camera were not deleted.
func left(id camera.ID, r archive.Removed) (out []leftJSON) {
	for _, l := range []struct {
		segments   int
		code, text string
	}{
		{r.Pinned, "pinned", "They are pinned: remove the pin first."},
		{r.InUse, "in_use", "They are being recorded, played or exported."},
		{r.Partly, "partly", "They reach beyond the range, and a file is deleted as a whole."},
	} {
		if l.segments > 0 {
			out = append(out, leftJSON{id, l.segments, event.Reason{Code: l.code, Message: l.text}})
		}
	}
	return out
}

// ready answers when the cameras can be read from the store. That recordings can't be
// written is said, and does not keep the hub from the rest of its work.
func (s *server) ready(w http.ResponseWriter, _ *http.Request) error {
	if _, err := s.Cameras.List(); err != nil {
		return &fault.Error{Kind: fault.Unavailable, Msg: "The cameras can't be read from the store.", Err: err}
	}
	var text strings.Builder
	text.WriteString("ok\n")
	for code, n := range s.failing() {
		fmt.Fprintf(&text, "recording failed: %d cameras: %s\n", n, code)
	}
	return plain(w, text.String())
}

// failing counts the cameras that can't be recorded, by the reason.
func (s *server) failing() map[string]int {
	n := make(map[string]int)
	for _, why := range s.Recording.Failing() {
		n[why.Code]++
	}
	return n
}
