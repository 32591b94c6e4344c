package simulator

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"
)

const (
	requestTimeout = 30 * time.Second // for a request to come on an open connection
	writeTimeout   = 10 * time.Second // for one piece of an answer
	closeTimeout   = 2 * time.Second  // for TLS to say goodbye
)

// errClose is what a handler returns to end the connection.
var errClose = errors.New("simulator: the answer ends with the connection")

// handler answers one request. The connection ends when it returns an error,
// and is kept for another request when it returns nil.
type handler interface {
	serve(x *exchange) error
}

// handlerFunc is a function as a handler.
type handlerFunc func(x *exchange) error

func (f handlerFunc) serve(x *exchange) error { return f(x) }

// serveConn answers the requests of one connection, and closes it.
func (s *server) serveConn(ctx context.Context, d door, raw net.Conn) {
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	conn, secure, err := s.secure(d, raw)
	if err != nil {
		return
	}
	if secure {
		defer goodbye(conn)
	}
	in := bufio.NewReader(conn)
	var at *book // of the camera that this connection belongs to
	defer func() { at.leave() }()
	for {
		_ = conn.SetReadDeadline(time.Now().Add(requestTimeout))
		req, err := readRequest(in)
		if err != nil {
			return
		}
		x := &exchange{server: s, request: req, conn: conn, raw: raw, door: d, secure: secure, book: at}
		f, h := s.find(req)
		if x.fixture = f; f != nil && s.books[f.Name] != at {
			at.leave()
			at = s.books[f.Name]
			x.book, x.others, x.fresh = at, at.enter(ctx), true
		}
		at.count()
		if answer(ctx, x, h, in) != nil {
			return
		}
	}
}

// answer runs h with a context that ends when the viewer goes away.
func answer(ctx context.Context, x *exchange, h handler, in *bufio.Reader) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	x.ctx = ctx
	gone := make(chan error, 1)
	_ = x.conn.SetReadDeadline(time.Time{})
	go func() {
		_, err := in.Peek(1) // waits for another request, or the end
		if err != nil {
			cancel(err)
		}
		gone <- err
	}()
	err := h.serve(x)
	_ = x.conn.SetReadDeadline(time.Unix(1, 0)) // ends the Peek
	if peeked := <-gone; peeked != nil && !isTimeout(peeked) {
		return peeked
	}
	return err
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// goodbye ends a TLS connection in the proper way.
func goodbye(conn net.Conn) {
	if c, ok := conn.(*tls.Conn); ok {
		_ = c.SetDeadline(time.Now().Add(closeTimeout))
		_ = c.Close()
	}
}

// find returns the camera that a request is for, if any, and what answers it.
func (s *server) find(r *request) (*Fixture, handler) {
	switch r.path() {
	case "/":
		return nil, handlerFunc(serveIndex)
	case "/fixtures.json":
		return nil, handlerFunc(serveList)
	}
	if f := lookup(r.name()); f != nil {
		return f, f.handler
	}
	return nil, handlerFunc(func(x *exchange) error {
		return x.answer("404 Not Found", "text/plain", "There is no such camera; / lists all.\n")
	})
}

// peeked is a connection of which the first bytes have been looked at.
type peeked struct {
	net.Conn
	r io.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.r.Read(b) }
