package archive

import (
	"errors"
	"io"
	"math"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/mov"
)

// Frame is where a cursor stands: a picture, without its bytes.
type Frame struct {
	Time          time.Time
	Width, Height int
	Size          int
}

// Cursor moves over the pictures of one camera. It has one caller at a time, keeps
// one file open, and keeps that from being deleted. It must be closed.
//
// It follows the segments by their start, and within each the pictures by their
// time. So time goes back only where the clock was put back.
type Cursor struct {
	a  *Archive
	id camera.ID
	v  *view // nil before the first Seek
	i  int   // the picture in it
}

// Cursor returns a cursor that stands nowhere yet.
func (a *Archive) Cursor(id camera.ID) *Cursor { return &Cursor{a: a, id: id} }

// Close lets go of the file.
func (c *Cursor) Close() {
	if c.v != nil {
		c.v.close()
		c.v = nil
	}
}

// Seek goes to the newest picture that is not later than t. fault.NotFound says
// that there is none.
func (c *Cursor) Seek(t time.Time) (Frame, error) {
	want := t
	for {
		start, ok := c.a.find(c.id, t)
		if !ok {
			return Frame{}, c.nothing(want)
		}
		err := c.enter(start)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return Frame{}, err
		}
		if err == nil {
			if i := c.v.x.Find(want); i >= 0 {
				c.i = i
				return c.frame(), nil
			}
		}
		// It begins within the millisecond of t, and later; or it was deleted just now.
		t = time.UnixMilli(start - 1)
	}
}

func (c *Cursor) nothing(t time.Time) error {
	return fault.New(fault.NotFound, "nothing is recorded of camera %q at %s or before", c.id, t.UTC().Format(time.RFC3339))
}

// Next goes to the next picture. At the end it stays and gives io.EOF; more may
// come later if the camera is being recorded.
func (c *Cursor) Next() (Frame, error) {
	if c.v == nil {
		return Frame{}, io.EOF
	}
	if c.i+1 >= len(c.v.x.Samples) && c.v.live {
		if err := c.v.read(); err != nil {
			return Frame{}, err
		}
	}
	if c.i+1 < len(c.v.x.Samples) {
		c.i++
		return c.frame(), nil
	}
	return c.step(+1)
}

// Prev goes to the picture before. At the first it stays and gives io.EOF.
func (c *Cursor) Prev() (Frame, error) {
	if c.v == nil {
		return Frame{}, io.EOF
	}
	if c.i > 0 {
		c.i--
		return c.frame(), nil
	}
	return c.step(-1)
}

// step goes to the first picture of the next segment, or to the last of the one
// before.
func (c *Cursor) step(by int) (Frame, error) {
	from := c.v.start
	for {
		start, ok := c.a.neighbour(c.id, from, by)
		if !ok {
			return Frame{}, io.EOF
		}
		from = start
		err := c.enter(start)
		if err != nil && fault.KindOf(err) == fault.NotFound || err == nil && len(c.v.x.Samples) == 0 {
			continue
		}
		if err != nil {
			return Frame{}, err
		}
		c.i = 0
		if by < 0 {
			c.i = len(c.v.x.Samples) - 1
		}
		return c.frame(), nil
	}
}

// enter opens the segment of start, unless it is open already.
func (c *Cursor) enter(start int64) error {
	if c.v != nil && c.v.start == start {
		if c.v.live {
			return c.v.read()
		}
		return nil
	}
	v, err := c.a.open(c.id, start)
	if err != nil {
		return err
	}
	c.Close()
	c.v, c.i = v, 0
	return nil
}

func (c *Cursor) frame() Frame {
	return Frame{
		Time: c.v.x.At(c.i), Width: c.v.x.Width, Height: c.v.x.Height, Size: int(c.v.x.Samples[c.i].Size),
	}
}

// Read reads the picture where the cursor stands into b, or into a new buffer if it
// is too small.
func (c *Cursor) Read(b []byte) ([]byte, error) {
	if c.v == nil || c.i >= len(c.v.x.Samples) {
		return nil, errors.New("read: the cursor stands nowhere")
	}
	return c.v.picture(c.i, b)
}

// Picture reads the newest picture of a camera that is not later than t.
// fault.NotFound says that there is none.
func (a *Archive) Picture(id camera.ID, t time.Time) (Frame, []byte, error) {
	c := a.Cursor(id)
	defer c.Close()
	f, err := c.Seek(t)
	if err != nil {
		return f, nil, err
	}
	b, err := c.Read(nil)
	return f, b, err
}

// Find returns the segment that holds the newest picture not later than t, without
// a look at the disk. The one that is being written counts, as it is now.
func (a *Archive) Find(id camera.ID, t time.Time) (Segment, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelves[id]
	if h == nil {
		return Segment{}, false
	}
	return h.pick(millis(t))
}

func (a *Archive) find(id camera.ID, t time.Time) (int64, bool) {
	s, ok := a.Find(id, t)
	return s.Start, ok
}

// pick is find with the segment that is being written.
func (h *shelf) pick(t int64) (s Segment, ok bool) {
	i := h.find(t)
	if i >= 0 {
		s, ok = h.segments[i], true
	}
	if l, is := h.now(); is && l.Start <= t && (!ok || l.end() >= t || l.end() > s.end()) {
		return l, true
	}
	return s, ok
}

// now returns the segment that is being written, if it has a picture.
func (h *shelf) now() (Segment, bool) {
	r := h.live
	if r == nil || r.w == nil || r.pictures.Load() == 0 {
		return Segment{}, false
	}
	x := mov.Index{Info: r.w.Info()}
	s := segmentOf(r.start, &x, r.size.Load())
	s.Length = uint32(max(r.until.Load()-r.start, 1))
	s.Pictures = uint32(r.pictures.Load())
	s.unfinished = true
	return s, true
}

// neighbour returns the start of the next segment, or of the one before.
func (a *Archive) neighbour(id camera.ID, start int64, by int) (int64, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelves[id]
	if h == nil {
		return 0, false
	}
	l, live := h.now()
	best, found := int64(0), false
	i := h.after(start)
	if by < 0 {
		i = h.after(start-1) - 1
	}
	if i >= 0 && i < len(h.segments) {
		best, found = h.segments[i].Start, true
	}
	if live && (by > 0 && l.Start > start && (!found || l.Start < best) ||
		by < 0 && l.Start < start && (!found || l.Start > best)) {
		best, found = l.Start, true
	}
	return best, found
}

// millis returns t in Unix milliseconds, as far as it fits.
func millis(t time.Time) int64 {
	switch y := t.Year(); {
	case y > lastYear+1:
		return math.MaxInt64 / 4
	case y < firstYear-1:
		return math.MinInt64 / 4
	}
	return t.UnixMilli()
}
