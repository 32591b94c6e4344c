package archive

import (
	"cmp"
	"slices"
	"time"

	"camhub/internal/camera"
)

// Pin keeps a range of a camera from being deleted, by whatever rule.
type Pin struct {
	Camera camera.ID
	From   time.Time
	To     time.Time
}

// SetPins replaces all pins. Whoever keeps them tells them to Open as well, so that
// nothing is deleted before they are known.
func (a *Archive) SetPins(pins []Pin) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.setPins(pins)
}

func (a *Archive) setPins(pins []Pin) {
	a.pins = make(map[camera.ID][]span)
	for _, p := range pins {
		a.pins[p.Camera] = append(a.pins[p.Camera], span{millis(p.From), millis(p.To)})
	}
	for id, ss := range a.pins {
		a.pins[id] = merge(ss)
	}
}

// span is a stretch of time in Unix milliseconds, without its end.
type span struct{ from, to int64 }

// merge sorts spans, and makes those that touch one.
func merge(ss []span) []span {
	slices.SortFunc(ss, func(x, y span) int { return cmp.Compare(x.from, y.from) })
	out := ss[:0]
	for _, s := range ss {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
		} else if s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}

// covered reports whether a segment has a part in one of the spans.
func covered(ss []span, s *Segment) bool {
	i, _ := slices.BinarySearchFunc(ss, s.Start, func(x span, t int64) int {
		if x.to <= t {
			return -1
		}
		return 1
	})
	return i < len(ss) && ss[i].from < s.end()
}

// Hold keeps a range from being deleted while it is read.
type Hold struct {
	a    *Archive
	h    *shelf
	span span
	lost bool // guarded by Archive.mu
}

// Hold keeps what overlaps a range until the result is released. It is weaker than a
// pin: what is held goes when else nothing more could be recorded.
func (a *Archive) Hold(id camera.ID, from, to time.Time) *Hold {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelves[id]
	if h == nil { // nothing to keep, and nothing to remember it by
		h = newShelf(id)
	}
	x := &Hold{a: a, h: h, span: span{millis(from), millis(to)}}
	h.holds[x] = struct{}{}
	return x
}

// Release ends the hold. It may be called more than once.
func (x *Hold) Release() {
	x.a.mu.Lock()
	defer x.a.mu.Unlock()
	delete(x.h.holds, x)
}

// Lost reports whether some of the range was deleted all the same, since there was no
// other room for new recordings.
func (x *Hold) Lost() bool {
	x.a.mu.Lock()
	defer x.a.mu.Unlock()
	return x.lost
}

// covers reports whether a segment has a part in what is held.
func (x *Hold) covers(s *Segment) bool { return s.Start < x.span.to && s.end() > x.span.from }

// use is why a segment may not be deleted, the strongest reason last.
type use uint8

const (
	free use = iota
	held     // it may be, when else nothing more could be recorded
	pinned
	inUse
)

// use returns whether a segment may be deleted. Called with mu held.
func (a *Archive) use(h *shelf, s *Segment) use {
	if covered(a.pins[h.id], s) {
		return pinned
	}
	if h.opens[s.Start] > 0 {
		return inUse
	}
	for x := range h.holds {
		if x.covers(s) {
			return held
		}
	}
	return free
}

// lose tells the holds of a segment that it is being deleted. Called with Archive.mu held.
func (h *shelf) lose(s *Segment) {
	for x := range h.holds {
		x.lost = x.lost || x.covers(s)
	}
}
