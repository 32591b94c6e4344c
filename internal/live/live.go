// Package live sends pictures to viewers: the feed of a camera, its newest
// picture, the wall of many cameras over one connection, and what other programs
// expect at their own addresses.
//
// A picture is never copied on its way, and never encoded again: every viewer
// is sent the bytes that the camera sent, unless it asks for a smaller picture.
package live

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/meter"
	"camhub/internal/record/archive"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/internal/stream"
)

// Hub is what the package needs of the running cameras.
type Hub interface {
	Stream(id camera.ID) (*stream.Stream, error)
	Status(id camera.ID) (hub.Status, error)
}

// Renditions is what the package needs of smaller and slower copies.
type Renditions interface {
	SubscribeFunc(src *stream.Stream, spec rendition.Spec, ready func()) *stream.Reader
	Picture(ctx context.Context, p *media.Packet, width int) (*media.Packet, error)
}

// Server sends pictures. Use New, and Close it. Its methods are safe for
// concurrent use.
type Server struct {
	hub     Hub
	copies  Renditions
	archive *archive.Archive
	first   func(sees func(camera.ID) bool) (camera.ID, error)
	watch   func() Watch
	decks   *decks
	out     meter.Meter // also of what Recorded sends

	viewers sync.WaitGroup // whose connections were taken over
	pumping sync.WaitGroup

	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]struct{}
	walls  map[*wallConn]struct{}
	isCut  bool    // Close waits no longer
	pumps  []*pump // none before the first viewer that they can serve
	next   int     // the pump of the next viewer
	closed bool
}

// Config is what a server needs of the rest of the program.
type Config struct {
	Hub     Hub
	Copies  Renditions
	Archive *archive.Archive // nil when nothing is recorded
	// First returns the camera for clients that know only one, of those that they may see.
	First func(sees func(camera.ID) bool) (camera.ID, error)
	Watch func() Watch // begins to watch for changes among the cameras
}

// New returns a server of the hub's pictures and of their smaller copies.
func New(c Config) *Server {
	return &Server{
		hub: c.Hub, copies: c.Copies, archive: c.Archive, first: c.First, watch: c.Watch, decks: newDecks(c.Archive),
		conns: make(map[net.Conn]struct{}), walls: make(map[*wallConn]struct{}),
	}
}

// Routes returns the table of the addresses of pictures.
func (s *Server) Routes() []route.Route {
	return []route.Route{
		{Method: "GET", Path: "/cameras/{id}/feed", Need: route.Picture, Handle: s.byID(s.feed)},
		{Method: "GET", Path: "/cameras/{id}/snapshot.jpg", Need: route.Picture, Handle: s.byID(s.snapshot)},
		{Method: "GET", Path: "/api/v1/wall", Need: route.Viewer, Handle: s.wall},
		// For clients of other programs: the article's, mjpg-streamer's.
		{Method: "GET", Path: "/video_feed", Need: route.Viewer, Handle: s.ofFirst(s.feed)},
		{Method: "GET", Path: "/", Query: map[string]string{"action": "stream"}, Need: route.Viewer, Handle: s.ofFirst(s.feed)},
		{Method: "GET", Path: "/", Query: map[string]string{"action": "snapshot"}, Need: route.Viewer, Handle: s.ofFirst(s.snapshot)},
	}
}

// cameraFunc answers a request for the pictures of one camera.
type cameraFunc func(w http.ResponseWriter, r *http.Request, id camera.ID) error

func (s *Server) byID(f cameraFunc) route.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		return f(w, r, camera.ID(route.Var(r, "id")))
	}
}

func (s *Server) ofFirst(f cameraFunc) route.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := s.first(access.From(r.Context()).Sees)
		if err != nil {
			return err
		}
		return f(w, r, id)
	}
}

// BytesOut returns how many bytes of pictures, live and recorded, go to all viewers
// in a second.
func (s *Server) BytesOut() float64 {
	_, bytes := s.out.Rates(time.Now())
	return bytes
}

// Sent returns how many bytes of pictures, live and recorded, went to all viewers
// since the start.
func (s *Server) Sent() uint64 {
	_, total := s.out.Total()
	return total
}

// Close ends the walls, waits until the viewers have taken the end of their
// streams, which the hub has closed, and cuts those that have not when ctx ends.
// Viewers that come later are refused.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	for c := range s.walls {
		c.end(errStopping)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.viewers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.cut()
		<-done
	}
	s.mu.Lock()
	for _, p := range s.pumps {
		close(p.stop)
	}
	s.pumps = nil
	s.mu.Unlock()
	s.pumping.Wait()
	return nil
}

// cut closes the connections of all viewers.
func (s *Server) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isCut = true
	for c := range s.conns {
		abort(c)
	}
}

// adopt counts a viewer whose connection was taken over from the HTTP server,
// and gives it a pump. The caller must call release.
func (s *Server) adopt(v *viewer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fault.New(fault.Unavailable, "The hub is stopping.")
	}
	s.conns[v.conn] = struct{}{}
	s.viewers.Add(1)
	if try, ok := newTryWriter(v.conn.Conn); ok {
		v.try, v.pump = try, s.nextPump()
	}
	return nil
}

// nextPump returns the pumps in turn. It is called with mu held.
func (s *Server) nextPump() *pump {
	if s.pumps == nil {
		s.pumps = make([]*pump, runtime.GOMAXPROCS(0))
		for i := range s.pumps {
			p := newPump()
			s.pumps[i] = p
			s.pumping.Go(p.run)
		}
	}
	s.next = (s.next + 1) % len(s.pumps)
	return s.pumps[s.next]
}

func (s *Server) release(v *viewer) {
	v.conn.Close()
	s.mu.Lock()
	delete(s.conns, v.conn)
	s.mu.Unlock()
	s.viewers.Done()
}
