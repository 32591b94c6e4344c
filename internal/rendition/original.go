package rendition

import (
	"context"
	"sync"
	"time"

	"camhub/internal/jpeg"
	"camhub/internal/media"
	"camhub/internal/stream"
)

// original is a camera with at least one copy. Its goroutine, run, only passes
// on and never waits for a picture to be made, so it misses none.
type original struct {
	set *Set
	src *stream.Stream
	tap *stream.Reader
	ctx context.Context
	end context.CancelFunc

	mu      sync.Mutex    // guards what follows; taken before any Stream's
	newest  *media.Packet // of the camera
	wanted  map[Spec]*copied
	scalers map[int]*scaler // by denominator
	failing bool            // the last picture could not be made smaller
}

// copied is one copy.
type copied struct {
	spec Spec
	out  *stream.Stream
	rate stream.Rate
	owed bool   // a picture was picked and not yet written
	seq  uint64 // of the camera's picture that was written last
}

func newOriginal(s *Set, src *stream.Stream) *original {
	o := &original{set: s, src: src, tap: src.Tap(), wanted: make(map[Spec]*copied), scalers: make(map[int]*scaler)}
	o.ctx, o.end = context.WithCancel(s.ctx)
	return o
}

// run passes pictures on until the camera ends, or nobody wants a copy.
func (o *original) run() {
	for {
		p, err := o.tap.Next(o.ctx)
		if err != nil {
			break
		}
		o.arrived(p)
	}
	o.set.forget(o)
	o.stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.wanted {
		o.remove(c)
	}
}

// stop ends the goroutines of the original. It does not wait for them.
func (o *original) stop() {
	o.end()
	o.tap.Close()
}

// arrived passes a picture of the camera on to the copies that are due one.
func (o *original) arrived(p *media.Packet) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.newest = p
	for _, c := range o.wanted {
		if c.rate.Pick(p.Arrived) {
			c.owed = true
		}
		if c.owed {
			o.serve(c)
		}
	}
}

// serve passes the newest picture on to c, if it needs no work, or has it made.
// Called with mu held.
func (o *original) serve(c *copied) {
	den := c.denominator(o.newest)
	if den == 1 {
		c.write(o.newest)
		return
	}
	sc, ok := o.scalers[den]
	if !ok {
		sc = &scaler{o: o, den: den, wake: make(chan struct{}, 1)}
		o.scalers[den] = sc
		o.set.wg.Go(sc.run)
	}
	select {
	case sc.wake <- struct{}{}:
	default: // it has not begun yet, and will see this picture
	}
}

// subscribe adds a reader of the copy that spec asks for.
func (o *original) subscribe(spec Spec, ready func()) *stream.Reader {
	o.mu.Lock()
	defer o.mu.Unlock()
	forgotten := o.src.Last() == nil // its pictures are of long ago
	if forgotten {
		o.newest = nil
	}
	c, ok := o.wanted[spec]
	switch {
	case !ok:
		c = &copied{spec: spec, out: stream.New(), rate: o.rateFor(spec.FPS), owed: true}
		o.wanted[spec] = c
		o.src.AddCopy(c.out)
		o.set.wg.Go(func() { o.watch(c) })
		if o.newest != nil {
			o.serve(c)
		}
	case forgotten:
		c.out.Forget()
	}
	return c.out.SubscribeFunc(stream.Latest, ready)
}

// rateFor returns a rate that picks the same pictures as that of a copy with as
// many a second, so that both share what is made. Called with mu held.
func (o *original) rateFor(fps float64) stream.Rate {
	for _, c := range o.wanted {
		if c.spec.FPS == fps {
			return c.rate
		}
	}
	return stream.NewRate(fps)
}

// watch ends the copy some time after its last reader left.
func (o *original) watch(c *copied) {
	idle := time.NewTimer(linger)
	defer idle.Stop()
	for {
		select {
		case <-c.out.Demand():
			if c.out.Readers() == 0 {
				idle.Reset(linger)
			}
		case <-idle.C:
			if o.set.expire(o, c) {
				return
			}
		case <-o.ctx.Done():
			return
		}
	}
}

// expire ends c unless it has readers, and reports whether it was the last copy.
// Called with Set.mu held, so that nobody subscribes meanwhile.
func (o *original) expire(c *copied) (ended, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.out.Readers() > 0 {
		return false, false
	}
	o.remove(c)
	return true, len(o.wanted) == 0
}

// remove ends c and its readers. Called with mu held.
func (o *original) remove(c *copied) {
	delete(o.wanted, c.spec)
	o.src.RemoveCopy(c.out)
	c.out.Close()
}

func (o *original) copies() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.wanted)
}

// denominator returns by what p has to be divided for c.
func (c *copied) denominator(p *media.Packet) int {
	if Untouched(p.Track, c.spec.Width) {
		return 1
	}
	return jpeg.Denominator(p.Track.Width, c.spec.Width)
}

// write passes a picture on, unless c has had it or a newer one. p.Seq must be
// the camera's. Called with original.mu held.
func (c *copied) write(p *media.Packet) {
	c.owed = false
	if p.Seq <= c.seq {
		return
	}
	c.seq = p.Seq
	own := *p // the stream numbers it
	c.out.Write(&own)
}
