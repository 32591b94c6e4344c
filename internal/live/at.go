package live

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/media"
	"camhub/internal/record/archive"
	"camhub/internal/route"
)

// at sends the picture of an instant: the newest that is not later, or the first of a
// recording that begins in this millisecond.
func (s *Recorded) at(w http.ResponseWriter, r *http.Request, id camera.ID) error {
	t, ok := parseInstant(route.Var(r, "time"))
	if !ok {
		return badParameter("time", "must be an instant as in RFC 3339, or Unix seconds")
	}
	query := r.URL.Query()
	width, err := parseWidth(query)
	if err != nil {
		return err
	}
	maxAge, err := parseMaxAge(query.Get("max_age"))
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	if err := mayPlay(who, id, t, t); err != nil {
		return err
	}
	end, err := s.beginSeek(r.Context())
	if err != nil {
		return err
	}
	defer end()
	p, err := s.find(id, t, maxAge, query.Has("max_age"))
	if whole := endOfMillisecond(t); fault.KindOf(err) == fault.NotFound && whole.After(t) {
		if first, e := s.find(id, whole, maxAge+whole.Sub(t), query.Has("max_age")); e == nil {
			p, err = first, nil
		}
	}
	if err != nil {
		return err
	}
	if who.Share != nil && !who.Plays(id, p.Time(), p.Time()) {
		return s.nothing(id, t) // it is of before what the link shows
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // its address may hold the secret of a share link
	if r.Method == http.MethodHead {                 // no copy is made to tell its length
		pictureHeader(w.Header(), p, width == 0)
		return nil
	}
	if p, err = smaller(r.Context(), s.copies, p, width, "The picture"); err != nil {
		return err
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // its turn ends with it
	writePicture(w, p, s.out)
	return nil
}

// find reads the newest picture that is not later than t. It is no older than
// maxAge, unless it is that of a recording that goes on at t and strict is false: a
// slow camera has no newer one.
func (s *Recorded) find(id camera.ID, t time.Time, maxAge time.Duration, strict bool) (*media.Packet, error) {
	segment, ok := s.archive.Find(id, t)
	if !ok {
		return nil, s.nothing(id, t)
	}
	frame, data, err := s.archive.Picture(id, t)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil, s.nothing(id, t)
	case err != nil:
		return nil, fmt.Errorf("read the picture of %v: %w", t, err)
	case t.Sub(frame.Time) <= maxAge:
	case !strict && !t.After(segment.Until()):
	default:
		return nil, s.nothing(id, t)
	}
	return pictureOf(frame, data), nil
}

// pictureOf makes of a recorded picture what a camera's picture is.
func pictureOf(f archive.Frame, data []byte) *media.Packet {
	return &media.Packet{
		Track: &media.Track{Codec: media.JPEG, Width: f.Width, Height: f.Height}, Captured: f.Time, Arrived: f.Time, Key: true, Data: data,
	}
}

// nothing says why there is no picture of an instant.
func (s *Recorded) nothing(id camera.ID, t time.Time) error {
	why := "nothing was recorded then"
	if t.After(time.Now()) {
		why = "that time is still to come"
	} else if l, err := s.archive.Timeline(id, t.Add(-time.Millisecond), t.Add(time.Millisecond), 0); err == nil {
		for _, m := range l.Missing {
			why = m.Why.Text()
		}
	}
	return fault.New(fault.NotFound, "There is no recorded picture of %q at %s: %s.", id, t.UTC().Format(time.RFC3339Nano), why)
}

// parseInstant reads an instant as in RFC 3339, of any zone, or in Unix seconds with
// up to nine digits of fraction. Years have four digits.
func parseInstant(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		t = t.UTC() // which a zone may take beyond
		return t, t.Year() >= 1 && t.Year() <= 9999
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 0 && seconds < lastSecond) {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	// A float64 holds today's seconds to 0.2 µs; X-Timestamp has whole µs, which are
	// what must come back.
	return time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1000).UTC(), true
}

// endOfMillisecond returns the last instant of the millisecond that t names; a finer one it
// returns as it is. What is recorded is listed in whole milliseconds, rounded down: the
// first picture of a range lies within the one that the range begins with.
func endOfMillisecond(t time.Time) time.Time {
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		return t
	}
	return t.Add(time.Millisecond - 1)
}

const lastSecond = 253_402_300_800 // 10000-01-01T00:00:00Z
