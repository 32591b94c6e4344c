package live

import (
	"context"
	"errors"
	"io"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/media"
	"camhub/internal/record/archive"
)

// jumpPause is how long a playback stands still where nothing was recorded.
const jumpPause = time.Second

// player gives the pictures of a recording when they are due. A picture that is due
// before the viewer takes it is left out, and so are those above the rate. It has one
// caller at a time.
type player struct {
	spec   playSpec
	id     camera.ID
	src    *archive.Archive
	cursor *archive.Cursor
	frame  archive.Frame // where the cursor stands
	buf    []byte        // of the last picture, to be used again

	base   time.Time // when the picture of the instant origin was due
	origin time.Time
	last   time.Time // when a picture was given last; zero: none was
}

func newPlayer(a *archive.Archive, id camera.ID, spec playSpec) *player {
	return &player{spec: spec, id: id, src: a, cursor: a.Cursor(id)}
}

func (p *player) close() { p.cursor.Close() }

// begin goes to the first picture: that of the instant from, or the next one in the
// direction of play. fault.NotFound says that there is none.
func (p *player) begin() error {
	if p.spec.speed > 0 && p.spec.from.After(time.Now()) {
		return fault.New(fault.NotFound, "that time is still to come")
	}
	f, err := p.cursor.Seek(p.spec.from)
	if fault.KindOf(err) == fault.NotFound && p.spec.speed > 0 {
		f, err = p.first()
	}
	if err != nil {
		return err
	}
	p.frame = f
	if p.spec.speed > 0 && p.missing(f.Time, p.spec.from) { // it is of before the gap in which from lies
		if next, err := p.cursor.Next(); err == nil {
			p.frame = next
		} else if !errors.Is(err, io.EOF) {
			return err
		}
	}
	if p.beyond(p.frame.Time) {
		return fault.New(fault.NotFound, "nothing is recorded in the range")
	}
	return nil
}

// first goes to the first picture after from, before which there is none.
func (p *player) first() (archive.Frame, error) {
	l, err := p.src.Timeline(p.id, p.spec.from, time.Now().Add(time.Hour), time.Minute)
	if err != nil || len(l.Ranges) == 0 {
		return archive.Frame{}, fault.New(fault.NotFound, "nothing is recorded after that")
	}
	return p.cursor.Seek(l.Ranges[0].From.Add(time.Millisecond)) // ranges are in whole milliseconds
}

// beyond reports whether an instant lies behind the end of what is to be played.
func (p *player) beyond(t time.Time) bool {
	switch {
	case p.spec.to.IsZero():
		return false
	case p.spec.speed > 0:
		return t.Sub(p.spec.to) >= time.Microsecond // X-Timestamp has no more
	}
	return t.Before(p.spec.to)
}

// next waits until a picture is due and returns it. It gives io.EOF at the end. What
// it returns is valid until it is called again, unless there are smaller copies of it.
func (p *player) next(ctx context.Context) (*media.Packet, error) {
	if !p.last.IsZero() {
		if err := p.advance(time.Now()); err != nil {
			return nil, err
		}
	}
	if err := sleepUntil(ctx, p.due(p.frame.Time)); err != nil {
		return nil, err
	}
	now := time.Now()
	if p.last.IsZero() {
		p.base, p.origin = now, p.frame.Time
	}
	p.last = now
	b, err := p.cursor.Read(p.buf)
	if err != nil {
		return nil, err
	}
	if p.spec.width == 0 {
		p.buf = b
	}
	return pictureOf(p.frame, b), nil
}

// due returns when the picture of an instant is to be sent.
func (p *player) due(t time.Time) time.Time {
	if p.last.IsZero() {
		return time.Time{}
	}
	return p.base.Add(time.Duration(float64(t.Sub(p.origin)) / p.spec.speed))
}

// advance moves to the picture that is to be sent next: the last of those that will
// be due when the rate allows another one, or are due now.
func (p *player) advance(now time.Time) error {
	earliest := p.last.Add(time.Duration(float64(time.Second) / p.spec.fps))
	if earliest.Before(now) {
		earliest = now
	}
	if err := p.step(now); err != nil {
		return err
	}
	for p.due(p.frame.Time).Before(earliest) {
		before := p.frame
		err := p.step(now)
		if errors.Is(err, io.EOF) {
			return nil // the last picture is shown, however late
		}
		if err != nil {
			return err
		}
		if p.due(p.frame.Time).After(earliest) { // one too far
			return p.back(before)
		}
	}
	return nil
}

// back undoes a step, to the picture before it.
func (p *player) back(to archive.Frame) error {
	undo := p.cursor.Prev
	if p.spec.speed < 0 {
		undo = p.cursor.Next
	}
	f, err := undo()
	if errors.Is(err, io.EOF) { // that was deleted meanwhile
		f, err = p.cursor.Seek(to.Time)
	}
	if err == nil {
		p.frame = f
	}
	return err
}

// step goes one picture on, over what was not recorded with a short pause. It stays
// and gives io.EOF at the end.
func (p *player) step(now time.Time) error {
	move := p.cursor.Next
	if p.spec.speed < 0 {
		move = p.cursor.Prev
	}
	before := p.frame
	f, err := move()
	if err != nil {
		return err
	}
	if p.beyond(f.Time) {
		if err := p.back(before); err != nil {
			return err
		}
		return io.EOF
	}
	p.frame = f
	wait := time.Duration(float64(f.Time.Sub(before.Time)) / p.spec.speed)
	if wait < 0 || wait > jumpPause && p.missing(before.Time, f.Time) {
		// The clock was put back, or there is a gap.
		p.base, p.origin = p.due(before.Time).Add(min(max(wait, 0), jumpPause)), f.Time
		if p.base.Before(now) {
			p.base = now
		}
	}
	return nil
}

// missing reports whether something was not recorded between two instants, in any
// order.
func (p *player) missing(a, b time.Time) bool {
	if b.Before(a) {
		a, b = b, a
	}
	if b.Sub(a) < time.Millisecond {
		return false
	}
	l, err := p.src.Timeline(p.id, a, b, 0)
	return err == nil && len(l.Missing) > 0
}

// sleepUntil waits for an instant.
func sleepUntil(ctx context.Context, t time.Time) error {
	wait := time.Until(t)
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
