package simulator

import (
	"context"
	"image"
	"sync"
	"time"
)

const (
	tick       = 100 * time.Millisecond // from one picture to the next
	firstFrame = 100                    // so that a number before it is none
	keptFilm   = 64                     // pictures that are kept, for those who come a little late
)

// The sizes of the pictures. Their sides are multiples of 8 and 6.
var (
	usual = image.Pt(160, 120)
	small = image.Pt(96, 72)
)

// film is what all cameras show: picture n is the one of its n-th tick. Each
// is drawn once for all. A film is safe for concurrent use.
type film struct {
	start time.Time

	mu    sync.Mutex // guards what follows
	drawn map[frame][]byte
}

type frame struct {
	n    int
	size image.Point
}

// newFilm returns a film that begins with picture firstFrame now.
func newFilm() *film {
	return &film{start: time.Now().Add(-firstFrame * tick), drawn: make(map[frame][]byte)}
}

// now returns the number of the current picture.
func (f *film) now() int { return int(time.Since(f.start) / tick) }

// timeOf returns when picture n is to be shown.
func (f *film) timeOf(n int) time.Time { return f.start.Add(time.Duration(n) * tick) }

// next waits for the picture that is step after the last one, and returns its
// number. With last 0 it is the next one to come. Who is late misses pictures.
func (f *film) next(ctx context.Context, last, step int) (int, error) {
	n := max(last+step, f.now())
	if last == 0 {
		n = f.now() + 1
	}
	return n, sleep(ctx, time.Until(f.timeOf(n)))
}

// picture returns picture n, which the caller must not change.
func (f *film) picture(n int, size image.Point) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := frame{n, size}
	if b, ok := f.drawn[key]; ok {
		return b
	}
	if len(f.drawn) >= keptFilm {
		for old := range f.drawn {
			if old.n <= n-keptFilm/4 {
				delete(f.drawn, old)
			}
		}
	}
	if len(f.drawn) >= keptFilm {
		clear(f.drawn) // somebody asks for old pictures
	}
	b := encode(n, size)
	f.drawn[key] = b
	return b
}

// sleep waits for d, or returns why ctx ended before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
