package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/certs"
	"camhub/internal/front"
)

// startSecure runs a hub with a certificate of its own, which its client takes.
func startSecure(t *testing.T) *testHub {
	t.Helper()
	h := startHubWith(t, readContract(t, true), Config{Listen: "127.0.0.1:0", DataDir: t.TempDir(), TLS: certs.Config{SelfSigned: true}})
	h.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	return h
}

const moving = `{"id":"a","name":"A","source":{"kind":"emulated","width":640,"height":480,"fps":30}}`

// TestTLS uses a hub over TLS as browsers do: feeds over HTTP/2 and HTTP/1.1, and
// the wall.
func TestTLS(t *testing.T) {
	h := startSecure(t)
	if !strings.HasPrefix(h.url, "https://") {
		t.Fatalf("it is at %s", h.url)
	}
	h.want(201, "POST", "/api/v1/cameras", moving)
	for _, major := range []int{1, 2} {
		t.Run(fmt.Sprint("HTTP/", major), func(t *testing.T) {
			transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: major == 2}
			defer transport.CloseIdleConnections()
			resp, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get(h.url + "/cameras/a/feed")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.ProtoMajor != major || resp.TLS == nil {
				t.Errorf("got %s", resp.Proto)
			}
			countPictures(t, resp.Body, 40)
		})
	}
	t.Run("wall", func(t *testing.T) {
		ws, resp := h.openWall()
		if resp.StatusCode != http.StatusSwitchingProtocols || resp.TLS == nil {
			t.Fatalf("got %s", resp.Status)
		}
		wish := `{"op":"tiles","tiles":[{"tile":1,"camera":"a","width":64,"fps":10}]}`
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(wish)); err != nil {
			t.Fatal(err)
		}
		if b := h.untilWall(ws, "picture"); !bytes.HasSuffix(b, []byte{0xff, 0xd9}) {
			t.Errorf("no whole picture: %d bytes", len(b))
		}
		ws.CloseNow()
	})
}

// countPictures reads n pictures off a feed.
func countPictures(t *testing.T, body io.Reader, n int) {
	t.Helper()
	for lines, pictures := bufio.NewReader(body), 0; pictures < n; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("after %d pictures: %v", pictures, err)
		}
		if strings.HasPrefix(line, "Content-Length: ") {
			pictures++
		}
	}
}

// maxStale is what may be on its way to a viewer who stands still: what the client's
// kernel takes, and the hub's by listen.Conn. Without that limit
// there are megabytes.
const maxStale = 1 << 20

// TestSlowViewersOverTLS has viewers whose link stands still for a while, over both
// versions of HTTP: soon after, they see what is new, since neither the hub nor the
// kernel keeps much.
func TestSlowViewersOverTLS(t *testing.T) {
	h := startSecure(t)
	h.want(201, "POST", "/api/v1/cameras", strings.Replace(moving, `"width":640,"height":480`, `"width":1920,"height":1080`, 1))
	for _, major := range []int{1, 2} {
		t.Run(fmt.Sprint("HTTP/", major), func(t *testing.T) {
			until := time.Now().Add(5 * time.Second) // longer than a step of waiting
			transport := slowTransport(major, until)
			defer transport.CloseIdleConnections()
			resp, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get(h.url + "/cameras/a/feed")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			lines := bufio.NewReaderSize(resp.Body, 4096)
			time.Sleep(time.Until(until))
			stale := 0 // bytes
			for age := time.Hour; age > 2*time.Second; {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatalf("a viewer who stood still for a moment was cut: %v", err)
				}
				stale += len(line)
				var seconds float64
				if _, err := fmt.Sscanf(line, "X-Timestamp: %f", &seconds); err == nil {
					age = time.Since(time.UnixMicro(int64(seconds * 1e6)))
				}
			}
			t.Logf("%d bytes until a new picture", stale)
			if stale > maxStale {
				t.Errorf("%d bytes of old pictures were waiting", stale)
			}
		})
	}
}

// slowTransport has a link that carries a little, then stands still until an instant,
// and is quick from then on.
func slowTransport(major int, until time.Time) *http.Transport {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &slowLink{Conn: c, until: until}, c.(*net.TCPConn).SetReadBuffer(64 << 10)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DialContext: dial, ForceAttemptHTTP2: major == 2}
}

// slowLink is used by one reader, as by a transport.
type slowLink struct {
	net.Conn
	until time.Time
	read  int
}

// Read implements net.Conn.
func (l *slowLink) Read(b []byte) (int, error) {
	if l.read > 32<<10 { // the handshake, and the head of the answer
		time.Sleep(time.Until(l.until))
	}
	n, err := l.Conn.Read(b)
	l.read += n
	return n, err
}

// TestStopUnderStuckViewers stops a hub whose viewers over TLS take nothing.
func TestStopUnderStuckViewers(t *testing.T) {
	h := startSecure(t)
	h.want(201, "POST", "/api/v1/cameras", strings.Replace(moving, `"width":640,"height":480`, `"width":1920,"height":1080`, 1))
	for range 8 {
		c, err := tls.Dial("tcp", strings.TrimPrefix(h.url, "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
	}
	time.Sleep(2 * time.Second) // for the buffers to fill
	began := time.Now()
	h.stop()
	if took := time.Since(began); took > stuckTimeout-time.Second { // it waits for nobody until he is cut
		t.Errorf("stopping took %v", took)
	}
}

// TestPlainHTTPOnTheTLSPort is what a browser does that was given the address
// without its scheme.
func TestPlainHTTPOnTheTLSPort(t *testing.T) {
	h := startSecure(t)
	plain := "http" + strings.TrimPrefix(h.url, "https")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(plain + "/cameras/a?x=1")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("Location"); resp.StatusCode != 308 || got != h.url+"/cameras/a?x=1" {
		t.Errorf("%d to %q", resp.StatusCode, got)
	}
	resp, err = client.Post(plain+"/api/v1/session", "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 400 || !strings.Contains(string(b), "HTTPS") {
		t.Errorf("a password in the clear: %d %s", resp.StatusCode, b)
	}
}

// TestSecureCookies signs in over TLS.
func TestSecureCookies(t *testing.T) {
	h := startSecure(t)
	resp, err := h.client.Post(h.url+"/api/v1/setup", "application/json", strings.NewReader(`{"code":"","name":"ann","password":"a long password"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cookies := resp.Cookies()
	if len(cookies) == 0 || cookies[0].Name != "__Host-camhub" || !cookies[0].Secure {
		t.Errorf("%d: %v", resp.StatusCode, cookies)
	}
}

// TestUnixSocketWithoutUsers is no hub for everybody of the machine.
func TestUnixSocketWithoutUsers(t *testing.T) {
	dir, err := os.MkdirTemp("", "hub") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := dir + "/s"
	h := startHubWith(t, readContract(t, true), Config{Listen: "unix:" + path, DataDir: t.TempDir()})
	if h.url != "unix:"+path {
		t.Errorf("it is at %s", h.url)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get("http://localhost/api/v1/cameras")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 503 {
		t.Errorf("the cameras: %d", resp.StatusCode)
	}
}

// TestProxiesWantAnOwner: behind a proxy, whoever comes from this machine may be
// anybody.
func TestProxiesWantAnOwner(t *testing.T) {
	var proxies front.Trust
	if err := proxies.Set("10.0.0.0/8"); err != nil {
		t.Fatal(err)
	}
	h := startHubWith(t, readContract(t, true), Config{Listen: "127.0.0.1:0", DataDir: t.TempDir(), Proxies: proxies})
	resp, err := h.client.Get(h.url + "/api/v1/cameras")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the cameras: %d", resp.StatusCode)
	}
}

func TestAddressForPeople(t *testing.T) {
	for _, tt := range []struct{ scheme, name, at, want string }{
		{"http", "", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"https", "", "0.0.0.0:443", "https://localhost:443"},
		{"https", "", "[::]:8443", "https://localhost:8443"},
		{"https", "cams.example", "[::]:443", "https://cams.example"},
		{"https", "cams.example", "[::]:8443", "https://cams.example:8443"},
		{"http", "", "[::1]:80", "http://[::1]:80"},
	} {
		if got := address(tt.scheme, tt.name, tcpAddr(tt.at)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.at, got, tt.want)
		}
	}
}
