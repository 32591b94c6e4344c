package record

import (
	"slices"
	"time"

	"camhub/internal/media"
)

// How long a camera may be silent before its segment is finished and a gap begins.
const (
	silence      = 5 * time.Second  // at least
	firstSilence = 20 * time.Second // before its usual interval is known
)

// jump is how much the wall clock may differ from a clock that nobody sets between
// two pictures.
const jump = time.Second

// offset bounds how far a camera's own time of a picture may be from its arrival.
const offset = 10 * time.Second

// pace knows when pictures usually come, and what the clock does between them.
type pace struct {
	intervals [8]time.Duration // the last ones
	n         int              // how many there ever were
	arrived   time.Time        // of the last picture, with a monotonic reading
	at        time.Time        // its instant
}

// step is what happened to the clock between two pictures.
type step uint8

const (
	steady step = iota
	forward
	backward
)

// instant returns the wall clock of a picture: that of its capture, if it makes
// sense.
func instant(p *media.Packet) time.Time {
	if c := p.Captured; !c.IsZero() && c.Round(0).Sub(p.Arrived.Round(0)).Abs() <= offset {
		return c.Round(0).UTC()
	}
	return p.Arrived.Round(0).UTC()
}

// next takes note of a picture.
func (c *pace) next(p *media.Packet) (t time.Time, s step) {
	t = instant(p)
	if !c.arrived.IsZero() {
		passed := p.Arrived.Sub(c.arrived)
		c.intervals[c.n%len(c.intervals)] = passed
		c.n++
		by := p.Arrived.Round(0).Sub(c.arrived.Round(0)) - passed
		switch {
		case by > jump:
			s = forward
		case by < -jump, t.Before(c.at.Add(-jump)):
			s = backward
		}
	}
	c.arrived, c.at = p.Arrived, t
	return t, s
}

// patience returns how long after a picture the next may come and not be late.
func (c *pace) patience() time.Duration {
	n := min(c.n, len(c.intervals))
	if n < 3 {
		return firstSilence
	}
	sorted := c.intervals
	slices.Sort(sorted[:n])
	return max(silence, 3*sorted[n/2])
}
