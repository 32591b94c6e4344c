package live

import (
	"errors"
	"net"
	"os"
	"time"
)

// patientConn fails a write when the client takes no byte for writeTimeout, and
// not before, however long the write. Its writes have one caller at a time.
type patientConn struct {
	net.Conn
	deadline time.Time // as it was set last
}

// Write implements net.Conn. A write that times out tells how many bytes went,
// but not when, so a long wait is cut into steps.
func (c *patientConn) Write(b []byte) (sent int, err error) {
	for taken := time.Now(); ; {
		if now := time.Now(); c.deadline.Sub(now) < writeStep {
			c.deadline = now.Add(writeStep + time.Second) // set about once a second
			if err := c.Conn.SetWriteDeadline(c.deadline); err != nil {
				return sent, err
			}
		}
		n, err := c.Conn.Write(b[sent:])
		sent += n
		switch {
		case err == nil || !errors.Is(err, os.ErrDeadlineExceeded):
			return sent, err
		case n > 0:
			taken = time.Now()
		case time.Since(taken) >= writeTimeout:
			discard(c.Conn)
			return sent, err
		}
	}
}
