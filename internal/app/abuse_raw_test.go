package app

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// What comes of a request whose end one may not agree on.
const (
	refused = "refused" // an error, and the connection ends
	closed  = "closed"  // one answer, and the connection ends
	kept    = "kept"    // it means one thing only: the next request is answered
)

// smuggled stands behind requests where a careless server finds another one.
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"

// shapes are the known shapes of request smuggling. "HEAD" stands for a request
// line and a Host; {} is a body that the route takes.
var shapes = []struct{ name, text, want string }{
	{"Content-Length and chunks", "HEAD\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, closed},
	{"chunks and Content-Length", "HEAD\r\nTransfer-Encoding: chunked\r\nContent-Length: 80\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, closed},
	{"chunks", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, closed},
	{"chunks in capitals", "HEAD\r\nTransfer-Encoding: CHUNKED\r\nContent-Length: 4\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, closed},
	{"folded chunks", "HEAD\r\nContent-Length: 4\r\nTransfer-Encoding:\r\n chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, closed},
	{"chunk extension", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n2;a=\"b\"\r\n{}\r\n0;c\r\n\r\n" + smuggled, closed},
	{"trailers", "HEAD\r\nTransfer-Encoding: chunked\r\nTrailer: Host\r\n\r\n2\r\n{}\r\n0\r\nHost: evil\r\nContent-Length: 9\r\n\r\n" + smuggled, closed},
	{"chunk that ends in LF", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n2;x\n{}\r\n0\r\n\r\n" + smuggled, refused},
	{"chunk size with 0x", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n" + smuggled, refused},
	{"chunk size with a sign", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n" + smuggled, refused},
	{"chunk size of 17 digits", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000002\r\n{}\r\n0\r\n\r\n" + smuggled, refused},
	{"chunk longer than its size", "HEAD\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n" + smuggled, refused},
	{"two lengths", "HEAD\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + smuggled, refused},
	{"list of lengths", "HEAD\r\nContent-Length: 2, 2\r\n\r\n{}" + smuggled, refused},
	{"length with a sign", "HEAD\r\nContent-Length: +2\r\n\r\n{}" + smuggled, refused},
	{"length in hexadecimal", "HEAD\r\nContent-Length: 0x2\r\n\r\n{}" + smuggled, refused},
	{"negative length", "HEAD\r\nContent-Length: -2\r\n\r\n{}" + smuggled, refused},
	{"length past 64 bits", "HEAD\r\nContent-Length: 18446744073709551618\r\n\r\n{}" + smuggled, refused},
	{"space before the colon", "HEAD\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled, refused},
	{"line that begins with a space", "POST /api/v1/cameras HTTP/1.1\r\n Content-Length: 2\r\nHost: localhost\r\n\r\n{}" + smuggled, refused},
	{"xchunked", "HEAD\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled, refused},
	{"identity", "HEAD\r\nContent-Length: 2\r\nTransfer-Encoding: identity\r\n\r\n{}" + smuggled, refused},
	{"chunked twice", "HEAD\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + smuggled, refused},
	{"chunked in two lines", "HEAD\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + smuggled, refused},
	{"vertical tab", "HEAD\r\nContent-Length: 2\r\nTransfer-Encoding: \x0bchunked\r\n\r\n{}" + smuggled, refused},
	{"bare CR", "HEAD\r\nX: y\rContent-Length: 40\r\n\r\n" + smuggled, refused},
	{"NUL", "HEAD\r\nX: y\x00\r\nContent-Length: 2\r\n\r\n{}" + smuggled, refused},
	{"no name", "HEAD\r\n: y\r\nContent-Length: 2\r\n\r\n{}" + smuggled, refused},
	{"two hosts", "HEAD\r\nHost: evil\r\nContent-Length: 2\r\n\r\n{}" + smuggled, refused},
	{"no host", "GET / HTTP/1.1\r\n\r\n" + smuggled, refused},
	{"version of its own", "GET / HTTP/1.11\r\nHost: localhost\r\n\r\n" + smuggled, refused},
	{"HTTP/0.9", "GET /\r\n\r\n" + smuggled, refused},
	{"space in the target", "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n" + smuggled, refused},
	// RFC 9112, sections 2.2 and 5.2: these may be taken, and have one meaning.
	{"bare LF", "HEAD\nContent-Length: 2\n\n{}", kept},
	{"folded line", "HEAD\r\nX: y\r\n Content-Length: 40\r\nContent-Length: 2\r\n\r\n{}", kept},
	{"the same length twice", "HEAD\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", kept},
	{"body of a GET", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 43\r\n\r\n" + smuggled, kept},
}

// TestSmuggling sends every shape byte for byte: the hub never finds a second
// request where another program might find none.
func TestSmuggling(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	for _, tt := range shapes {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(tt.text, "HEAD", "POST /api/v1/cameras HTTP/1.1\r\nHost: localhost", 1)
			if tt.want == kept {
				text += "GET /healthz?next HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
			}
			statuses := h.raw(t, text)
			switch {
			case tt.want == kept && (len(statuses) != 2 || statuses[1] != http.StatusOK),
				tt.want == closed && len(statuses) != 1,
				tt.want == refused && (len(statuses) != 1 || statuses[0] < 400),
				statuses[0] == http.StatusInternalServerError:
				t.Errorf("%q: answered with %d, want %s", text, statuses, tt.want)
			}
		})
	}
	if strings.Contains(h.log.String(), "/smuggled") {
		t.Error("a request was smuggled")
	}
}

// raw sends bytes over a connection of their own, and returns the statuses of the
// answers until the hub closes it.
func (h *testHub) raw(t *testing.T, text string) (statuses []int) {
	t.Helper()
	for _, a := range h.exchange(t, text) {
		statuses = append(statuses, a.status)
	}
	return statuses
}

// exchange is raw, and returns the answers.
func (h *testHub) exchange(t *testing.T, text string) (as []answer) {
	t.Helper()
	conn := h.dialFrom(t, "127.0.0.1")
	defer conn.Close()
	_, _ = io.WriteString(conn, text) // the hub may have had enough of it
	for r := bufio.NewReader(conn); ; {
		resp, err := http.ReadResponse(r, nil)
		if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
			t.Fatalf("%.200q: the connection is still open after %d answers", text, len(as))
		}
		if err != nil {
			if len(as) == 0 {
				t.Fatalf("%.200q: no answer: %v", text, err)
			}
			return as
		}
		body, _ := io.ReadAll(resp.Body) // of a known length, and short
		resp.Body.Close()
		as = append(as, answer{resp.StatusCode, resp.Header, body})
	}
}
