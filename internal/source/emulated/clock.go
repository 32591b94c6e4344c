package emulated

import (
	"context"
	"time"

	"camhub/internal/media"
	"camhub/internal/source"
)

// A clock shows the time, the date, the camera's name, a counter of its
// pictures and a bar that moves. It implements source.Source.
type clock struct {
	options
	env    source.Env
	plates *plates
}

// Run implements source.Source. A change of the camera's name shows in the
// next picture.
func (c *clock) Run(ctx context.Context, out source.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := c.plates.take(c.Width, c.Height)
	if err != nil {
		return drawError(err)
	}
	defer c.plates.give(c.Width, c.Height)
	track := &media.Track{Codec: media.JPEG, Width: c.Width, Height: c.Height}
	f := newFrame(p)
	start := time.Now()
	pace := newPacer(start, c.FPS)
	for n := uint64(0); ; n++ {
		now := time.Now()
		data, err := f.draw(view{now: now, name: c.name(), n: n})
		if err != nil {
			return drawError(err)
		}
		write(out, &media.Packet{Track: track, PTS: now.Sub(start), Captured: now, Arrived: now, Key: true, Data: data})
		if err := pace.wait(ctx); err != nil {
			return err
		}
	}
}

// name returns the camera's name as it is now.
func (c *clock) name() string {
	if c.env.Name == nil {
		return ""
	}
	return c.env.Name()
}

// write passes p on.
func write(out source.Sink, p *media.Packet) {
	out.Received(len(p.Data))
	out.Write(p)
}

// drawError says that the clock can't be drawn, which is a mistake of ours.
func drawError(err error) error {
	return &source.Error{Code: "internal", Message: "The clock could not be drawn.", Err: err}
}
