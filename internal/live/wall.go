package live

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coder/websocket"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
)

const (
	wallProtocol = "camhub.wall.v1"
	maxWalls     = 256 // connections of the wall at once
	maxUserWalls = 128 // of one user: nobody keeps all others out
)

// wall is the wall socket: all tiles of a page over one connection. What is said on it
// stands at /api/v1/wall in openapi.json. It returns when the connection is closed.
func (s *Server) wall(w http.ResponseWriter, r *http.Request) error {
	err := checkUpgrade(r)
	if err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(context.WithoutCancel(r.Context()))
	defer end(nil)
	// The connection outlives the request's own deadlines, but not the right to it.
	defer context.AfterFunc(r.Context(), func() {
		if errors.Is(context.Cause(r.Context()), access.ErrRevoked) {
			end(errRevoked)
		}
	})()
	who := access.From(r.Context())
	known := func(id camera.ID) error { return s.known(who, id) }
	c := &wallConn{s: s, tiles: newWallTiles(tilePictures{s, known}, known, who.Sees, s.decks, s.copies), sees: who.Sees, end: end}
	if who != nil {
		c.user = who.Name
	}
	if err := s.enter(c); err != nil {
		return err
	}
	defer s.leave(c)
	h := &hijacker{ResponseWriter: w}
	c.ws, err = websocket.Accept(h, r, &websocket.AcceptOptions{
		Subprotocols:   []string{wallProtocol},
		OnPongReceived: func(context.Context, []byte) { c.hear() },
		OnPingReceived: func(_ context.Context, payload []byte) bool { c.pong(payload); return false },
	})
	if h.conn != nil {
		c.conn = h.conn
		defer s.hold(h.conn)()
	}
	if err != nil {
		return nil // Accept has answered
	}
	c.ws.SetReadLimit(-1) // read has its own, which closes properly
	c.run(ctx)
	return nil
}

// known returns an error if there is no such camera, or none for the caller.
func (s *Server) known(who *access.Caller, id camera.ID) error {
	_, err := s.hub.Status(id)
	if err == nil && !who.Sees(id) {
		err = fault.New(fault.NotFound, "There is no camera %q.", id)
	}
	return err
}

// enter counts a connection of the wall. The caller must call leave.
func (s *Server) enter(c *wallConn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fault.New(fault.Unavailable, "The hub is stopping.")
	}
	if len(s.walls) >= maxWalls {
		return fault.New(fault.Unavailable, "The wall is open %d times already, and the hub serves no more.", maxWalls)
	}
	if c.user != "" && s.wallsOf(c.user) >= maxUserWalls {
		return fault.New(fault.Unavailable, "You have the wall open %d times already, and nobody may have more.", maxUserWalls)
	}
	s.walls[c] = struct{}{}
	s.viewers.Add(1)
	return nil
}

// wallsOf counts the connections of a user. It is called with mu held.
func (s *Server) wallsOf(user string) (n int) {
	for c := range s.walls {
		if c.user == user {
			n++
		}
	}
	return n
}

func (s *Server) leave(c *wallConn) {
	s.mu.Lock()
	delete(s.walls, c)
	s.mu.Unlock()
	s.viewers.Done()
}

// hold makes a connection one that cut closes. It returns what closes it and
// lets go of it.
func (s *Server) hold(conn net.Conn) (release func()) {
	s.mu.Lock()
	s.conns[conn] = struct{}{}
	if s.isCut {
		conn.Close()
	}
	s.mu.Unlock()
	return func() {
		conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}
}

// checkUpgrade reports why a request can't become a connection of the wall. A
// browser lets any page open a WebSocket to anywhere, so that the page it stands
// on has to be one of ours.
func checkUpgrade(r *http.Request) error {
	if r.Method != http.MethodGet || r.ProtoMajor != 1 || !hasToken(r.Header, "Upgrade", "websocket") || !hasToken(r.Header, "Connection", "upgrade") {
		return fault.New(fault.Malformed, "This address speaks WebSocket over HTTP/1.1, and the request does not ask for it.")
	}
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-Websocket-Key"))
	if err != nil || len(key) != 16 || r.Header.Get("Sec-Websocket-Version") != "13" {
		return fault.New(fault.Malformed, "The request is not one of version 13 of WebSocket (RFC 6455).")
	}
	if !hasToken(r.Header, "Sec-Websocket-Protocol", wallProtocol) {
		return fault.New(fault.Malformed, "The client must offer the subprotocol %s.", wallProtocol)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return fault.New(fault.Forbidden, "Pages of other sites may not open the wall.")
		}
	}
	return nil
}

// hasToken looks for a word in a list that may stand in several lines.
func hasToken(h http.Header, name, word string) bool {
	return slices.ContainsFunc(h.Values(name), func(line string) bool {
		return slices.ContainsFunc(strings.Split(line, ","), func(token string) bool {
			return strings.EqualFold(strings.TrimSpace(token), word)
		})
	})
}

// hijacker gives a WebSocket a connection whose writes fail when the client is
// stuck.
type hijacker struct {
	http.ResponseWriter
	conn *patientConn // nil until it was taken over
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.conn = newPatient(conn)
	return h.conn, bufio.NewReadWriter(buffered.Reader, bufio.NewWriterSize(h.conn, 512)), nil
}
