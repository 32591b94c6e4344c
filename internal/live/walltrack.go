package live

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/media"
	"camhub/internal/record/archive"
)

const (
	trackRest = 30 * time.Second // a cursor that nobody moves is closed after it
	edgePoll  = 250 * time.Millisecond
	longFrame = 2 * time.Second // a picture may stand so long before one asks whether there is a gap
)

// wallTrack shows the recorded pictures of one tile as the clock of its wall says. It has
// a goroutine of its own, so that neither the connection nor other tiles wait for its
// file; what the clock says by the time that a read may begin is what is read, so
// that of many seeks the newest wins.
type wallTrack struct {
	play  *wallPlay
	tiles *wallTiles
	owner *wallTile
	tile  uint16
	id    camera.ID
	stop  context.CancelFunc

	// Guarded by play.mu.
	width int
	every time.Duration // between two pictures, at least
	steps int           // that are still to be made
	gap   wallGap       // that it is in; zero: it shows something

	// Of its goroutine alone.
	cursor *archive.Cursor // nil while it has no file
	shown  archive.Frame   // that the client has, or gets
	sentAt time.Time
	jumps  uint64
	empty  wallGap // where nothing was found last
}

// run shows pictures until ctx ends.
func (t *wallTrack) run(ctx context.Context) {
	defer t.close()
	for ctx.Err() == nil {
		select {
		case t.play.decks.reads <- struct{}{}:
		case <-ctx.Done():
			return
		}
		v := t.play.look(t)
		p, wait := t.advance(v)
		<-t.play.decks.reads
		if p != nil && !t.show(ctx, p, v) {
			wait = t.sentAt.Add(v.every)
		}
		t.rest(ctx, wait, v.changed)
	}
}

// rest waits for an instant, or for ever if it is zero, or until the clock is changed.
func (t *wallTrack) rest(ctx context.Context, until time.Time, changed <-chan struct{}) {
	d := trackRest
	if !until.IsZero() {
		d = time.Until(until)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-changed:
			return
		case <-ctx.Done():
			return
		case <-timer.C:
			if !until.IsZero() {
				return
			}
			t.close() // and wait on
		}
	}
}

// close lets go of the file.
func (t *wallTrack) close() {
	if t.cursor != nil {
		t.cursor.Close()
		t.cursor = nil
		<-t.play.decks.open
	}
}

// advance goes to the picture of this instant. It returns that if the client does not
// have it, and when to look again; zero is when the clock changes.
func (t *wallTrack) advance(v view) (*media.Packet, time.Time) {
	real := time.Now()
	at := v.clock.now(real)
	if v.steps != 0 {
		return nil, t.step(v, at)
	}
	f, gap := t.seek(at)
	if t.play.note(t, gap, real) {
		t.tiles.goLive()
		return nil, time.Time{}
	}
	if (gap != wallGap{}) {
		t.shown = archive.Frame{}
		t.tiles.blank(t)
		return nil, t.afterGap(v, gap, real)
	}
	jumped := v.jumps != t.jumps
	t.jumps = v.jumps
	next := t.next(v, f, real)
	if f == t.shown || v.clock.playing && !jumped && !t.tiles.free(t) {
		return nil, next
	}
	b, err := t.read(f)
	if err != nil {
		t.play.note(t, t.broken(err), real)
		return nil, real.Add(jumpAfter)
	}
	t.shown = f
	return pictureOf(f, b), next
}

// seek goes to the newest picture that is not later than at, or says why there is none.
// At the millisecond in which a recording begins that is its first picture.
func (t *wallTrack) seek(at time.Time) (archive.Frame, wallGap) {
	f, gap := t.newest(at)
	if gap.until.IsZero() || gap.until.After(endOfMillisecond(at)) {
		return f, gap
	}
	if first, err := t.cursor.Seek(gap.until); err == nil {
		return first, wallGap{}
	}
	return f, gap
}

// newest goes to the newest picture that is not later than at, or says why there is none.
func (t *wallTrack) newest(at time.Time) (archive.Frame, wallGap) {
	if t.cursor == nil {
		select {
		case t.play.decks.open <- struct{}{}:
			t.cursor = t.play.decks.recordings.Cursor(t.id)
		default:
			return archive.Frame{}, wallGap{reason: event.Reason{Code: "busy", Message: "Too many recordings are being played."}}
		}
	}
	if !t.empty.until.IsZero() && t.empty.holds(at) {
		return archive.Frame{}, t.empty
	}
	f, err := t.cursor.Seek(at)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		t.empty = t.before(at)
		return f, t.empty
	case err != nil:
		return f, t.broken(err)
	case at.Sub(f.Time) <= longFrame:
		return f, wallGap{}
	}
	t.empty = t.missing(f, at)
	return f, t.empty
}

// before returns the gap before everything that is recorded.
func (t *wallTrack) before(at time.Time) wallGap {
	g := wallGap{reason: event.Reason{Code: "none", Message: "Nothing was recorded then."}}
	if l, err := t.play.decks.recordings.Timeline(t.id, at, time.Now().Add(time.Hour), 0); err == nil && len(l.Ranges) > 0 {
		g.until = l.Ranges[0].From.Add(time.Millisecond) // the first picture lies within it
		if f, err := t.cursor.Seek(g.until); err == nil {
			g.until = f.Time.UTC()
		}
	}
	return g
}

// missing returns the gap behind a picture in which an instant lies, or none when the
// picture lasts until then.
func (t *wallTrack) missing(f archive.Frame, at time.Time) wallGap {
	l, err := t.play.decks.recordings.Timeline(t.id, f.Time, at.Add(time.Millisecond), 0)
	if err != nil || len(l.Missing) == 0 {
		return wallGap{}
	}
	m := l.Missing[len(l.Missing)-1]
	if m.To.Before(at) || m.From.After(at) {
		return wallGap{}
	}
	g := wallGap{from: f.Time.UTC(), reason: gapReason(m.Why)}
	if n, err := t.cursor.Next(); err == nil {
		g.until = n.Time.UTC()
	}
	return g
}

// broken is the gap of a recording that can't be read.
func (t *wallTrack) broken(error) wallGap {
	return wallGap{reason: event.Reason{Code: "unreadable", Message: "The recording can't be read."}}
}

// afterGap returns when to look again.
func (t *wallTrack) afterGap(v view, g wallGap, real time.Time) time.Time {
	soon := real.Add(jumpAfter + time.Millisecond)
	to := g.until
	if v.clock.speed < 0 {
		to = g.from
	}
	if d, ok := v.clock.until(to, real); ok && !to.IsZero() && real.Add(d).Before(soon) {
		return real.Add(d)
	}
	if !v.clock.playing && g.reason.Code != "busy" {
		return time.Time{}
	}
	return soon
}

// next returns when the picture after f, in the direction of play, is due.
func (t *wallTrack) next(v view, f archive.Frame, real time.Time) time.Time {
	if !v.clock.playing {
		return time.Time{}
	}
	to := f.Time.Add(-time.Millisecond)
	if v.clock.speed > 0 {
		n, err := t.cursor.Next()
		if err != nil { // more may come
			return real.Add(edgePoll)
		}
		to = n.Time
	}
	d, _ := v.clock.until(to, real)
	due := real.Add(min(d, jumpAfter))
	if earliest := t.sentAt.Add(v.every); due.Before(earliest) {
		return earliest
	}
	return due
}

// read reads the picture f, from which next may have moved the cursor.
func (t *wallTrack) read(f archive.Frame) ([]byte, error) {
	if _, err := t.cursor.Seek(f.Time); err != nil {
		return nil, err
	}
	return t.cursor.Read(nil)
}

// step goes some pictures on or back, and sets the clock to where that ends. In a gap
// the picture at its edge is the first.
func (t *wallTrack) step(v view, at time.Time) time.Time {
	t.empty = wallGap{} // else seek does not say what is before it
	f, gap := t.seek(at)
	move, n := t.cursor.Next, v.steps
	if n < 0 {
		move, n = t.cursor.Prev, -n
	}
	if (gap != wallGap{}) {
		edge := f.Time
		if edge.IsZero() && v.steps > 0 {
			edge = gap.until // nothing was recorded before it
		}
		if edge.IsZero() {
			return time.Now()
		}
		var err error
		if f, err = t.cursor.Seek(edge); err != nil { // missing has moved the cursor
			return time.Now()
		}
		if v.steps < 0 || edge.Equal(gap.until) {
			n--
		}
	}
	for ; n > 0; n-- {
		next, err := move()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return time.Now()
		}
		f = next
	}
	t.play.stepped(v, f.Time)
	return time.Now()
}

// show gives a picture to the tile, as small as it wants it. It reports whether that
// could be done.
func (t *wallTrack) show(ctx context.Context, p *media.Packet, v view) bool {
	small, err := t.tiles.copies.Picture(ctx, p, v.width)
	if err != nil { // it can't be decoded, so the client says so
		small = p
	}
	t.sentAt = time.Now()
	return ctx.Err() == nil && t.tiles.show(t, small, t.sentAt)
}

// sentence makes a sentence of words.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }
