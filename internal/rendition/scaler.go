package rendition

import (
	"bytes"
	"fmt"
	"runtime/debug"

	"camhub/internal/jpeg"
	"camhub/internal/media"
)

// quality of the smaller pictures. At 70 a picture has half the bytes of one at
// 85, and a browser that scales it once more hides the difference.
const quality = 70

// scaler makes the smaller pictures of one camera at one scale, one at a time,
// for all copies that need them.
type scaler struct {
	o    *original
	den  int
	wake chan struct{} // capacity 1

	// Of its goroutine alone.
	track *media.Track
	seq   uint64        // of the camera's picture that was made last
	last  *media.Packet // what became of it; nil: nothing
}

func (sc *scaler) run() {
	for {
		select {
		case <-sc.wake:
		case <-sc.o.ctx.Done():
			return
		}
		if !sc.o.set.acquire(sc.o.ctx) {
			return
		}
		sc.once()
		sc.o.set.release()
	}
}

// once makes the newest picture smaller for the copies that are owed one.
func (sc *scaler) once() {
	p, copies := sc.claim()
	if len(copies) == 0 {
		return
	}
	if p.Seq != sc.seq {
		made, err := sc.o.set.shrink(p, sc.den, sc.track)
		sc.o.report(err)
		if sc.seq, sc.last = p.Seq, made; made != nil {
			sc.track = made.Track
		}
	}
	if sc.last == nil {
		return
	}
	sc.o.mu.Lock()
	defer sc.o.mu.Unlock()
	for _, c := range copies {
		c.write(sc.last)
	}
}

// claim returns the newest picture, and the copies that are owed one of this
// scale.
func (sc *scaler) claim() (p *media.Packet, copies []*copied) {
	o := sc.o
	o.mu.Lock()
	defer o.mu.Unlock()
	if p = o.newest; p == nil {
		return nil, nil
	}
	for _, c := range o.wanted {
		if c.owed && c.denominator(p) == sc.den {
			c.owed = false
			copies = append(copies, c)
		}
	}
	return p, copies
}

// report logs the first of several failures in a row, and their end.
func (o *original) report(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil && !o.failing:
		o.set.log.Warn("pictures can't be made smaller", "err", err)
	case err == nil && o.failing:
		o.set.log.Info("pictures can be made smaller again")
	}
	o.failing = err != nil
}

// tool is what it takes to make one picture at a time.
type tool struct {
	decoder jpeg.Decoder
	encoded bytes.Buffer
}

// shrink makes the picture of p at 1/den, to be turned as p is. It takes track if that has the right
// size, else it makes one. A slot must be held.
func (s *Set) shrink(p *media.Packet, den int, track *media.Track) (made *media.Packet, err error) {
	t := s.tools.Get().(*tool)
	defer func() {
		if v := recover(); v != nil { // the tool is not used again
			made, err = nil, fmt.Errorf("rendition: panic: %v\n%s", v, debug.Stack())
		} else {
			s.tools.Put(t)
		}
		if err != nil {
			s.undecodable.Add(1)
		} else {
			s.pictures.Add(1)
		}
	}()
	m, err := t.decoder.Shrink(p.Data, den)
	if err != nil {
		return nil, err
	}
	t.encoded.Reset()
	if err := jpeg.Encode(&t.encoded, m, quality); err != nil {
		return nil, err
	}
	size := m.Bounds().Size()
	if track == nil || track.Width != size.X || track.Height != size.Y {
		track = &media.Track{Codec: media.JPEG, Width: size.X, Height: size.Y}
	}
	data := jpeg.AppendOriented(nil, t.encoded.Bytes(), jpeg.Orientation(p.Data))
	return derive(p, track, data), nil
}
