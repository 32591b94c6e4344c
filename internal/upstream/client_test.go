package upstream

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/rawpeer"
)

// TestRequestGoesOutAsTyped looks at the bytes of the request.
func TestRequestGoesOutAsTyped(t *testing.T) {
	for _, target := range []string{
		"/mjpeg?res=full&x1=100%&y1=100%", "/getstream.cgi?10&10&&&10&0", "/cgi-bin/Stream?Video?Acc=U?Pwd=P",
		"/a%zz/../b//c;d", "/?action=stream", "/sch\u00f6n", "/+%20?",
	} {
		p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { c.Say("%s%s", rawpeer.Multipart, body) })
		out, err := fetch(t, Options{URL: p.URL + target, Headers: map[string]string{"x-key": "v"}})
		want := "GET " + target + " HTTP/1.1\r\nHost: " + strings.TrimPrefix(p.URL, "http://") +
			"\r\nUser-Agent: camhub\r\nConnection: close\r\nAccept: */*\r\nX-Key: v\r\n\r\n"
		if got := p.Requests(); out != body || len(got) != 1 || got[0] != want {
			t.Errorf("got %q, %v; asked\n%q, want\n%q", out, err, got, want)
		}
	}
}

// TestSilentCameraTimesOut runs in fake time over a pipe.
func TestSilentCameraTimesOut(t *testing.T) {
	for _, test := range []struct {
		scheme   string
		tolerant bool
		want     time.Duration
	}{{"http", false, answerTimeout}, {"https", false, tlsTimeout}, {"http", true, answerTimeout}, {"https", true, tlsTimeout}} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, far) }()
			cam := newCamera(t, Options{URL: test.scheme + "://h/?secret"})
			if test.tolerant {
				cam.tolerate(MalformedHTTP)
			}
			cam.dial = func(context.Context, string, string) (net.Conn, error) { return near, nil }
			start := time.Now()
			_, _, err := get(t, cam, Request{})
			if code(t, err) != "timeout" || time.Since(start) != test.want {
				t.Errorf("%+v: %v after %v", test, err, time.Since(start))
			}
			far.Close()
		})
	}
}

// TestBodyEndsWithItsContext has a camera that is silent in each phase.
func TestBodyEndsWithItsContext(t *testing.T) {
	for _, tolerant := range []bool{false, true} {
		for _, begin := range []string{"", "HTTP/1.1 200 OK\r\nX", rawpeer.Multipart, rawpeer.Multipart + "--frame\r\n"} {
			arrived := make(chan struct{})
			release := make(chan struct{})
			p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
				c.Say("%s", begin)
				close(arrived)
				<-release
			})
			cam := newCamera(t, Options{URL: p.URL})
			if tolerant {
				cam.tolerate(MalformedHTTP)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			c := cam.Client(nil)
			go func() {
				a, err := c.Get(ctx, Request{})
				if err == nil {
					_, err = io.Copy(io.Discard, a.Body)
					a.Body.Close()
				}
				done <- err
			}()
			<-arrived
			cancel()
			select {
			case err := <-done:
				if err == nil {
					t.Errorf("after %q: no error", begin)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("after %q: no end", begin)
			}
			c.Close()
			close(release)
		}
	}
}

// TestRedirectClosesTheConnection has a camera that keeps its connection when
// it redirects to another port: it must be closed before the next is made, and
// not be used for it.
func TestRedirectClosesTheConnection(t *testing.T) {
	for _, tolerant := range []bool{false, true} {
		other := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { c.Say(plain) })
		p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
			for ; head != ""; head = c.Next() {
				c.Say("HTTP/1.1 302 Moved\r\nLocation: %s/v\r\nContent-Length: 0\r\n\r\n", other.URL)
			}
		})
		cam := newCamera(t, Options{URL: p.URL})
		if tolerant {
			cam.tolerate(MalformedHTTP)
		}
		text, tr, err := get(t, cam, Request{KeepAlive: true})
		if text != body || err != nil || tr.Connections != 2 || len(p.Requests()) != 1 || len(other.Requests()) != 1 {
			t.Errorf("got %q, %v, %+v", text, err, tr)
		}
	}
}

// TestConnectionIsKeptByBoth has cameras that answer in full and keep the
// connection or not: by what they say, and not by whether it is still open.
func TestConnectionIsKeptByBoth(t *testing.T) {
	for head, kept := range map[string]bool{
		"HTTP/1.1 200 OK\r\n":                              true,
		"HTTP/1.1 200 OK\r\nConnection: close\r\n":         false,
		"HTTP/1.0 200 OK\r\n":                              false,
		"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n":    true,
		"HTTP/1.0 200 OK\r\nConnection: Keep-Alive, x\r\n": true,
	} {
		for _, tolerant := range []bool{false, true} {
			p := rawpeer.New(t, func(c *rawpeer.Conn, asked string) {
				for ; asked != ""; asked = c.Next() {
					c.Say("%sContent-Length: 2\r\n\r\nok", head)
				}
			})
			cam := newCamera(t, Options{URL: p.URL})
			if tolerant {
				cam.tolerate(MalformedHTTP)
			}
			c := cam.Client(nil)
			for range 2 {
				a, err := c.Get(t.Context(), Request{KeepAlive: true})
				if err != nil {
					t.Fatal(err)
				}
				if b, err := io.ReadAll(a.Body); string(b) != "ok" || err != nil {
					t.Errorf("%q: got %q, %v", head, b, err)
				}
				a.Body.Close()
			}
			c.Close()
			if got := p.Connections() == 1; got != kept {
				t.Errorf("%q, tolerant %v: %d connections", head, tolerant, p.Connections())
			}
		}
	}
}

// TestNonceIsCounted looks at nc over requests with one nonce (RFC 7616 3.4).
func TestNonceIsCounted(t *testing.T) {
	p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		for ; head != ""; head = c.Next() {
			if authorized(head) {
				c.Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			} else {
				c.Say("HTTP/1.1 401 Who\r\nWWW-Authenticate: Digest realm=r, nonce=n, qop=auth\r\nContent-Length: 0\r\n\r\n")
			}
		}
	})
	c := newCamera(t, Options{URL: p.URL, Username: user, Password: password}).Client(nil)
	defer c.Close()
	for range 3 {
		a, err := c.Get(t.Context(), Request{KeepAlive: true})
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
	}
	for i, head := range p.Requests() {
		if want := fmt.Sprintf("nc=%08x", i); i > 0 && !strings.Contains(head, want) {
			t.Errorf("request %d has no %s: %q", i, want, head)
		}
	}
	if n := len(p.Requests()); n != 4 {
		t.Errorf("%d requests", n)
	}
}
