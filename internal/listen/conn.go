package listen

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// maxUnsent bounds what waits in the kernel for a slow client of a connection with
// TLS, to about a picture: one that has several feeds over HTTP/2 has one kernel's
// queue for all of them, and would see what was seconds ago.
const maxUnsent = 128 << 10

// secured gives a connection below TLS what TLS does not do.
type secured struct{ *net.TCPListener }

// Accept implements net.Listener.
func (l *secured) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	setUnsentLimit(c, maxUnsent)
	return &Conn{TCPConn: c}, nil
}

// Conn is a TCP connection below TLS, as tls.Conn.NetConn returns it.
//
// TLS can't go on after a write that timed out, not even when the client was taking
// bytes all the time. So waiting for a slow client has to be done below it: see
// BePatient. And a browser that speaks plain HTTP is told where to go.
type Conn struct {
	*net.TCPConn
	begun bool // something was read; only used by Read

	mu       sync.Mutex // guards what follows
	patience time.Duration
	deadline time.Time // of writes, as it was set from above
}

// BePatient makes writes fail when the client has taken no byte for limit, and not
// before, however long they are. Deadlines that are set later still hold. It must
// not be called during a write.
func (c *Conn) BePatient(limit time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.patience = limit
}

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	return c.TCPConn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// Write implements net.Conn, for one caller at a time, as tls.Conn is.
func (c *Conn) Write(b []byte) (n int, err error) {
	for taken := time.Now(); ; {
		limit, err := c.step()
		if err != nil {
			return n, err
		}
		m, err := c.TCPConn.Write(b[n:])
		n += m
		switch {
		case err == nil || limit == 0 || !errors.Is(err, os.ErrDeadlineExceeded) || c.late():
			return n, err
		case m > 0:
			taken = time.Now()
		case time.Since(taken) >= limit:
			return n, err
		}
	}
}

// step sets how long the next try to write may take: a write that times out tells
// how many bytes went, but not when, so a long wait is cut into steps.
func (c *Conn) step() (limit time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.patience == 0 {
		return 0, nil
	}
	until := time.Now().Add(c.patience / 4)
	if !c.deadline.IsZero() && c.deadline.Before(until) {
		until = c.deadline
	}
	return c.patience, c.TCPConn.SetWriteDeadline(until)
}

// late reports whether a deadline from above has passed.
func (c *Conn) late() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.deadline.IsZero() && !time.Now().Before(c.deadline)
}

// Read implements net.Conn.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if c.begun || n == 0 {
		return n, err
	}
	c.begun = true
	if looksPlain(b[0]) {
		return 0, leadToTLS(c.TCPConn, b[:n])
	}
	return n, err
}
