package archive

import (
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
)

// Range is a stretch that is recorded without a gap.
type Range struct {
	From, To time.Time
	Bytes    int64
	Pictures int64
}

// Missing is a stretch that is not recorded.
type Missing struct {
	From, To time.Time
	Why      Gap
}

// Timeline is what is recorded of a camera between two instants.
type Timeline struct {
	Ranges   []Range
	Missing  []Missing // between, before and after them, as far as it is known
	Bytes    int64
	Pictures int64
}

// slack is how much later than the end of a segment the next may begin and follow
// it all the same, in milliseconds: the end is only known to be near when a file was
// repaired.
const slack = 1000

// Timeline returns what is recorded of a camera from an instant up to another. Gaps
// shorter than minGap are passed over, which also bounds the answer. Of a segment
// that lies across an end, bytes and pictures are counted in proportion. Before the
// oldest recording nothing counts as missing.
func (a *Archive) Timeline(id camera.ID, from, to time.Time, minGap time.Duration) (*Timeline, error) {
	f, t := millis(from), millis(to)
	if !from.Before(to) {
		return nil, fault.New(fault.Invalid, "the range ends before it begins")
	}
	now := time.Now().UnixMilli()
	a.mu.Lock()
	defer a.mu.Unlock()
	b := &timeline{from: f, to: t, minGap: minGap.Milliseconds(), last: -1}
	b.out = Timeline{Ranges: []Range{}, Missing: []Missing{}}
	if h := a.shelves[id]; h != nil {
		b.segments(h)
		b.tail(h, now)
	}
	return &b.out, nil
}

// timeline builds a Timeline from segments in the order of their start.
type timeline struct {
	from, to, minGap int64
	out              Timeline
	last             int64 // the latest end so far; -1: none
	cur              *Range
}

// segments adds those that overlap the range, the ones before and behind it, which
// tell what is missing at its ends, and the one that is being written.
func (b *timeline) segments(h *shelf) {
	i := h.after(b.from - h.longest)
	if i = min(i, h.after(b.from)-1); i < 0 {
		i = 0
	}
	live, pending := h.now()
	for ; i < len(h.segments); i++ {
		if pending && live.Start < h.segments[i].Start {
			b.add(&live)
			pending = false
		}
		b.add(&h.segments[i])
		if h.segments[i].Start >= b.to {
			return
		}
	}
	if pending {
		b.add(&live)
	}
}

func (b *timeline) add(s *Segment) {
	if b.last >= 0 {
		b.hole(b.last, s.Start, s.Gap)
	}
	b.last = max(b.last, s.end())
	f, t := max(s.Start, b.from), min(s.end(), b.to)
	if f >= t {
		return
	}
	bytes, pictures := s.Size, int64(s.Pictures)
	if part := float64(t-f) / float64(s.Length); part < 1 {
		bytes, pictures = int64(part*float64(bytes)), int64(part*float64(pictures)+0.5)
	}
	b.out.Bytes += bytes
	b.out.Pictures += pictures
	if b.cur == nil {
		b.out.Ranges = append(b.out.Ranges, Range{From: time.UnixMilli(f).UTC(), To: time.UnixMilli(t).UTC()})
		b.cur = &b.out.Ranges[len(b.out.Ranges)-1]
	}
	if end := time.UnixMilli(t).UTC(); end.After(b.cur.To) {
		b.cur.To = end
	}
	b.cur.Bytes += bytes
	b.cur.Pictures += pictures
}

// hole adds what is missing between two segments, if anything is.
func (b *timeline) hole(from, to int64, why Gap) {
	if why == None {
		if to-from <= slack {
			return
		}
		why = Deleted
	}
	from, to = max(from, b.from), min(to, b.to)
	if to <= from || to-from < b.minGap {
		return
	}
	b.cur = nil
	b.out.Missing = append(b.out.Missing, Missing{time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC(), why})
}

// tail adds what is missing between the newest segment and now.
func (b *timeline) tail(h *shelf, now int64) {
	if h.live != nil || b.last < 0 || b.last >= b.to {
		return
	}
	why, since := Off, b.last
	switch {
	case h.paused != nil:
		why, since = h.paused.gap, max(since, h.paused.since.UnixMilli())
	case h.first:
		why = Stopped
	}
	b.hole(since, now, why)
}
