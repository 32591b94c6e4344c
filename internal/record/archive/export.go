package archive

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/mov"
)

// Export is one file of a range of a camera, of which any part can be read. What it
// is made of is not deleted while it is open. Methods are those of mov.Export, and
// Close.
type Export struct {
	*mov.Export
	holds *Hold
}

// Close lets go of the recordings.
func (e *Export) Close() error {
	err := e.Export.Close()
	e.holds.Release()
	return err
}

// Export plans the export of the pictures of a camera from an instant up to, and
// without, another. It opens every segment of the range once. Of the one that is
// being written it has what is there now. fault.NotFound says that nothing is
// recorded then, fault.TooLarge that it would be too much for one file.
func (a *Archive) Export(ctx context.Context, id camera.ID, from, to time.Time, o mov.ExportOptions) (*Export, error) {
	if !from.Before(to) {
		return nil, fault.New(fault.Invalid, "the range ends before it begins")
	}
	hold := a.Hold(id, from, to)
	e, err := a.export(ctx, id, from, to, o)
	switch {
	case errors.Is(err, mov.ErrEmpty):
		err = fault.New(fault.NotFound, "nothing is recorded of camera %q in that time", id)
	case errors.Is(err, mov.ErrRange):
		err = &fault.Error{Kind: fault.TooLarge, Msg: "this can't be one file: " + err.Error(), Err: err}
	}
	if err != nil {
		hold.Release()
		return nil, err
	}
	return &Export{e, hold}, nil
}

func (a *Archive) export(ctx context.Context, id camera.ID, from, to time.Time, o mov.ExportOptions) (*mov.Export, error) {
	thin := newThinner(o)
	o.MaxFPS = 0 // they are left out here, before they take memory
	starts, pictures := a.overlapping(id, millis(from), millis(to))
	if thin.step == 0 && pictures > mov.MaxSamples {
		return nil, tooMany(pictures)
	}
	pictures = 0
	var pieces []mov.Piece
	for _, start := range starts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := a.open(id, start)
		if err != nil {
			if fault.KindOf(err) == fault.NotFound {
				continue // somebody took the file away
			}
			return nil, err
		}
		if p := thin.piece(v.piece(from, to)); len(p.Samples) > 0 {
			pieces = append(pieces, p)
			pictures += int64(len(p.Samples))
		}
		v.close()
		if pictures > mov.MaxSamples {
			return nil, tooMany(pictures)
		}
	}
	return mov.NewExport(pieces, o)
}

func tooMany(pictures int64) error {
	return fmt.Errorf("%w: %d pictures or more, at most %d", mov.ErrRange, pictures, mov.MaxSamples)
}

// overlapping returns the starts of the segments that have a part in a range, and
// how many pictures they have at most.
func (a *Archive) overlapping(id camera.ID, from, to int64) (starts []int64, pictures int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelves[id]
	if h == nil {
		return nil, 0
	}
	add := func(s *Segment) {
		if s.Start < to && s.end() >= from {
			starts = append(starts, s.Start)
			pictures += int64(s.Pictures)
		}
	}
	for i := h.after(from - h.longest - 1); i < len(h.segments) && h.segments[i].Start < to; i++ {
		add(&h.segments[i])
	}
	if l, ok := h.now(); ok {
		add(&l)
	}
	sort.Slice(starts, func(i, j int) bool { return starts[i] < starts[j] })
	return starts, pictures
}

// piece returns the pictures of a segment from an instant up to another.
func (v *view) piece(from, to time.Time) mov.Piece {
	before := func(t time.Time) int { // how many pictures are earlier than t
		return sort.Search(len(v.x.Samples), func(i int) bool { return !v.x.At(i).Before(t) })
	}
	p := mov.Piece{
		Path: v.f.Name(), Info: v.x.Info, Samples: v.x.Samples[before(from):before(to)], Until: v.x.Until(),
	}
	if p.Until.After(to) {
		p.Until = to
	}
	return p
}
