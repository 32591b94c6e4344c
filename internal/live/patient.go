package live

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// patientConn fails a write when the client takes no byte for writeTimeout, and
// not before, however long the write. What is written by one call stays together.
// It is safe for concurrent use. Use newPatient.
type patientConn struct {
	net.Conn

	mu       sync.Mutex    // held while something is written
	records  *bufio.Writer // of a connection with TLS, else nil
	deadline time.Time     // of writes, as it was set last
	one      net.Buffers
	rest     net.Buffers // of one, that is still to be sent
}

// recordSize is the most that a record of TLS holds (RFC 8446, section 5.1).
const recordSize = 16 << 10

// newPatient returns c as a patientConn. With TLS the waiting is done below it, since
// TLS can't go on after a write that timed out (see listen.Conn).
func newPatient(c net.Conn) *patientConn {
	p := &patientConn{Conn: c}
	if tcp := below(c); tcp != c {
		p.records = bufio.NewWriterSize(c, recordSize)
		if tcp, ok := tcp.(interface{ BePatient(limit time.Duration) }); ok {
			tcp.BePatient(writeTimeout)
		}
	}
	return p
}

// below returns the connection below TLS, or c when it has none.
func below(c net.Conn) net.Conn {
	if secured, ok := c.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return c
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
	if c.records != nil {
		return c.writeRecords(b)
	}
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
			return c.giveUp(err)
		}
	}
	return nil
}

// writeRecords is writeAll over TLS: in whole records, so that a picture's header
// and what follows it are none of their own.
func (c *patientConn) writeRecords(b *net.Buffers) error {
	for ; len(*b) > 0; *b = (*b)[1:] {
		if _, err := c.records.Write((*b)[0]); err != nil {
			return c.giveUp(err)
		}
	}
	if err := c.records.Flush(); err != nil {
		return c.giveUp(err)
	}
	return nil
}

// giveUp lets go of what the client did not take in time.
func (c *patientConn) giveUp(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		discard(c.Conn)
	}
	return err
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
	if tcp, ok := below(c).(interface{ SetLinger(seconds int) error }); ok {
		tcp.SetLinger(0) // the connection is as good as gone
	}
}

// abort closes a connection without the farewell of TLS, for which its Close waits.
func abort(c net.Conn) {
	if p, ok := c.(*patientConn); ok {
		c = below(p.Conn)
	}
	c.Close()
}

func sizeOf(b net.Buffers) (n int) {
	for _, x := range b {
		n += len(x)
	}
	return n
}
