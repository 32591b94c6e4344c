package export

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"
	"unicode"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/mov"
	"camhub/internal/strict"
)

// Bounds of a request.
const (
	MaxCameras = 32
	MaxRange   = 366 * 24 * time.Hour
	MaxSpeed   = 1000
	MinFPS     = 0.001
	MaxFPS     = 240
	MaxNote    = 200 // characters
)

// timelapseFPS bounds the rate of a timelapse when nobody asks for another.
const timelapseFPS = 30

// Request is what to export.
type Request struct {
	Cameras []camera.ID `json:"cameras"`
	From    Instant     `json:"from"`
	To      Instant     `json:"to"` // without the picture of that instant
	Format  Format      `json:"format"`
	Speed   float64     `json:"speed"`   // of time; 1: as it was
	MaxFPS  *float64    `json:"max_fps"` // pictures a second of playing; nil: all, or 30 of a timelapse
	Note    string      `json:"note"`
}

// Instant is a time.Time that is written in UTC and says in words what it must be.
type Instant struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			i.Time = t.UTC()
			return nil
		}
	}
	return errors.New("must be an instant as in RFC 3339, such as 2026-01-02T15:04:05Z")
}

// parse reads a request, which begins in the past; an end in the future is put to
// now. An error names every wrong field.
func parse(body []byte, now time.Time) (Request, error) {
	r := Request{Format: MOV, Speed: 1}
	errs := strict.Object(body, &r, "")
	wrong := make(map[string]bool)
	for _, f := range fault.Fields(errs) {
		wrong[f.Pointer] = true
	}
	bad := func(pointer, format string, args ...any) {
		if !wrong[pointer] {
			errs = multierror.Append(errs, fault.Fieldf(pointer, format, args...))
		}
	}
	if !wrong[""] {
		if !wrong["/cameras"] {
			r.checkCameras(bad)
		}
		r.checkRange(bad, now)
		r.checkOptions(bad)
	}
	return r, fault.InvalidFields("The export is not valid.", errs)
}

type complain func(pointer, format string, args ...any)

func (r *Request) checkCameras(bad complain) {
	switch n := len(r.Cameras); {
	case n == 0:
		bad("/cameras", "must name a camera")
	case n > MaxCameras:
		bad("/cameras", "must name at most %d cameras, not %d", MaxCameras, n)
		return
	}
	for i, id := range r.Cameras {
		if !id.Valid() {
			bad(pointer(i), "is not the id of a camera")
		} else if slices.Contains(r.Cameras[:i], id) {
			bad(pointer(i), "is there twice")
		}
	}
}

func (r *Request) checkRange(bad complain, now time.Time) {
	if r.From.IsZero() {
		bad("/from", "is required")
	}
	if r.To.IsZero() {
		bad("/to", "is required")
	}
	if r.From.IsZero() || r.To.IsZero() {
		return
	}
	if !r.From.Before(now) {
		bad("/from", "must be in the past")
		return
	}
	if r.To.After(now) {
		r.To.Time = now.UTC()
	}
	switch d := r.To.Sub(r.From.Time); {
	case d <= 0:
		bad("/to", "must be after from")
	case d > MaxRange:
		bad("/to", "must be at most %d days after from", int(MaxRange.Hours()/24))
	}
}

func (r *Request) checkOptions(bad complain) {
	if !slices.Contains(Formats, r.Format) {
		bad("/format", "must be one of %v", Formats)
	}
	if !(r.Speed >= 1 && r.Speed <= MaxSpeed) {
		bad("/speed", "must be from 1 to %d", MaxSpeed)
	}
	if f := r.MaxFPS; f != nil && !(*f >= MinFPS && *f <= MaxFPS) {
		bad("/max_fps", "must be from %v to %d, or null", MinFPS, MaxFPS)
	}
	n := 0
	for _, c := range r.Note {
		n++
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			bad("/note", "must not have control characters")
			break
		}
	}
	if n > MaxNote {
		bad("/note", "must have at most %d characters", MaxNote)
	}
}

// options returns how the pictures of the request follow each other. Of what plays
// as fast as it was, the times are kept. A timelapse shows what was recorded: it
// does not stand still for long where nothing was. A zip has no time of its own.
func (r *Request) options() mov.ExportOptions {
	o := mov.ExportOptions{Speed: r.Speed}
	if r.Speed > 1 {
		o.MaxFPS, o.MaxGap = timelapseFPS, time.Second
	}
	if r.MaxFPS != nil {
		o.MaxFPS = *r.MaxFPS
		if o.MaxGap > 0 {
			o.MaxGap = max(o.MaxGap, time.Duration(math.Ceil(2/o.MaxFPS))*time.Second)
		}
	}
	if r.Format == ZIP {
		o.MaxGap = time.Hour
	}
	return o
}
