package live

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"

	"camhub/internal/media"
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
//
// At any time either its own goroutine (run) or a pump sends to it, and has
// what follows to itself. The pump does as long as the kernel takes every
// picture at once; when it does not, the goroutine waits for the client.
type viewer struct {
	conn   *patientConn
	reader *stream.Reader
	parts  *parts
	out    *meter.Meter
	pump   *pump         // nil when the connection can't be written without waiting
	back   chan struct{} // capacity 1: the goroutine has to go on

	buffers net.Buffers // what is still to be sent
	unsent  int         // what the kernel may hold back, as it was set last
	try     *tryWriter  // not nil when pump is not
}

// run sends pictures until the viewer is gone or the stream ends.
func (v *viewer) run() {
	v.buffers = append(net.Buffers{responseHead()}, v.parts.first()...)
	for v.sendQueued() == nil {
		if v.pump != nil {
			v.conn.noDeadline()
			v.pump.release(v)
		}
		<-v.back
	}
}

// ready hears from the stream that there is something to send, or the end.
func (v *viewer) ready() {
	if v.pump != nil {
		v.pump.add(v)
	} else {
		v.goOn()
	}
}

// goOn wakes the viewer's goroutine.
func (v *viewer) goOn() {
	select {
	case v.back <- struct{}{}:
	default:
	}
}

// sendQueued sends what is left of the last picture, and all that is queued. It
// fails when the viewer is gone, or the stream has ended and the viewer knows.
func (v *viewer) sendQueued() error {
	for {
		if err := v.write(); err != nil {
			return err
		}
		p, err := v.reader.TryNext()
		if err != nil {
			v.conn.SetWriteDeadline(time.Now().Add(endTimeout))
			v.conn.Conn.Write(closeFeed) // the viewer is gone if this fails
			return err
		}
		if p == nil {
			return nil
		}
		v.load(p)
	}
}

// load makes p what is to be sent.
func (v *viewer) load(p *media.Packet) {
	want := unsentLimit(len(p.Data))
	if want > v.unsent || want < v.unsent/2 {
		v.unsent = want
		setUnsentLimit(v.conn.Conn, want)
	}
	v.buffers = v.parts.picture(p)
	v.out.Add(p.Arrived, len(p.Data))
}

// responseHead returns the head of an HTTP/1.1 answer with a feed. Its length is
// not told and it is not chunked: as with a camera, the connection's end is
// the feed's.
func responseHead() []byte {
	b := []byte("HTTP/1.1 200 OK\r\nConnection: close\r\n")
	for name, values := range feedHeader {
		b = append(b, name+": "+values[0]+"\r\n"...)
	}
	return append(b, "Date: "+time.Now().UTC().Format(http.TimeFormat)+"\r\n\r\n"...)
}

// write sends what is to be sent and waits for the client to take it.
func (v *viewer) write() error { return v.conn.writeBuffers(&v.buffers) }

// unsentLimit bounds what waits in the kernel for a slow viewer, to about one
// picture beyond the one being sent: a kernel would take 4 MB of them, and the
// viewer would see what was seconds ago.
func unsentLimit(picture int) int { return min(max(picture, 16<<10), 256<<10) }

// awaitClose returns when the client closes its end, or sends more than any
// client has reason to, and ends the viewer.
func (v *viewer) awaitClose(r *bufio.Reader) {
	defer v.reader.Close()
	v.conn.SetReadDeadline(time.Time{})
	io.CopyN(io.Discard, r, maxChatter) // any end is the end
}
