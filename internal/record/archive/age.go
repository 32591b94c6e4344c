package archive

import (
	"sync"
	"time"

	"camhub/internal/camera"
)

// What keeps a wrong clock from deleting anything:
//
//   - Which segment is older is decided by the order of recording, not by times. So
//     limits in bytes work with any clock.
//   - The age of a segment counts from the latest sensible time of those recorded up
//     to it. One that was recorded in 1970, because the machine had no clock yet, has
//     the age of its neighbours; one of the future as well.
//   - No segment is deleted because of its age unless the clock is believed: no step
//     of more than maxStep without an explanation lies within the last settle of
//     running or recording. So a clock that jumps to 2036 and is put right within
//     hours deletes nothing, also if the hub is started anew meanwhile.
const (
	maxStep = 48 * time.Hour
	settle  = 6 * time.Hour
)

// sensible is the time before which no clock is right.
var sensible = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// clock compares the time of day with a clock that nobody sets.
type clock struct {
	mu     sync.Mutex // guards what follows
	begun  time.Time  // with a monotonic reading; all mono count from it
	wall   time.Time  // at the last look
	mono   time.Duration
	since  time.Duration // of the last step, or 0: the start
	anchor time.Time     // the wall at since
}

func (c *clock) start(now time.Time) {
	c.begun, c.wall, c.anchor = now, now.Round(0), now.Round(0)
}

// look returns how long the time of day has been steady, where that began, and
// whether it began with the program and not with a step.
func (c *clock) look(wall time.Time, mono time.Duration) (steady time.Duration, anchor time.Time, start bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall = wall.Round(0)
	if step := wall.Sub(c.wall) - (mono - c.mono); step.Abs() > maxStep {
		c.since, c.anchor = mono, wall
	}
	c.wall, c.mono = wall, mono
	return mono - c.since, c.anchor, c.since == 0
}

// believe reports whether ages by the clock may delete something.
func (a *Archive) believe(now time.Time) bool { return a.believed(now, now.Sub(a.clock.begun)) }

func (a *Archive) believed(wall time.Time, mono time.Duration) bool {
	steady, anchor, start := a.clock.look(wall, mono)
	if wall.Before(sensible) {
		return false
	}
	return steady >= settle || start && a.recordedBefore(anchor, settle-steady)
}

// recordedBefore reports whether so much was recorded before t without a pause
// longer than maxStep, by any camera.
func (a *Archive) recordedBefore(t time.Time, need time.Duration) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, left := t.UnixMilli(), need.Milliseconds()
	for left > 0 {
		from, to := int64(-1), int64(-1)
		for _, h := range a.shelves {
			i := h.after(at-1) - 1
			if i < 0 {
				continue
			}
			s := &h.segments[i]
			if end := min(s.end(), at); end > to || end == to && s.Start < from {
				from, to = s.Start, end
			}
		}
		if to < 0 || at-to > maxStep.Milliseconds() {
			return false
		}
		left -= to - from
		at = from
	}
	return true
}

// expired returns segments of a camera that are older than keep and may be deleted.
func (a *Archive) expired(id camera.ID, now time.Time, keep time.Duration) (vs []victim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelves[id]
	if h == nil {
		return nil
	}
	latest, limit := sensible.UnixMilli(), now.Add(-keep).UnixMilli()
	var found, unsure []victim
	for i := range h.recorded {
		s := &h.segments[i]
		if end := s.end(); end <= now.UnixMilli() {
			latest = max(latest, end)
		}
		if latest >= limit || len(found) >= batch {
			break
		}
		if latest == sensible.UnixMilli() { // recorded before the next, whose time may tell
			if a.use(h, s) == free {
				unsure = append(unsure, victim{h.id, s.Start, s.Sequence})
			}
			continue
		}
		found = append(found, unsure...)
		unsure = nil
		if a.use(h, s) == free {
			found = append(found, victim{h.id, s.Start, s.Sequence})
		}
	}
	return found
}
