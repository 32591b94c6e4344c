package live

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"camhub/internal/meter"
	"camhub/internal/stream"
)

const (
	writeTimeout = 10 * time.Second // a viewer that takes no byte for so long is closed
	writeStep    = writeTimeout / 4
	endTimeout   = time.Second // for the last bytes of a feed
	maxChatter   = 64 << 10    // bytes that a viewer may send, for no reason
)

// viewer is one HTTP/1.1 client of a feed, on a connection of our own.
type viewer struct {
	conn    net.Conn
	reader  *stream.Reader
	advance bool
	out     *meter.Meter

	buffers  net.Buffers // a field, so that it does not escape for each picture
	deadline time.Time   // of the connection, as it was set last
	unsent   int         // what the kernel may hold back, as it was set last
}

// run sends pictures until the viewer is gone or the stream ends.
func (v *viewer) run() {
	parts := newParts(v.advance)
	if v.write(responseHead) != nil || v.write(parts.first()...) != nil {
		return
	}
	for {
		p, err := v.reader.Next(context.Background()) // awaitClose ends it
		if err != nil {
			break
		}
		v.limitUnsent(len(p.Data))
		if v.write(parts.picture(p)...) != nil {
			return
		}
		v.out.Add(p.Arrived, len(p.Data))
	}
	v.conn.SetWriteDeadline(time.Now().Add(endTimeout))
	v.conn.Write(closeFeed) // the viewer is gone if this fails
}

// responseHead is the head of every HTTP/1.1 answer with a feed. Its length is
// not told and it is not chunked: as with a camera, the connection's end is
// the feed's.
var responseHead = func() []byte {
	b := []byte("HTTP/1.1 200 OK\r\nConnection: close\r\n")
	for name, values := range feedHeader {
		b = append(b, name+": "+values[0]+"\r\n"...)
	}
	return append(b, "\r\n"...)
}()

// write sends the pieces in one vectored write where the system has it. It
// fails when the viewer took no byte for writeTimeout. A write that times out
// tells how many bytes went, but not when, so a long wait is cut into steps.
func (v *viewer) write(pieces ...[]byte) error {
	v.buffers = pieces
	for now, taken := time.Now(), time.Now(); ; now = time.Now() {
		if v.deadline.Sub(now) < writeStep {
			v.deadline = now.Add(writeStep + time.Second) // set about once a second
			if err := v.conn.SetWriteDeadline(v.deadline); err != nil {
				return err
			}
		}
		n, err := v.buffers.WriteTo(v.conn)
		switch {
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case n > 0:
			taken = time.Now()
		case time.Since(taken) >= writeTimeout:
			discard(v.conn)
			return err
		}
	}
}

// discard makes the kernel forget what the client of a TCP connection has not
// taken, which it would else keep trying to send after the close.
func discard(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0) // the connection is as good as gone
	}
}

// limitUnsent bounds what waits in the kernel for a slow viewer, to about one
// picture beyond the one being sent: a kernel would take 4 MB of them, and the
// viewer would see what was seconds ago.
func (v *viewer) limitUnsent(picture int) {
	want := min(max(picture, 16<<10), 256<<10)
	if want > v.unsent || want < v.unsent/2 {
		v.unsent = want
		setUnsentLimit(v.conn, want)
	}
}

// awaitClose returns when the client closes its end, or sends more than any
// client has reason to, and ends the viewer.
func (v *viewer) awaitClose(r *bufio.Reader) {
	defer v.reader.Close()
	v.conn.SetReadDeadline(time.Time{})
	io.CopyN(io.Discard, r, maxChatter) // any end is the end
}
