package record

import (
	"context"
	"errors"
	"time"

	"camhub/internal/media"
	"camhub/internal/record/archive"
	"camhub/internal/record/mov"
)

// Bounds of a segment besides its time.
const (
	maxSegmentBytes    = 1 << 30
	maxSegmentPictures = 1 << 16
)

// drainTime is how long what is queued is still written after the end.
const drainTime = 2 * time.Second

// writer is the goroutine that writes. Only it touches the disk.
type writer struct {
	*Recorder
	ctx   context.Context // of the run; it has ended while the rest is written
	timer *time.Timer
	pace  pace

	seg           *archive.Recording // nil between segments
	slot          int64              // of the wall clock that seg belongs to
	width, height int
	gap           archive.Gap // why nothing is recorded before the next segment
	unsynced      time.Time   // when the first picture after the last sync was written; zero: none
	fail          failure
	bad           bool // a broken picture was told
}

func newWriter(r *Recorder) *writer {
	w := &writer{Recorder: r, timer: time.NewTimer(time.Hour), gap: r.c.Before}
	if w.gap == archive.None {
		w.gap = r.c.Archive.Before(r.c.Camera)
	}
	return w
}

// run writes until the queue ends.
func (w *writer) run(ctx context.Context) {
	defer w.timer.Stop()
	w.ctx = context.WithoutCancel(ctx)
	var end time.Time
	for {
		it, ended := w.queue.pop(w.timer, w.wait(time.Now()))
		now := time.Now()
		switch {
		case ended:
			w.finish(time.Time{})
			w.c.Archive.Pause(w.c.Camera, archive.None, now)
			w.set(Waiting, archive.Off, nil, time.Time{})
			return
		case it.p != nil && ctx.Err() != nil && !end.IsZero() && now.After(end):
			w.lose() // the disk is too slow to wait for it
		case it.p != nil:
			if ctx.Err() != nil && end.IsZero() {
				end = now.Add(drainTime)
			}
			w.picture(it, now)
		}
		w.due(time.Now())
	}
}

// wait returns how long nothing is to be done if no picture comes.
func (w *writer) wait(now time.Time) time.Duration {
	if w.seg == nil {
		return time.Minute
	}
	wait := w.pace.arrived.Add(w.pace.patience()).Sub(now)
	if !w.unsynced.IsZero() {
		wait = min(wait, w.unsynced.Add(w.c.SyncEvery).Sub(now))
	}
	return wait
}

// due does what the time asks for: it syncs, and ends the segment of a camera that
// is silent.
func (w *writer) due(now time.Time) {
	if w.seg == nil {
		return
	}
	if !w.unsynced.IsZero() && now.Sub(w.unsynced) >= w.c.SyncEvery {
		w.unsynced = time.Time{}
		if err := w.seg.Sync(); err != nil {
			w.room(err, mov.MaxPicture)
			w.stop(err, now)
			return
		}
	}
	if late := now.Sub(w.pace.arrived) - w.pace.patience(); late >= 0 {
		until := w.finish(time.Time{})
		w.gap = archive.Offline
		w.c.Archive.Pause(w.c.Camera, w.gap, until)
		w.set(Waiting, w.gap, nil, time.Time{})
	}
}

// picture writes one picture, in a new segment if it does not belong to the one at
// hand.
func (w *writer) picture(it item, now time.Time) {
	t, step := w.pace.next(it.p)
	if w.fail.waits(now) {
		w.lose()
		return
	}
	w.cut(it, t, step)
	for try := range 2 {
		err := w.write(it.p, t)
		switch {
		case err == nil:
			w.wrote(it.p, now)
			return
		case errors.Is(err, mov.ErrPicture), errors.Is(err, mov.ErrRange):
			w.lose()
			if !w.bad {
				w.bad = true
				w.log.Warn("a picture can't be recorded", "err", err)
			}
			return
		case try == 0 && w.room(err, len(it.p.Data)):
		default:
			w.lose()
			w.stop(err, now)
			return
		}
	}
}

// cut ends the segment if the picture of the instant t begins another.
func (w *writer) cut(it item, t time.Time, step step) {
	switch {
	case it.gap != archive.None:
		w.finish(time.Time{})
		w.gap = it.gap
		w.c.Notify(Notice{Camera: w.c.Camera, Time: time.Now(), Gap: it.gap})
	case w.seg == nil:
	case step == forward:
		w.finish(time.Time{})
		w.gap = archive.Clock
		w.log.Warn("the clock was set forward", "to", t)
	case step == backward:
		w.finish(time.Time{})
		w.log.Warn("the clock was put back", "to", t)
	case w.slotOf(t) != w.slot, it.p.Track.Width != w.width, it.p.Track.Height != w.height,
		w.seg.Size() >= maxSegmentBytes, w.seg.Pictures() >= maxSegmentPictures:
		w.finish(t)
	}
}

// slotOf returns the number of the stretch of the wall clock that t lies in.
func (w *writer) slotOf(t time.Time) int64 {
	n := t.Add(-w.shift).UnixMilli()
	length := max(w.c.SegmentLength.Milliseconds(), 1)
	if n < 0 {
		n -= length - 1
	}
	return n / length
}

// write appends the picture to the segment, and begins it if there is none.
func (w *writer) write(p *media.Packet, t time.Time) error {
	if w.seg == nil {
		seg, err := w.c.Archive.Create(w.ctx, archive.NewSegment{
			Camera: w.c.Camera, Start: t, Width: p.Track.Width, Height: p.Track.Height, Gap: w.gap,
		})
		if err != nil {
			return err
		}
		w.seg, w.slot, w.width, w.height = seg, w.slotOf(t), p.Track.Width, p.Track.Height
		w.setSegment(seg.Start())
	}
	return w.seg.Write(t, p.Data)
}

// wrote takes note of a picture that is in the file.
func (w *writer) wrote(p *media.Packet, now time.Time) {
	w.count(len(p.Data))
	if w.unsynced.IsZero() {
		w.unsynced = now
	}
	if w.seg.Pictures() == 1 {
		w.gap = archive.None
		w.resumed(now)
		w.set(Recording, archive.None, nil, time.Time{})
	}
}

// finish ends the segment, if there is one; its last picture lasts until the given
// instant, or as long as the one before. It returns when that was.
func (w *writer) finish(until time.Time) time.Time {
	if w.seg == nil {
		return time.Now()
	}
	seg := w.seg
	w.seg, w.unsynced = nil, time.Time{}
	w.setSegment(time.Time{})
	if err := seg.Close(until); err != nil {
		// It ends behind its last whole picture, and is finished when there is room.
		w.log.Warn("a segment can't be finished yet", "err", err)
	}
	return w.pace.at
}
