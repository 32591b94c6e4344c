package archive

import (
	"cmp"
	"slices"
	"time"

	"camhub/internal/camera"
)

// shelf is what is recorded of one camera. Archive.mu guards it.
type shelf struct {
	id       camera.ID
	segments []Segment // closed and unfinished ones, by Start
	used     int64     // their bytes
	longest  int64     // the longest of them, in milliseconds, or more
	jumbled  bool      // the order of Start may not be that of Sequence

	live   *Recording    // what is being written, or nil
	first  bool          // nothing was recorded since the archive was opened
	crash  bool          // the newest segment had not been closed
	paused *pause        // why nothing is being written, if that is known
	opens  map[int64]int // how many readers have the segment of a Start open
	holds  map[*Hold]struct{}
}

func newShelf(id camera.ID) *shelf {
	return &shelf{id: id, first: true, opens: make(map[int64]int), holds: make(map[*Hold]struct{})}
}

// after returns the number of segments that begin at t or before.
func (h *shelf) after(t int64) int {
	n, _ := slices.BinarySearchFunc(h.segments, t, func(s Segment, t int64) int {
		if s.Start > t {
			return 1
		}
		return -1
	})
	return n
}

// at returns the place of the segment that begins at start, or -1.
func (h *shelf) at(start int64) int {
	if i := h.after(start) - 1; i >= 0 && h.segments[i].Start == start {
		return i
	}
	return -1
}

// add puts a segment in its place; one of the same start is replaced.
func (h *shelf) add(s Segment) {
	if i := h.at(s.Start); i >= 0 {
		h.used += s.Size - h.segments[i].Size
		h.segments[i] = s
		h.longest = max(h.longest, int64(s.Length))
		return
	}
	i := h.after(s.Start)
	h.segments = slices.Insert(h.segments, i, s)
	h.used += s.Size
	h.longest = max(h.longest, int64(s.Length))
	if i > 0 && h.segments[i-1].Sequence > s.Sequence ||
		i+1 < len(h.segments) && h.segments[i+1].Sequence < s.Sequence {
		h.jumbled = true
	}
}

// remove takes out the segment that begins at start.
func (h *shelf) remove(start int64) {
	i := h.at(start)
	if i < 0 {
		return
	}
	h.used -= h.segments[i].Size
	if i == 0 { // what retention does
		h.segments[0] = Segment{}
		h.segments = h.segments[1:]
		return
	}
	h.segments = slices.Delete(h.segments, i, i+1)
}

// oldest returns when the first segment begins, and false when there is none.
func (h *shelf) oldest() (time.Time, bool) {
	switch {
	case len(h.segments) > 0:
		return h.segments[0].From(), true
	case h.live != nil && h.live.pictures.Load() > 0:
		return time.UnixMilli(h.live.start).UTC(), true
	}
	return time.Time{}, false
}

// find returns the place of the segment with the newest picture not later than t,
// or -1. Of several that hold t, because the clock was put back, it is the one
// recorded last. It looks back no further than a segment can reach.
func (h *shelf) find(t int64) int {
	last := h.after(t) - 1
	best := last
	for i := last; i >= 0; i-- {
		s, b := &h.segments[i], &h.segments[best]
		if s.Start+h.longest < min(t, b.end()) {
			break
		}
		holds, bestHolds := s.end() >= t, b.end() >= t
		switch {
		case holds && (!bestHolds || s.Sequence > b.Sequence),
			!holds && !bestHolds && s.end() > b.end():
			best = i
		}
	}
	return best
}

// recorded calls yield with the places of the segments in the order in which they
// were recorded, until it returns false.
func (h *shelf) recorded(yield func(int) bool) {
	if !h.jumbled {
		for i := range h.segments {
			if !yield(i) {
				return
			}
		}
		return
	}
	order := make([]int, len(h.segments))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Compare(h.segments[a].Sequence, h.segments[b].Sequence)
	})
	for _, i := range order {
		if !yield(i) {
			return
		}
	}
}

// size returns the bytes of all segments and of the one being written.
func (h *shelf) size() int64 {
	n := h.used
	if h.live != nil {
		n += h.live.size.Load()
	}
	return n
}

// sort brings segments that were loaded in any order into theirs.
func (h *shelf) sort() {
	byStart := func(a, b Segment) int { return cmp.Compare(a.Start, b.Start) }
	if !slices.IsSortedFunc(h.segments, byStart) {
		slices.SortFunc(h.segments, byStart)
	}
	h.used, h.longest = 0, 0
	for i := range h.segments {
		s := &h.segments[i]
		h.used += s.Size
		h.longest = max(h.longest, int64(s.Length))
		if i > 0 && h.segments[i-1].Sequence > s.Sequence {
			h.jumbled = true
		}
	}
}
