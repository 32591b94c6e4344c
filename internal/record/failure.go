package record

import (
	"context"
	"errors"
	"time"

	"camhub/internal/record/archive"
	"camhub/internal/record/disk"
)

// How long to wait before the next try after a failed write.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// roomTimeout bounds how long deleting may take before a picture is given up.
const roomTimeout = 30 * time.Second

// failure is what keeps a recorder from writing.
type failure struct {
	gap   archive.Gap // None: nothing does
	since time.Time
	retry time.Time
	delay time.Duration
	lost  uint64 // pictures lost before it began
}

// waits reports whether it is too early to try again.
func (f *failure) waits(now time.Time) bool { return f.gap != archive.None && now.Before(f.retry) }

// reason returns what a failed write means for the recording.
func reason(err error) archive.Gap {
	if errors.Is(err, archive.ErrFull) {
		return archive.Full
	}
	if errors.Is(err, archive.ErrLost) || errors.Is(err, archive.ErrMoved) {
		return archive.Lost
	}
	switch disk.Classify(err) {
	case disk.Full:
		return archive.Full
	case disk.ReadOnly:
		return archive.ReadOnly
	case disk.Gone:
		return archive.Lost
	}
	return archive.Failed
}

// room deletes old recordings for a picture that found none, and reports whether it
// may be tried again at once.
func (w *writer) room(err error, size int) bool {
	if disk.Classify(err) != disk.Full {
		return false
	}
	ctx, cancel := context.WithTimeout(w.ctx, roomTimeout)
	defer cancel()
	if err := w.c.Archive.MakeRoom(ctx, max(1<<20, 4*int64(size))); err != nil {
		if !errors.Is(err, archive.ErrFull) {
			w.log.Warn("no room could be made", "err", err)
		}
		return false
	}
	return true
}

// stop ends the segment because of a failed write, and says when to try again: at
// once if the file was taken away, since nothing is wrong with the disk then.
func (w *writer) stop(err error, now time.Time) {
	gap := reason(err)
	since := now
	if w.seg != nil {
		since = w.pace.at
		if gap == archive.Lost {
			since = w.seg.Start()
			w.seg.Drop()
			w.seg, w.unsynced = nil, time.Time{}
			w.setSegment(time.Time{})
		} else {
			w.finish(time.Time{})
		}
	}
	f := &w.fail
	if f.gap == archive.None {
		_, _, queued := w.queue.state()
		f.since, f.lost = now, w.lostSoFar()+queued
		f.delay = 0
		if gap != archive.Lost {
			f.delay = firstRetry
		}
		w.log.Error("recording stopped", "reason", gap, "err", err)
		w.c.Archive.Pause(w.c.Camera, gap, since)
		w.c.Notify(Notice{Camera: w.c.Camera, Time: now, Failed: true, Gap: gap, Err: err})
	} else {
		f.delay = min(max(2*f.delay, firstRetry), lastRetry)
		w.log.Debug("recording still stopped", "reason", gap, "err", err)
	}
	f.gap, f.retry = gap, now.Add(f.delay)
	w.gap = gap
	w.set(Failing, gap, err, f.retry)
}

func (w *writer) lostSoFar() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status.Lost
}

// resumed says that recording goes on, if it had stopped.
func (w *writer) resumed(now time.Time) {
	f := w.fail
	if f.gap == archive.None {
		return
	}
	w.fail = failure{}
	_, _, queued := w.queue.state()
	lost := w.lostSoFar() + queued - f.lost
	w.log.Info("recording goes on", "reason", f.gap, "after", now.Sub(f.since), "lost", lost)
	w.c.Notify(Notice{Camera: w.c.Camera, Time: now, Gap: f.gap, Lost: lost, After: now.Sub(f.since)})
}
