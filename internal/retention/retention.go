// Package retention defines what a user wants kept of the recordings of all
// cameras: the budget, and the ranges that are pinned.
package retention

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/strict"
)

// Settings is the budget for the recordings of all cameras together.
type Settings struct {
	KeepBytes    *int64 `json:"keep_bytes"`     // the oldest beyond it are deleted; nil is no limit
	MinFreeBytes int64  `json:"min_free_bytes"` // the oldest are deleted while the file system has less than this
}

// Default returns the settings of a new hub.
func Default() Settings { return Settings{MinFreeBytes: 1 << 30} }

// minKeepBytes is the least budget that can hold a segment or two.
const minKeepBytes = 1 << 20

// maxFree bounds Settings.MinFreeBytes: 1 PiB.
const maxFree = 1 << 50

// Decode reads settings from the JSON object b, below the pointer at, over the
// settings before.
func Decode(b []byte, at string, before Settings) (Settings, *multierror.Error) {
	s := before
	if before.KeepBytes != nil {
		limit := *before.KeepBytes // decoding writes through the pointer
		s.KeepBytes = &limit
	}
	errs := strict.Object(b, &s, at)
	if s.KeepBytes != nil && *s.KeepBytes < minKeepBytes {
		errs = multierror.Append(errs, fault.Fieldf(at+"/keep_bytes", "must be at least %d, or null", minKeepBytes))
	}
	if s.MinFreeBytes < 0 || s.MinFreeBytes > maxFree {
		errs = multierror.Append(errs, fault.Fieldf(at+"/min_free_bytes", "must be from 0 to %d", int64(maxFree)))
	}
	return s, errs
}

// Pin protects a range of recordings: nothing that touches it is deleted, not
// even when the disk is full.
type Pin struct {
	ID        uint64      `json:"id"` // set by the store
	Cameras   []camera.ID `json:"cameras"`
	From      time.Time   `json:"from"`
	To        time.Time   `json:"to"` // after From
	Note      string      `json:"note,omitempty"`
	CreatedAt time.Time   `json:"created_at"`
}

// Limits of a pin.
const (
	maxPinCameras = 1000
	maxNote       = 500  // bytes
	maxYear       = 9999 // in UTC; JSON has no later time
	maxPinSpan    = 366 * 24 * time.Hour
)

// DecodePin reads what a client may say of a pin from the JSON object b, and
// reports everything wrong with it.
func DecodePin(b []byte) (Pin, *multierror.Error) {
	var p struct {
		Cameras []camera.ID `json:"cameras"`
		From    time.Time   `json:"from"`
		To      time.Time   `json:"to"`
		Note    string      `json:"note"`
	}
	errs := strict.Object(b, &p, "")
	bad := func(pointer, format string, args ...any) {
		errs = multierror.Append(errs, fault.Fieldf(pointer, format, args...))
	}
	if len(p.Cameras) == 0 || len(p.Cameras) > maxPinCameras {
		bad("/cameras", "must name 1 to %d cameras", maxPinCameras)
	}
	for i, id := range p.Cameras {
		if !id.Valid() {
			bad(fmt.Sprintf("/cameras/%d", i), "can't be the ID of a camera")
		}
	}
	p.From, p.To = p.From.UTC(), p.To.UTC()
	switch {
	case p.From.IsZero():
		bad("/from", "is required")
	case p.From.Year() < 1 || p.From.Year() > maxYear:
		bad("/from", "must lie in the years 1 to %d", maxYear)
	}
	switch span := p.To.Sub(p.From); {
	case p.To.IsZero():
		bad("/to", "is required")
	case p.To.Year() < 1 || p.To.Year() > maxYear:
		bad("/to", "must lie in the years 1 to %d", maxYear)
	case span <= 0:
		bad("/to", "must be after from")
	case span > maxPinSpan:
		bad("/to", "must be at most %d days after from", maxPinSpan/(24*time.Hour))
	}
	if len(p.Note) > maxNote {
		bad("/note", "must have at most %d bytes", maxNote)
	}
	if strings.ContainsFunc(p.Note, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
		bad("/note", "must not hold control characters")
	}
	return Pin{Cameras: p.Cameras, From: p.From, To: p.To, Note: p.Note}, errs
}
