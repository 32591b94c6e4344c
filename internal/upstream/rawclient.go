package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"camhub/internal/jpegstream"
)

// rawClient asks as net/http does, and takes answers that net/http refuses or
// cuts: see readHead, chunkReader and frame for what.
type rawClient struct {
	line  *line
	quirk func(string)
	named bool // some quirk has a name of its own
	kept  *rawConn
}

// rawConn is a connection on which requests can be made.
type rawConn struct {
	net.Conn
	br     *bufio.Reader
	origin string
}

// maxInterim bounds the answers of status 1xx before one that counts.
const maxInterim = 5

// do makes one request and returns when the head of the answer is there.
// anyLength says not to believe in its Content-Length.
func (r *rawClient) do(ctx context.Context, at address, head http.Header, keep, anyLength bool) (*Answer, error) {
	conn := r.kept
	r.kept = nil
	reused := conn != nil && conn.origin == at.origin()
	if !reused {
		var err error
		if conn, err = r.open(ctx, at); err != nil {
			return nil, err
		}
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	h, err := r.roundTrip(conn, at, head, keep)
	if err != nil {
		stop()
		conn.Close()
		if reused && isDropped(err) && h.size == 0 && ctx.Err() == nil { // it was idle for too long
			return r.do(ctx, at, head, keep, anyLength)
		}
		return nil, err
	}
	body := r.frame(h, conn, anyLength)
	body.stop = stop
	if !keep || !h.keeps() {
		body.clean = nil
	}
	return &Answer{Status: h.status, Header: h.header, Body: body, HeadBytes: h.size}, nil
}

// open makes a connection to an address.
func (r *rawClient) open(ctx context.Context, at address) (*rawConn, error) {
	dial := r.line.dial
	if at.scheme == "https" {
		dial = r.line.dialTLS
	}
	conn, err := dial(ctx, "tcp", at.dialAddress())
	if err != nil {
		return nil, err
	}
	return &rawConn{Conn: conn, br: bufio.NewReaderSize(conn, maxLine), origin: at.origin()}, nil
}

// roundTrip sends a request and reads the head of the answer.
func (r *rawClient) roundTrip(conn *rawConn, at address, head http.Header, keep bool) (rawHead, error) {
	if err := conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return rawHead{}, err
	}
	if _, err := io.WriteString(conn, requestText(at, head, keep)); err != nil {
		return rawHead{}, err
	}
	quirk := func(name string) {
		r.named = true
		r.quirk(name)
	}
	for range maxInterim {
		h, err := readHead(conn.br, quirk)
		if err != nil {
			return h, err
		}
		if h.status >= 200 {
			return h, conn.SetDeadline(time.Time{})
		}
	}
	return rawHead{}, errNotHTTP
}

// requestText is what is sent: the same as net/http would.
func requestText(at address, head http.Header, keep bool) string {
	var s strings.Builder
	line := func(name, value string) { s.WriteString(name + ": " + value + "\r\n") }
	s.WriteString("GET " + at.requestURI() + " HTTP/1.1\r\n")
	line("Host", at.host)
	line("User-Agent", head.Get("User-Agent"))
	if !keep {
		line("Connection", "close")
	}
	for _, name := range slices.Sorted(maps.Keys(head)) {
		for _, value := range head[name] {
			if name != "User-Agent" {
				line(name, value)
			}
		}
	}
	s.WriteString("\r\n")
	return s.String()
}

// keeps reports whether the camera keeps the connection.
func (h *rawHead) keeps() bool {
	connection := strings.ToLower(h.header.Get("Connection"))
	return !strings.Contains(connection, "close") && (h.persistent || strings.Contains(connection, "keep-alive"))
}

// frame finds where the body of an answer ends: a stream ends with the
// connection whatever its Content-Length is, and so does what has none that
// is a number.
func (r *rawClient) frame(h rawHead, conn *rawConn, anyLength bool) *rawBody {
	b := &rawBody{r: conn.br, conn: conn, keep: func() { r.kept = conn }}
	_, multipart := jpegstream.Boundary(h.header.Get("Content-Type"))
	length, err := strconv.ParseUint(h.header.Get("Content-Length"), 10, 63)
	switch {
	case h.status == http.StatusNoContent, h.status == http.StatusNotModified:
		b.r, b.clean = http.NoBody, func() bool { return true }
	case strings.Contains(strings.ToLower(h.header.Get("Transfer-Encoding")), "chunked"):
		chunks := &chunkReader{br: conn.br, quirk: r.quirk}
		b.r, b.clean = chunks, chunks.clean
	case h.header["Content-Length"] == nil, anyLength, multipart && h.status == http.StatusOK:
	case err != nil, hasOther(h.header["Content-Length"]):
		r.named = true
		r.quirk(jpegstream.MalformedLength)
	default:
		limited := &io.LimitedReader{R: conn.br, N: int64(length)}
		b.r, b.clean, b.limited = limited, func() bool { return limited.N == 0 }, limited
	}
	return b
}

// hasOther reports whether not all the values are the same.
func hasOther(values []string) bool { return len(slices.Compact(slices.Clone(values))) > 1 }

// rawBody is a body that the tolerant client reads.
type rawBody struct {
	r       io.Reader
	conn    *rawConn
	limited *io.LimitedReader // if there is a length
	clean   func() bool       // whether another answer may follow; nil: none can
	keep    func()
	stop    func() bool
	closed  bool
}

// Read implements io.Reader.
func (b *rawBody) Read(p []byte) (int, error) {
	if b.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) && b.limited != nil && b.limited.N > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Close implements io.Closer. The connection is kept for another request if
// the body was read to its end, and that is not the end of the connection.
func (b *rawBody) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	if b.stop() && b.clean != nil && b.clean() {
		b.keep()
		return nil
	}
	return b.conn.Close()
}
