package live

import (
	"context"
	"net/http"
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/meter"
	"camhub/internal/record/archive"
	"camhub/internal/route"
)

// How many recorded pictures are looked up, and recordings played, at a time. Each
// holds one picture and one open file.
const (
	maxSeeks     = 32
	maxWaiting   = 256 // seeks that wait for their turn
	seekPatience = 2 * time.Second
	maxPlaybacks = 32
)

// Recorded sends pictures that were recorded. Use NewRecorded, and Close it. Its
// methods are safe for concurrent use.
type Recorded struct {
	archive *archive.Archive
	copies  Renditions
	out     *meter.Meter

	seeks   chan struct{} // one for each that runs
	waiting chan struct{} // one for each that waits

	ctx     context.Context // ends all playbacks
	stop    context.CancelFunc
	playing sync.WaitGroup

	mu     sync.Mutex // guards what follows
	plays  int
	closed bool
}

// NewRecorded returns a server of the recordings beside what live sends of the same
// cameras. What it sends is counted there.
func NewRecorded(live *Server) *Recorded {
	s := &Recorded{
		archive: live.archive, copies: live.copies, out: &live.out,
		seeks: make(chan struct{}, maxSeeks), waiting: make(chan struct{}, maxWaiting),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Routes returns the table of the addresses of recorded pictures.
func (s *Recorded) Routes() []route.Route {
	byID := func(f cameraFunc) route.Func {
		return func(w http.ResponseWriter, r *http.Request) error {
			id := camera.ID(route.Var(r, "id"))
			if !id.Valid() {
				return fault.New(fault.NotFound, "There is no camera %.70q.", id)
			}
			return f(w, r, id)
		}
	}
	return []route.Route{
		{Method: "GET", Path: "/cameras/{id}/at/{time}.jpg", Need: route.Recording, Handle: byID(s.at)},
		{Method: "GET", Path: "/cameras/{id}/playback", Need: route.Recording, Handle: byID(s.playback)},
	}
}

// Stop ends all playbacks, and does not wait for them.
func (s *Recorded) Stop() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
}

// Close ends all playbacks, and returns when none reads the recordings any more.
func (s *Recorded) Close() error {
	s.Stop()
	s.playing.Wait()
	return nil
}

// beginSeek waits for the turn of one who reads a picture, and returns what ends it.
func (s *Recorded) beginSeek(ctx context.Context) (end func(), err error) {
	end = func() { <-s.seeks }
	select {
	case s.seeks <- struct{}{}:
		return end, nil
	default:
	}
	select {
	case s.waiting <- struct{}{}:
	default:
		return nil, fault.New(fault.TooMany, "Too many recorded pictures are asked for at once.")
	}
	defer func() { <-s.waiting }()
	timer := time.NewTimer(seekPatience)
	defer timer.Stop()
	select {
	case s.seeks <- struct{}{}:
		return end, nil
	case <-timer.C:
		return nil, fault.New(fault.Unavailable, "The recordings are too busy.")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// beginPlayback counts a playback, and returns the context of it, and what ends it.
func (s *Recorded) beginPlayback(ctx context.Context) (context.Context, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, fault.New(fault.Unavailable, "The hub is stopping.")
	}
	if s.plays >= maxPlaybacks {
		return nil, nil, fault.New(fault.TooMany, "%d recordings are being played already.", maxPlaybacks)
	}
	s.plays++
	s.playing.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(s.ctx, cancel)
	return ctx, func() {
		unhook()
		cancel()
		s.mu.Lock()
		s.plays--
		s.mu.Unlock()
		s.playing.Done()
	}, nil
}
