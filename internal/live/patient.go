package live

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// patientConn fails a write when the client takes no byte for writeTimeout, and
// not before, however long the write. What is written by one call stays together.
// It is safe for concurrent use.
type patientConn struct {
	net.Conn

	mu       sync.Mutex // held while something is written
	deadline time.Time  // of writes, as it was set last
	one      net.Buffers
	rest     net.Buffers // of one, that is still to be sent
}

// Write implements net.Conn.
func (c *patientConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.one = append(c.one[:0], b)
	c.rest = c.one
	if err := c.writeAll(&c.rest); err != nil {
		return len(b) - sizeOf(c.rest), err
	}
	return len(b), nil
}

// writeBuffers sends buffers and cuts what went off them: all of it, unless
// there is an error. It is one vectored write where the system has it.
func (c *patientConn) writeBuffers(b *net.Buffers) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.writeAll(b)
}

// writeAll is writeBuffers with mu held. A write that times out tells how many
// bytes went, but not when, so a long wait is cut into steps.
func (c *patientConn) writeAll(b *net.Buffers) error {
	for taken := time.Now(); len(*b) > 0; {
		if now := time.Now(); c.deadline.Sub(now) < writeStep {
			c.deadline = now.Add(writeStep + time.Second) // set about once a second
			if err := c.SetWriteDeadline(c.deadline); err != nil {
				return err
			}
		}
		n, err := b.WriteTo(c.Conn)
		switch {
		case err == nil:
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case n > 0:
			taken = time.Now()
		case time.Since(taken) >= writeTimeout:
			discard(c.Conn)
			return err
		}
	}
	return nil
}

// noDeadline takes the deadline off, for writes past the patientConn that do not
// wait.
func (c *patientConn) noDeadline() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.deadline.IsZero() {
		c.deadline = time.Time{}
		c.SetWriteDeadline(c.deadline)
	}
}

// discard makes the kernel forget what the client of a TCP connection has not
// taken, which it would else keep trying to send after the close.
func discard(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0) // the connection is as good as gone
	}
}

func sizeOf(b net.Buffers) (n int) {
	for _, x := range b {
		n += len(x)
	}
	return n
}
