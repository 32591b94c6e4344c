//go:build linux && cgo

package v4l2

import (
	"context"
	"math"
	"time"

	"golang.org/x/sys/unix"

	"camhub/internal/jpegstream"
	"camhub/internal/media"
	"camhub/internal/source"
)

// Run implements source.Source. It does not watch for a camera that stalls:
// whoever runs it ends ctx then.
func (r *reader) Run(ctx context.Context, out source.Sink) error {
	h, err := open(r.Device)
	if err != nil {
		return err
	}
	defer h.close()
	got, err := h.negotiate(r.asked())
	if err != nil {
		return err
	}
	c := &source.Capture{Device: h.path, Asked: r.asked(), Got: got.Mode, Refused: h.apply(ctx, r.Controls)}
	r.mu.Lock()
	r.capture = c
	r.mu.Unlock()
	if differs(c.Asked, c.Got) {
		out.Quirk(OtherMode)
	}
	if len(c.Refused) > 0 {
		out.Quirk(RefusedControl)
	}
	p, err := newPicturer(got, r.Quality, out.Quirk)
	if err != nil {
		return err
	}
	t := &taker{reader: r, out: out, p: p, track: &media.Track{}, start: time.Now()}
	return h.stream(ctx, !coded(got.Format), t.take)
}

// differs reports whether a camera gives something other than was asked for,
// but for rates that differ by rounding.
func differs(asked, got source.Mode) bool {
	return asked.Format != formatAuto && asked.Format != got.Format ||
		asked.Width != got.Width || asked.Height != got.Height ||
		got.FPS != 0 && math.Abs(asked.FPS-got.FPS) > asked.FPS/50
}

// taker makes packets of frames.
type taker struct {
	*reader
	out   source.Sink
	p     picturer
	track *media.Track
	start time.Time // of the attempt

	seen  bool // the first frame came
	first time.Duration
	next  uint32 // the sequence number that should come
}

// take passes one frame on.
func (t *taker) take(f frame) error {
	t.out.Received(f.used)
	t.follow(f)
	if f.faulty || f.used == 0 {
		t.out.Quirk(FaultyFrames)
		t.count(func(c *source.Capture) {
			if f.faulty {
				c.Faulty++
			} else {
				c.Empty++
			}
		})
		return nil
	}
	arrived := time.Now()
	captured := captureTime(f, arrived)
	data, width, height, err := t.p.picture(f.data)
	if err != nil {
		t.out.Quirk(jpegstream.BrokenPicture)
		t.count(func(c *source.Capture) { c.Damaged++ })
		return nil
	}
	if t.track.Width != width || t.track.Height != height {
		t.track = &media.Track{Codec: media.JPEG, Width: width, Height: height}
	}
	p := &media.Packet{Track: t.track, Captured: captured, Arrived: arrived, Key: true, Data: data, PTS: arrived.Sub(t.start)}
	if f.timed {
		p.PTS = max(f.at-t.first, 0)
	}
	t.out.Write(p)
	return nil
}

// follow counts the frames that are missing before f.
func (t *taker) follow(f frame) {
	if !t.seen {
		t.seen, t.first = true, f.at
	} else if lost := f.sequence - t.next; lost > 0 && lost < math.MaxInt32 {
		t.out.Quirk(LostFrames)
		t.count(func(c *source.Capture) { c.Lost += uint64(lost) })
	}
	t.next = f.sequence + 1
}

// maxAge is how old a frame may be, and maxLead how far ahead its time, to be
// believed: some drivers tell when the exposure of the last line would end.
const (
	maxAge  = 10 * time.Second
	maxLead = time.Second
)

// captureTime maps the time of a frame, by the monotonic clock, to the time of
// day. It is zero when the driver does not tell it.
func captureTime(f frame, now time.Time) time.Time {
	var mono unix.Timespec
	if !f.timed || unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil {
		return time.Time{}
	}
	age := time.Duration(mono.Nano()) - f.at
	if age < -maxLead || age > maxAge {
		return time.Time{}
	}
	return now.Add(-max(age, 0))
}

// asked is the mode that the user asks for.
func (c *Config) asked() source.Mode {
	return source.Mode{Format: c.Format, Width: c.Width, Height: c.Height, FPS: c.FPS}
}

// count changes the books.
func (r *reader) count(f func(*source.Capture)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r.capture)
}
