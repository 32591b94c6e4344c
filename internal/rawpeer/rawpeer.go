// Package rawpeer is a camera for tests that sends whatever a test writes, byte
// for byte, over TCP on the loopback address.
package rawpeer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Multipart is the head of a well-formed answer of Parts.
const Multipart = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=frame\r\n\r\n"

// Peer is what New returns.
type Peer struct {
	URL string // "http://127.0.0.1:port"

	mu       sync.Mutex // guards what follows
	accepted int        // connections
	requests []string   // heads, in order
}

// New starts a peer that calls serve for each connection with what it has read
// of it up to the first blank line, and closes the connection when serve
// returns. Connections are served side by side. It ends with the test.
func New(t testing.TB, serve func(c *Conn, head string)) *Peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Peer{URL: "http://" + l.Addr().String()}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.accepted++
			p.mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(time.Minute))
				conn := &Conn{Conn: c, br: bufio.NewReader(c), peer: p}
				if head := conn.Next(); head != "" {
					serve(conn, head)
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return p
}

// Says starts a peer that answers every connection with text, and returns its
// address.
func Says(t testing.TB, text string) (url string) {
	return New(t, func(c *Conn, _ string) { _, _ = io.WriteString(c, text) }).URL
}

// Connections returns how many were accepted.
func (p *Peer) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Requests returns the heads of all requests so far, in the order of their
// arrival.
func (p *Peer) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// Conn is one connection, from the camera's side.
type Conn struct {
	net.Conn
	br   *bufio.Reader
	peer *Peer
}

// Next waits for the next request and returns its head, byte for byte and with
// its blank line, or "" when none comes.
func (c *Conn) Next() (head string) {
	var text strings.Builder
	for {
		line, err := c.br.ReadString('\n')
		if err != nil {
			return ""
		}
		if text.WriteString(line); line == "\r\n" {
			break
		}
	}
	c.peer.mu.Lock()
	defer c.peer.mu.Unlock()
	c.peer.requests = append(c.peer.requests, text.String())
	return text.String()
}

// Say writes text, as fmt.Fprintf does. What goes wrong shows at the client.
func (c *Conn) Say(format string, args ...any) { _, _ = fmt.Fprintf(c, format, args...) }

// Picture returns a file of testdata/jpeg, without its extension.
func Picture(t testing.TB, name string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../testdata/jpeg", name+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Parts is a multipart body of pictures, with the boundary "frame".
func Parts(pics ...string) string {
	var s strings.Builder
	for _, p := range pics {
		fmt.Fprintf(&s, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(p), p)
	}
	return s.String()
}
