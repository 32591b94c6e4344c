package app

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"camhub/internal/front"
)

// dialFrom connects to the hub from a loopback address.
func (h *testHub) dialFrom(t *testing.T, ip string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: patience}
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

// ended waits until the hub has closed a connection.
func ended(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(patience)) // the one from its opening may be over
	_, err := io.Copy(io.Discard, c)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Error("a connection is still open")
	}
}

// TestIdleConnections opens more connections than the hub holds, and says nothing:
// it keeps as many as it may, goes on with a feed, answers others, and has closed
// them all when the time for a request is over.
func TestIdleConnections(t *testing.T) {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		t.Fatal(err)
	}
	flood := int(min(6000, (r.Cur-500)/2)) // both ends are files of this process
	limit, read := maxConnections, readTimeout
	defer func() { maxConnections, readTimeout = limit, read }()
	maxConnections, readTimeout = func() int { return flood / 2 }, 5*time.Second
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	feed := h.feed("/cameras/a/feed")
	files, goroutines := openFiles(t), runtime.NumGoroutine()

	conns := make([]net.Conn, flood)
	for i := range conns {
		conns[i] = h.dialFrom(t, fmt.Sprintf("127.2.0.%d", 1+i%4))
		defer conns[i].Close()
	}
	own := openFiles(t) - files - flood // what the hub has of them
	t.Logf("%d connections, of which the hub holds %d; %d goroutines more", flood, own, runtime.NumGoroutine()-goroutines)
	if own > flood/2+100 {
		t.Errorf("the hub holds %d connections", own)
	}
	h.want(http.StatusOK, "GET", "/healthz", "")
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"name":"B"}`)
	if _, err := io.ReadFull(feed.Body, make([]byte, 20_000)); err != nil {
		t.Error("the feed ends:", err)
	}
	for _, c := range conns {
		ended(t, c)
		c.Close()
	}
	eventually(t, "all files are closed", func() bool { return openFiles(t) <= files+20 })
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines+20 })
	if n := strings.Count(h.log.String(), "as many connections as may be"); n != 1 {
		t.Errorf("it is logged %d times", n)
	}
}

// TestFloodOfFeeds asks for more feeds than the hub has connections: they are bounded
// as all others are, and whoever comes from elsewhere is answered.
func TestFloodOfFeeds(t *testing.T) {
	limit := maxConnections
	defer func() { maxConnections = limit }()
	maxConnections = func() int { return 20 }
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	served := 0
	for range 50 {
		c := h.dialFrom(t, "127.2.0.1")
		defer c.Close()
		_, _ = io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if n, _ := io.ReadFull(c, make([]byte, 1000)); n == 1000 {
			served++
		}
	}
	if served > 20 {
		t.Errorf("%d feeds are served", served)
	}
	c := h.dialFrom(t, "127.2.0.2")
	defer c.Close()
	_, _ = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	if answer, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
		t.Errorf("somebody else gets %.100q, %v", answer, err)
	}
}

// TestFloodOfFeedsThroughAProxy has one client of a proxy ask for more feeds than the hub
// has connections: it pays itself, and the feed of another goes on.
func TestFloodOfFeedsThroughAProxy(t *testing.T) {
	limit := maxConnections
	defer func() { maxConnections = limit }()
	maxConnections = func() int { return 20 }
	var proxies front.Trust
	if err := proxies.Set("127.2.0.0/16"); err != nil {
		t.Fatal(err)
	}
	h := startHubWith(t, readContract(t, true), Config{Listen: "127.0.0.1:0", DataDir: t.TempDir(), Proxies: proxies, InsecureNoAuth: true})
	h.addLive("a")
	feed := func(client string) (c net.Conn, served bool) {
		c = h.dialFrom(t, "127.2.0.1")
		t.Cleanup(func() { c.Close() })
		_, _ = io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: "+client+"\r\n\r\n")
		n, _ := io.ReadFull(c, make([]byte, 1000))
		return c, n == 1000
	}
	quiet, ok := feed("10.0.0.2")
	if !ok {
		t.Fatal("the first feed is not served")
	}
	for range 50 {
		feed("10.0.0.1")
	}
	if _, ok := feed("10.0.0.3"); !ok {
		t.Error("a newcomer gets no feed")
	}
	if _, err := io.ReadFull(quiet, make([]byte, 20_000)); err != nil {
		t.Error("the feed of another client ends:", err)
	}
}

// openFiles returns how many files this process has open.
func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc:", err)
	}
	return len(list)
}

// TestSlowRequests sends heads and bodies a byte at a time: every connection ends
// when the time for a request is over, and others are served meanwhile.
func TestSlowRequests(t *testing.T) {
	impatient(t)
	h := startHub(t, readContract(t, true), t.TempDir())
	h.add("a")
	var wg sync.WaitGroup
	for _, start := range []string{
		"", "G", "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", "GET / HTTP/1.1\r\nHost: localhost\r\n",
		"POST /api/v1/cameras HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{",
		"POST /api/v1/cameras HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST /nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
		"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n",
		"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nX: ",
		http2.ClientPreface[:10], http2.ClientPreface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00" + "\x00\x40\x00\x01\x00\x00\x00\x00\x01",
	} {
		wg.Go(func() {
			c := h.dialFrom(t, "127.0.0.1")
			defer c.Close()
			_, err := io.WriteString(c, start)
			for end := time.Now().Add(patience); err == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				_, err = io.WriteString(c, "1")
			}
			if err == nil {
				t.Errorf("%.60q: the connection is still open", start)
			}
		})
	}
	h.want(http.StatusOK, "GET", "/healthz", "")
	wg.Wait()
	h.want(http.StatusOK, "GET", "/healthz", "")
	if len(h.ids()) != 1 {
		t.Error("something is stored")
	}
}

// TestHTTP2Floods resets requests as fast as they are made, and sends settings and
// pings without reading the answers: the hub ends such connections or bears them,
// keeps nothing, and serves others.
func TestHTTP2Floods(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	goroutines := runtime.NumGoroutine()
	var head strings.Builder
	enc := hpack.NewEncoder(&head)
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "localhost"}, {":path", "/cameras/a/feed"}} {
		_ = enc.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // to memory
	}
	bomb := strings.Repeat("\xbe", 10_000) // entries of the table that was just filled
	floods := map[string]func(f *http2.Framer, n uint32) error{
		"resets": func(f *http2.Framer, n uint32) error {
			if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*n + 1, BlockFragment: []byte(head.String()), EndHeaders: true, EndStream: true}); err != nil {
				return err
			}
			return f.WriteRSTStream(2*n+1, http2.ErrCodeCancel)
		},
		"requests": func(f *http2.Framer, n uint32) error {
			return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*n + 1, BlockFragment: []byte(head.String()), EndHeaders: true, EndStream: true})
		},
		"settings":      func(f *http2.Framer, _ uint32) error { return f.WriteSettings() },
		"pings":         func(f *http2.Framer, n uint32) error { return f.WritePing(false, [8]byte{byte(n)}) },
		"continuations": func(f *http2.Framer, n uint32) error { return continuation(f, n) },
		"hpack bomb": func(f *http2.Framer, n uint32) error {
			return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*n + 1, BlockFragment: []byte("\x40\x01x\x7f\x81\x1e" + strings.Repeat("y", 4000) + bomb), EndHeaders: true})
		},
	}
	for name, send := range floods {
		t.Run(name, func(t *testing.T) {
			c := h.dialFrom(t, "127.0.0.1")
			defer c.Close()
			_, err := io.WriteString(c, http2.ClientPreface)
			f := http2.NewFramer(c, nil)
			if err == nil {
				err = f.WriteSettings()
			}
			_ = c.SetWriteDeadline(time.Now().Add(3 * time.Second)) // the hub may stop to read
			for n := uint32(0); n < 20_000 && err == nil; n++ {
				err = send(f, n)
			}
			h.want(http.StatusOK, "GET", "/healthz", "")
		})
	}
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines+20 })
	h.want(http.StatusOK, "GET", "/healthz", "")
}

// continuation sends the head of one request without an end.
func continuation(f *http2.Framer, n uint32) error {
	if n == 0 {
		return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}})
	}
	return f.WriteContinuation(1, false, []byte(strings.Repeat("\x82", 1000)))
}
