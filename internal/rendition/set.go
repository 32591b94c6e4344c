// Package rendition makes smaller and slower copies of a camera's pictures,
// once for all who ask for them, and only while somebody does.
//
// A copy is a stream like the camera's own, so that whoever reads streams reads
// copies. A smaller picture has 1/2, 1/4 or 1/8 of the width, whichever is the
// smallest that is at least as wide as asked; what is small enough already is
// passed on as it is, and so is everything when only the rate is lower.
//
// A bounded number of pictures is made at a time. The copies of all cameras
// wait their turn for it, and a copy whose turn has come takes the newest
// picture that there is: with too much to do rates go down, and no picture gets
// older.
package rendition

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"camhub/internal/jpeg"
	"camhub/internal/media"
	"camhub/internal/stream"
)

// linger is how long a copy goes on after its last reader left. A page that is
// loaded again finds it still there.
const linger = 2 * time.Second

// Spec says what a viewer wants. The zero Spec is what the camera gives.
type Spec struct {
	Width int     // in pixels; the copy is at least as wide, unless the camera is not. 0: any
	FPS   float64 // pictures a second at most; 0: all
}

// Untouched reports whether pictures of a track are passed on as they are to one
// who asks for a width.
func Untouched(t *media.Track, width int) bool {
	return t.Codec != media.JPEG || jpeg.Denominator(t.Width, width) == 1
}

// Stats are figures about all copies since the program started.
type Stats struct {
	Running     int    // copies that there are now
	Pictures    uint64 // pictures that were made smaller
	Undecodable uint64 // pictures that could not be
}

// Set holds the copies of all cameras. Use New, and Close it. Its methods are
// safe for concurrent use.
type Set struct {
	log   *slog.Logger
	ctx   context.Context // ends everything
	stop  context.CancelFunc
	wg    sync.WaitGroup
	slots chan struct{} // a picture that is being made holds one
	tools sync.Pool     // of *tool

	pictures, undecodable atomic.Uint64

	// mu guards what follows; taken before original.mu.
	mu        sync.Mutex
	originals map[*stream.Stream]*original
	singles   map[single]*making
	closed    bool
}

// New returns a set that makes as many pictures at a time as there are
// processors to run on.
func New(log *slog.Logger) *Set {
	s := &Set{
		log: log, slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		originals: make(map[*stream.Stream]*original), singles: make(map[single]*making),
	}
	s.tools.New = func() any { return new(tool) }
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Subscribe adds a Latest reader of the copy of src that spec asks for, and
// makes that copy if nobody did. It begins with the newest picture. While there
// is such a reader, src has a reader too, and counts it among its viewers. The
// caller must Close it. It ends with stream.ErrClosed when src ends or the set
// is closed.
func (s *Set) Subscribe(src *stream.Stream, spec Spec) *stream.Reader {
	return s.SubscribeFunc(src, spec, nil)
}

// SubscribeFunc is Subscribe for a reader that nobody waits for; see
// stream.Stream.SubscribeFunc for ready.
func (s *Set) SubscribeFunc(src *stream.Stream, spec Spec, ready func()) *stream.Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		none := stream.New()
		none.Close()
		return none.SubscribeFunc(stream.Latest, ready)
	}
	o, ok := s.originals[src]
	if !ok {
		o = newOriginal(s, src)
		s.originals[src] = o
		s.wg.Go(o.run)
	}
	return o.subscribe(spec, ready)
}

// Stats returns the figures of this moment.
func (s *Set) Stats() Stats {
	st := Stats{Pictures: s.pictures.Load(), Undecodable: s.undecodable.Load()}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.originals {
		st.Running += o.copies()
	}
	return st
}

// Close ends all copies and their readers, and returns when every goroutine of
// the set is gone.
func (s *Set) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.wg.Wait()
	return nil
}

// acquire waits for a slot. It fails when ctx ends.
func (s *Set) acquire(ctx context.Context) bool {
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Set) release() { <-s.slots }

// expire ends a copy without readers, and its original with the last copy. It
// reports whether it did.
func (s *Set) expire(o *original, c *copied) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended, last := o.expire(c)
	if last {
		delete(s.originals, o.src)
		o.stop()
	}
	return ended
}

// forget takes an original out whose camera is gone.
func (s *Set) forget(o *original) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.originals[o.src] == o {
		delete(s.originals, o.src)
	}
}

// derive returns the packet of the smaller picture data of p. It keeps the
// times of p, so that its age is that of what it shows.
func derive(p *media.Packet, track *media.Track, data []byte) *media.Packet {
	q := *p
	q.Track, q.Data, q.Key = track, data, true
	return &q
}
