package archive

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/disk"
)

// sweepEvery is the longest time between two looks at what is to be deleted.
const sweepEvery = 10 * time.Second

// batch is how many segments are looked for at once.
const batch = 64

// Freed is what was deleted.
type Freed struct {
	Segments int
	Bytes    int64
}

func (f *Freed) add(o Freed) { f.Segments, f.Bytes = f.Segments+o.Segments, f.Bytes+o.Bytes }

// Run deletes what the policy does not keep, until ctx ends. One goroutine runs it.
func (a *Archive) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	var failed string
	for {
		if err := a.finishLeft(); err != nil {
			a.log.Debug("a segment can't be finished yet", "err", err)
		}
		freed, err := a.Sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && err.Error() != failed: // not every ten seconds
			failed = err.Error()
			a.log.Warn("old recordings can't be deleted", "err", err)
		case err == nil:
			failed = ""
		}
		if freed.Segments > 0 {
			a.log.Debug("old recordings deleted", "segments", freed.Segments, "bytes", freed.Bytes)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-a.kick:
		}
	}
}

func (a *Archive) sweepSoon() {
	select {
	case a.kick <- struct{}{}:
	default:
	}
}

// Sweep deletes what the policy does not keep, oldest first in the order of
// recording. What is pinned, held, open or being written stays.
func (a *Archive) Sweep(ctx context.Context) (Freed, error) {
	a.sweeping.Lock()
	defer a.sweeping.Unlock()
	p := a.Policy()
	var freed Freed
	if err := a.sweepCameras(ctx, &p, &freed); err != nil {
		return freed, err
	}
	if p.KeepBytes > 0 {
		f, err := a.deleteOldest(ctx, free, func() (bool, error) { return a.Used() > p.KeepBytes, nil })
		freed.add(f)
		if err != nil {
			return freed, err
		}
	}
	if p.MinFreeBytes > 0 {
		f, err := a.deleteOldest(ctx, free, func() (bool, error) {
			left, _, err := disk.Free(a.root)
			return left < p.MinFreeBytes, err
		})
		freed.add(f)
		if err != nil {
			return freed, err
		}
	}
	return freed, nil
}

// sweepCameras applies the limits of single cameras.
func (a *Archive) sweepCameras(ctx context.Context, p *Policy, freed *Freed) error {
	now := time.Now()
	believed := a.believe(now)
	for id, l := range p.Cameras {
		if l.KeepAge > 0 && believed {
			for {
				old := a.expired(id, now, l.KeepAge)
				f, err := a.deleteAll(ctx, free, old, nil)
				freed.add(f)
				if err != nil {
					return err
				}
				if f.Segments == 0 {
					break
				}
			}
		}
		if l.KeepBytes > 0 {
			more := func() (bool, error) { return a.UsedBy(id) > l.KeepBytes, nil }
			f, err := a.deleteFrom(ctx, free, func() []victim { return a.oldest(id, free) }, more)
			freed.add(f)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// victim is a segment that may be deleted.
type victim struct {
	id       camera.ID
	start    int64
	sequence uint64
}

// oldest returns the first segments of a camera whose use is no more than most; of all
// cameras, if id is "". What is newer than something that is held has to wait for it, or
// the newest recordings would go while an export of old ones is there.
func (a *Archive) oldest(id camera.ID, most use) (vs []victim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	bound := uint64(math.MaxUint64) // the sequence of the oldest that is held, if that has to stay
	for _, h := range a.shelves {
		if id != "" && h.id != id {
			continue
		}
		n := 0
		for i := range h.recorded {
			s := &h.segments[i]
			u := a.use(h, s)
			if u == held && most < held {
				bound = min(bound, s.Sequence)
				break
			}
			if u > most {
				continue
			}
			vs = append(vs, victim{h.id, s.Start, s.Sequence})
			if n++; n == batch {
				break
			}
		}
	}
	slices.SortFunc(vs, func(x, y victim) int { return cmp.Compare(x.sequence, y.sequence) })
	vs = vs[:min(len(vs), batch)]
	for i, v := range vs {
		if v.sequence > bound {
			return vs[:i]
		}
	}
	return vs
}

// deleteOldest deletes the oldest of all cameras while more says so, and there are.
func (a *Archive) deleteOldest(ctx context.Context, most use, more func() (bool, error)) (Freed, error) {
	return a.deleteFrom(ctx, most, func() []victim { return a.oldest("", most) }, more)
}

func (a *Archive) deleteFrom(ctx context.Context, most use, next func() []victim, more func() (bool, error)) (freed Freed, err error) {
	for {
		if again, err := more(); err != nil || !again {
			return freed, err
		}
		f, err := a.deleteAll(ctx, most, next(), more)
		freed.add(f)
		if err != nil || f.Segments == 0 {
			return freed, err
		}
	}
}

// deleteAll deletes segments in order, while more says so.
func (a *Archive) deleteAll(ctx context.Context, most use, vs []victim, more func() (bool, error)) (freed Freed, err error) {
	for _, v := range vs {
		if err := ctx.Err(); err != nil {
			return freed, err
		}
		if more != nil {
			if again, err := more(); err != nil || !again {
				return freed, err
			}
		}
		n, err := a.delete(v.id, v.start, most)
		if err != nil {
			return freed, err
		}
		if n > 0 {
			freed.add(Freed{1, n})
		}
	}
	return freed, nil
}

// admit makes sure of the free space that the policy asks for.
func (a *Archive) admit(ctx context.Context) error {
	want := a.Policy().MinFreeBytes
	if want == 0 {
		return nil
	}
	if left, _, err := disk.Free(a.root); err != nil || left >= want {
		return nil // if the file system is not well, Create meets that itself
	}
	return a.MakeRoom(ctx, 0)
}

// MakeRoom deletes the oldest of all cameras until so many bytes are free, and those of
// the policy, and at least one segment if nobody else did in this moment. What is held
// stays while half of those of the policy are free. ErrFull says that nothing may be
// deleted.
func (a *Archive) MakeRoom(ctx context.Context, bytes int64) error {
	asked := time.Now()
	a.sweeping.Lock()
	defer a.sweeping.Unlock()
	want := a.Policy().MinFreeBytes
	least := max(bytes, want/2)
	want = max(bytes, want)
	first := !a.deleted.After(asked)
	short := func(bytes int64) func() (bool, error) {
		return func() (bool, error) {
			left, _, err := disk.Free(a.root)
			more := left < bytes || first
			first = false
			return more, err
		}
	}
	freed, err := a.deleteOldest(ctx, free, short(want))
	if more, e := short(want)(); err == nil && e == nil && more && len(a.oldest("", held)) > 0 {
		want = least
		var f Freed
		if f, err = a.deleteOldest(ctx, held, short(want)); f.Segments > 0 {
			freed.add(f)
			a.log.Warn("what is being exported was deleted to make room", "segments", f.Segments, "bytes", f.Bytes)
		}
	}
	if err != nil {
		return fmt.Errorf("make room: %w", err)
	}
	if freed.Segments > 0 {
		a.log.Debug("made room", "segments", freed.Segments, "bytes", freed.Bytes)
	}
	left, _, err := disk.Free(a.root)
	if err == nil && left < want {
		err = ErrFull
	}
	return err
}
