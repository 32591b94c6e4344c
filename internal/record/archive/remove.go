package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/mov"
)

// Used returns the bytes of all recordings.
func (a *Archive) Used() (n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, h := range a.shelves {
		n += h.size()
	}
	return n
}

// UsedBy returns the bytes of the recordings of one camera.
func (a *Archive) UsedBy(id camera.ID) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if h := a.shelves[id]; h != nil {
		return h.size()
	}
	return 0
}

// delete deletes a segment whose use is no more than most, unless it is gone, and
// returns its bytes. The index forgets it first, so that nobody opens it; a file that
// can't be removed is put back. Called with sweeping held.
func (a *Archive) delete(id camera.ID, start int64, most use) (int64, error) {
	a.mu.Lock()
	h := a.shelves[id]
	i := -1
	if h != nil {
		i = h.at(start)
	}
	if i < 0 || a.use(h, &h.segments[i]) > most {
		a.mu.Unlock()
		return 0, nil
	}
	s := h.segments[i]
	h.remove(start)
	h.lose(&s)
	a.mu.Unlock()
	if err := ignoreMissing(os.Remove(a.path(id, start))); err != nil {
		a.mu.Lock()
		h.add(s)
		a.mu.Unlock()
		return 0, fmt.Errorf("delete a segment: %w", err)
	}
	a.deleted = time.Now()
	a.tidy(h, start)
	return s.Size, nil
}

// tidy removes the folder of a day in which nothing is left. Foreign files in it
// keep it.
func (a *Archive) tidy(h *shelf, start int64) {
	day := start - start%dayMillis
	a.mu.Lock()
	i := h.after(day - 1)
	used := i < len(h.segments) && h.segments[i].Start < day+dayMillis ||
		h.live != nil && h.live.start-h.live.start%dayMillis == day
	a.mu.Unlock()
	if used {
		return
	}
	dir := a.dayDir(h.id, start)
	for _, path := range []string{filepath.Join(dir, sidecarName), dir} {
		if err := os.Remove(path); err != nil {
			a.log.Debug("tidy up", "err", err) // it is not empty, or was never there
		}
	}
}

// Removed is what Delete did and what it left, in segments.
type Removed struct {
	Freed
	Pinned int // left because they are pinned
	InUse  int // left because they are played, exported or being written
	Partly int // left because they reach beyond the range
}

// Delete deletes the segments of a camera that lie wholly between two instants. It
// says what it left.
func (a *Archive) Delete(id camera.ID, from, to time.Time) (Removed, error) {
	var r Removed
	f, t := millis(from), millis(to)
	if !from.Before(to) {
		return r, fault.New(fault.Invalid, "the range ends before it begins")
	}
	a.sweeping.Lock()
	defer a.sweeping.Unlock()
	for _, start := range a.deletable(id, f, t, &r) {
		n, err := a.delete(id, start, free)
		if err != nil {
			return r, err
		}
		if n > 0 {
			r.add(Freed{1, n})
		} else {
			r.InUse++ // since a moment
		}
	}
	return r, nil
}

// deletable returns the starts of the segments that Delete deletes, and counts the
// others.
func (a *Archive) deletable(id camera.ID, from, to int64, r *Removed) (starts []int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelves[id]
	if h == nil {
		return nil
	}
	if l, ok := h.now(); ok && l.Start < to && l.end() > from {
		r.InUse++
	}
	for i := h.after(from - h.longest - 1); i < len(h.segments) && h.segments[i].Start < to; i++ {
		s := &h.segments[i]
		if s.end() <= from {
			continue
		}
		u := a.use(h, s)
		switch {
		case s.Start < from || s.end() > to:
			r.Partly++
		case u == pinned:
			r.Pinned++
		case u != free:
			r.InUse++
		default:
			starts = append(starts, s.Start)
		}
	}
	return starts
}

// finishLeft closes the segments that could not be closed before.
func (a *Archive) finishLeft() error {
	type left struct {
		h     *shelf
		start int64
	}
	var ls []left
	a.mu.Lock()
	for _, h := range a.shelves {
		for i := range h.segments {
			if s := &h.segments[i]; s.unfinished {
				ls = append(ls, left{h, s.Start})
			}
		}
	}
	a.mu.Unlock()
	for _, l := range ls {
		if err := a.finish(l.h, l.start); err != nil {
			return err
		}
	}
	return nil
}

// finish closes one of them.
func (a *Archive) finish(h *shelf, start int64) error {
	a.sweeping.Lock() // so that it is not deleted meanwhile
	defer a.sweeping.Unlock()
	path := a.path(h.id, start)
	s, _, err := adopt(path, start)
	a.mu.Lock()
	defer a.mu.Unlock()
	if h.at(start) < 0 {
		return nil
	}
	if errors.Is(err, mov.ErrEmpty) || errors.Is(err, os.ErrNotExist) {
		h.remove(start)
	}
	if err != nil {
		return fmt.Errorf("finish a segment: %w", err)
	}
	h.add(s)
	if s.unfinished {
		return fmt.Errorf("finish a segment: %w", ErrFull)
	}
	return appendSidecar(filepath.Dir(path), &s) // a few bytes, and rarely
}
