package connlimit

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const patience = time.Minute

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a web server with a limiter. "/hold" is answered when the test ends.
type server struct {
	*httptest.Server
	t       *testing.T
	limiter *Limiter
	stop    func()
	log     bytes.Buffer // to be read after stop
}

func serve(t *testing.T, max int, secure bool) *server {
	s := &server{t: t}
	s.limiter = New(max, slog.New(slog.NewTextHandler(&s.log, nil)))
	release := make(chan struct{})
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hold":
			if at := r.Header.Get("X-At"); at != "" {
				Claim(r.Context(), at, r.Header.Get("X-Who"))
			}
			_ = http.NewResponseController(w).Flush()
			<-release
		case "/take":
			s.take(w)
		}
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.limiter.Bind(s.Config) // the test server calls its ConnState too
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	s.stop = sync.OnceFunc(func() { close(release); s.Close() })
	t.Cleanup(s.stop)
	return s
}

// take has the connection to itself, until the client sends something or is gone.
func (s *server) take(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.t.Error(err)
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	_, _ = buffered.ReadByte()
}

// dial connects from a loopback address, and returns when the server knows of it.
func (s *server) dial(from string) *caller {
	s.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	conn, err := d.DialContext(s.t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	c := &caller{conn, bufio.NewReader(conn)}
	s.until("the server knows the connection", func() bool { return s.knows(c) || c.closed() })
	return c
}

func (s *server) knows(c *caller) bool {
	s.limiter.mu.Lock()
	defer s.limiter.mu.Unlock()
	for conn := range s.limiter.conns {
		if conn.RemoteAddr().String() == c.LocalAddr().String() {
			return true
		}
	}
	return false
}

func (s *server) until(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("it does not happen that %s", what)
		}
	}
}

type caller struct {
	net.Conn
	r *bufio.Reader
}

// get asks for a path and returns the status, or "" when the connection ends.
func (c *caller) get(path string, header ...string) string {
	_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n"+strings.Join(append(header, "\r\n"), "\r\n"))
	line, _ := c.r.ReadString('\n')
	for rest := line; rest != "" && rest != "\r\n"; {
		rest, _ = c.r.ReadString('\n')
	}
	_, status, _ := strings.Cut(strings.TrimSpace(line), " ")
	return status
}

// closed reports whether the server has closed the connection, without waiting.
func (c *caller) closed() bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	defer c.SetReadDeadline(time.Now().Add(patience))
	_, err := c.r.Peek(1)
	ne, ok := err.(net.Error)
	return err != nil && !(ok && ne.Timeout())
}

func TestWhoWaitsLongestGoes(t *testing.T) {
	s := serve(t, 3, false)
	a, b, c := s.dial("127.0.0.2"), s.dial("127.0.0.2"), s.dial("127.0.0.2")
	if a.get("/") != "200 OK" { // now b waits longest
		t.Fatal("a gets no answer")
	}
	s.until("a waits again", func() bool { return s.waiting(a) })
	d := s.dial("127.0.0.2")
	s.until("b is closed", b.closed)
	for i, c := range []*caller{a, c, d} {
		if got := c.get("/"); got != "200 OK" {
			t.Errorf("client %d gets %q", i, got)
		}
	}
	if n := s.limiter.Len(); n != 3 {
		t.Errorf("%d connections", n)
	}
}

// waiting reports whether a connection is the one that waits since the shortest
// time.
func (s *server) waiting(c *caller) bool {
	s.limiter.mu.Lock()
	defer s.limiter.mu.Unlock()
	for _, p := range s.limiter.peers {
		if last := p.waiting.Back(); last != nil {
			return last.Value.(*entry).conn.RemoteAddr().String() == c.LocalAddr().String()
		}
	}
	return false
}

// TestFloodPaysFirst floods from one address: a client of another keeps its
// connection, though it has waited longest, and a third gets in.
func TestFloodPaysFirst(t *testing.T) {
	s := serve(t, 10, false)
	quiet := s.dial("127.0.0.2")
	for range 100 {
		s.dial("127.0.0.3")
	}
	for i, c := range []*caller{quiet, s.dial("127.0.0.4")} {
		if got := c.get("/"); got != "200 OK" {
			t.Errorf("client %d gets %q", i, got)
		}
	}
}

// TestBusyConnections fills the server with requests that go on: the peer that
// has them all can have no more, but others get in at its cost.
func TestBusyConnections(t *testing.T) {
	s := serve(t, 4, false)
	var busy []*caller
	for range 4 {
		c := s.dial("127.0.0.2")
		if got := c.get("/hold"); got != "200 OK" {
			t.Fatal(got)
		}
		busy = append(busy, c)
	}
	if c := s.dial("127.0.0.2"); c.get("/") != "" {
		t.Error("a fifth gets in")
	}
	if got := s.dial("127.0.0.3").get("/"); got != "200 OK" {
		t.Errorf("another peer gets %q", got)
	}
	for i, c := range busy {
		if got := c.closed(); got != (i == 3) {
			t.Errorf("busy connection %d is closed: %v", i, got)
		}
	}
	s.stop()
	if n := strings.Count(s.log.String(), "closing some"); n != 1 {
		t.Errorf("logged %d times: %s", n, &s.log)
	}
}

// TestClientsOfOneProxy has one client fill the server through a proxy, or with one session
// of many at one address: others get in at its cost, and it does not at theirs.
func TestClientsOfOneProxy(t *testing.T) {
	for name, tt := range map[string]struct{ greedy, other, third string }{
		"addresses": {"X-At: 10.0.0.1:0", "X-At: 10.0.0.2:0", "X-At: [2001:db8::1]:0"},
		"sessions":  {"X-At: 127.0.0.2:9\r\nX-Who: s1", "X-At: 127.0.0.2:9\r\nX-Who: s2", "X-At: 127.0.0.2:9"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, 6, false)
			hold := func(header string) *caller {
				t.Helper()
				c := s.dial("127.0.0.2") // the proxy
				if got := c.get("/hold", header); got != "200 OK" {
					t.Fatal(got)
				}
				return c
			}
			first := hold(tt.other)
			var feeds []*caller
			for range 5 {
				feeds = append(feeds, hold(tt.greedy))
			}
			others := []*caller{first, hold(tt.other), hold(tt.third)}
			for i, c := range feeds {
				if got := c.closed(); got != (i >= 3) {
					t.Errorf("feed %d of the greedy one is closed: %v", i, got)
				}
			}
			for range 5 {
				s.dial("127.0.0.2").get("/hold", tt.greedy)
			}
			for i, c := range others {
				if c.closed() {
					t.Errorf("connection %d of the others is closed", i)
				}
			}
		})
	}
}

// TestManySessionsAreNoMore has a network sign in often: it does not get the better of one
// that has fewer connections.
func TestManySessionsAreNoMore(t *testing.T) {
	s := serve(t, 6, false)
	hold := func(from, who string) *caller {
		c := s.dial(from)
		if got := c.get("/hold", "X-At: "+from+":0", "X-Who: "+who); got != "200 OK" {
			t.Fatal(got)
		}
		return c
	}
	quiet := []*caller{hold("127.0.0.2", "ann"), hold("127.0.0.2", "ann")}
	for i := range 4 {
		hold("127.0.0.3", string(rune('a'+i)))
	}
	hold("127.0.0.4", "bob")
	for i, c := range quiet {
		if c.closed() {
			t.Errorf("connection %d of the one with fewer is closed", i)
		}
	}
}

// TestConnectionsThatWereTakenOver counts those that are none of the server's any more,
// as the feeds of cameras are: for as long as their handlers run.
func TestConnectionsThatWereTakenOver(t *testing.T) {
	s := serve(t, 4, false)
	var feeds []*caller
	for range 4 {
		c := s.dial("127.0.0.2")
		if got := c.get("/take"); got != "200 OK" {
			t.Fatal(got)
		}
		feeds = append(feeds, c)
	}
	if c := s.dial("127.0.0.2"); c.get("/take") != "" {
		t.Error("a fifth gets in")
	}
	if got := s.dial("127.0.0.3").get("/"); got != "200 OK" {
		t.Errorf("another peer gets %q", got)
	}
	s.until("the newest is closed", feeds[3].closed)
	for _, c := range feeds {
		c.Close()
	}
	s.until("they are forgotten", func() bool { return s.limiter.Len() == 1 })
}

// TestClosedBelowTLS shows that a client which takes nothing does not hold up the
// next one by the farewell of TLS.
func TestClosedBelowTLS(t *testing.T) {
	s := serve(t, 1, true)
	silent := s.dial("127.0.0.2")
	conn, err := tls.Dial("tcp", s.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) // a test's own certificate
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := &caller{conn, bufio.NewReader(conn)}
	if got := c.get("/"); got != "200 OK" {
		t.Errorf("got %q", got)
	}
	s.until("the silent one is closed", silent.closed)
}

// TestNothingIsKept opens and closes many connections, in all states.
func TestNothingIsKept(t *testing.T) {
	s := serve(t, 8, false)
	for i := range 100 {
		c := s.dial([]string{"127.0.0.2", "127.0.0.3"}[i%2])
		if i%3 != 0 {
			c.get("/")
		}
		if i%5 != 0 {
			c.Close()
		}
	}
	s.CloseClientConnections()
	s.until("all are forgotten", func() bool {
		s.limiter.mu.Lock()
		defer s.limiter.mu.Unlock()
		return len(s.limiter.conns)+len(s.limiter.peers)+len(s.limiter.totals) == 0
	})
}

func TestMaxLeavesFilesForOthers(t *testing.T) {
	for files, want := range map[int]int{0: 1, 1: 1, 64: 32, 256: 128, 1024: 512, 2048: 1536, 20000: 4096, manyFiles: 4096} {
		if got := maxOf(files); got != want {
			t.Errorf("of %d files: %d, want %d", files, got, want)
		}
	}
	if n := Max(); n < 1 || n > most {
		t.Errorf("this process may hold %d", n)
	}
}

// address is what a connection without one has.
type address string

func (address) Network() string  { return "test" }
func (a address) String() string { return string(a) }

func TestNetworks(t *testing.T) {
	for remote, want := range map[address]string{
		"10.0.0.5:1": "10.0.0.5/32", "[::ffff:10.0.0.5]:1": "10.0.0.5/32", "[2001:db8:1:2:3::4]:1": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:1": "fe80::/64", "@": "invalid Prefix",
	} {
		if got := networkOf(remote).String(); got != want {
			t.Errorf("%s is %s, want %s", remote, got, want)
		}
	}
	if networkOf(nil).IsValid() {
		t.Error("no address is one")
	}
}
