package upstream

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"camhub/internal/rawpeer"
)

const (
	challenge = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nContent-Length: 3\r\n"
	plain     = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body
)

// authorized reports whether a request answers a challenge.
func authorized(head string) bool { return strings.Contains(head, "\r\nAuthorization: Digest ") }

// TestConnectionHabits has cameras that each have an opinion of their own about
// what becomes of the connection when they have challenged.
func TestConnectionHabits(t *testing.T) {
	tests := map[string]struct {
		serve       func(c *rawpeer.Conn, head string)
		attempts    int // until it works
		connections int
		quirks      []string
	}{
		"keeps it": {func(c *rawpeer.Conn, head string) {
			for n := 0; head != ""; n++ {
				if n > 0 && authorized(head) {
					c.Say(plain)
					return
				}
				c.Say(challenge + "\r\nwho")
				head = c.Next()
			}
		}, 1, 1, nil},
		"closes it and says so": {func(c *rawpeer.Conn, head string) {
			if authorized(head) {
				c.Say(plain)
				return
			}
			c.Say(challenge + "Connection: close\r\n\r\nwho")
		}, 1, 2, nil},
		"closes it and says nothing": {func(c *rawpeer.Conn, head string) {
			if authorized(head) {
				c.Say(plain)
				return
			}
			c.Say(challenge + "\r\nwho")
		}, 1, 2, nil},
		"is HTTP/1.0": {func(c *rawpeer.Conn, head string) {
			if authorized(head) {
				c.Say(plain)
				return
			}
			c.Say("HTTP/1.0 401 Who\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n\r\nwho")
		}, 1, 2, nil},
		"wants to be told to close": {func(c *rawpeer.Conn, head string) {
			switch {
			case !strings.Contains(head, "\r\nConnection: close\r\n"):
			case authorized(head):
				c.Say(plain)
			default:
				c.Say(challenge + "\r\nwho")
			}
		}, 1, 3, []string{ConnectionClose}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := rawpeer.New(t, test.serve)
			cam := newCamera(t, Options{URL: p.URL, Username: user, Password: password})
			text, tr, err := get(t, cam, Request{})
			if text != body || err != nil {
				t.Errorf("got %q, %v", text, err)
			}
			if p.Connections() != test.connections || tr.Connections != test.connections || !slices.Equal(tr.Quirks, test.quirks) {
				t.Errorf("%d connections, quirks %q", p.Connections(), tr.Quirks)
			}
			if tr.Tolerant {
				t.Error("the tolerant client was used")
			}
		})
	}
}

// TestHangingCameraIsAskedOtherwise has a camera that never answers a second
// request on a connection: the next attempt must not make one.
func TestHangingCameraIsAskedOtherwise(t *testing.T) {
	hangs := make(chan struct{})
	release := make(chan struct{})
	p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		switch {
		case authorized(head):
			c.Say(plain)
		case strings.Contains(head, "\r\nConnection: close\r\n"):
			c.Say(challenge + "\r\nwho")
		default:
			c.Say(challenge + "\r\nwho")
			_ = c.Next()
			close(hangs)
			<-release
		}
	})
	defer close(release)
	cam := newCamera(t, Options{URL: p.URL, Username: user, Password: password})
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() { <-hangs; cancel(io.ErrNoProgress) }() // as the worker does
	c := cam.Client(nil)
	if _, err := c.Get(ctx, Request{}); err != io.ErrNoProgress {
		t.Errorf("the cause is %v", err)
	}
	c.Close()
	if text, err := func() (string, error) { s, _, err := get(t, cam, Request{}); return s, err }(); text != body || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

// TestTraceTells looks at what a probe is shown.
func TestTraceTells(t *testing.T) {
	p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		if strings.HasPrefix(head, "GET / ") {
			c.Say("HTTP/1.1 302 Moved\r\nLocation: /v\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			return
		}
		c.Say("HTTP/1.1 401 Who\r\nServer: cam/1\r\nWWW-Authenticate: Basic realm=\"a b\"\r\n" +
			"WWW-Authenticate: Digest Realm=r, nonce=\"n\", algorithm=SHA-256, qop=\"auth\", stale=true\r\nContent-Length: 2\r\n\r\nno")
	})
	cam := newCamera(t, Options{URL: p.URL})
	text, tr, err := get(t, cam, Request{AnyStatus: true})
	if text != "no" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
	if tr.URL != p.URL+"/v" || tr.Status != http.StatusUnauthorized || tr.Header.Get("Server") != "cam/1" || tr.Requests != 2 || tr.Connections != 2 || tr.Untrusted != "" {
		t.Errorf("%+v", tr)
	}
	want := []Challenge{{Scheme: "Basic", Realm: "a b"}, {Scheme: "Digest", Realm: "r", Algorithm: "SHA-256", QOP: "auth", Stale: true, nonce: "n"}}
	if !slices.Equal(tr.Challenges, want) {
		t.Errorf("challenges %+v", tr.Challenges)
	}
	_, tr, err = get(t, cam, Request{})
	if code(t, err) != "unauthorized" || tr.Status != http.StatusUnauthorized || len(tr.Challenges) != 2 {
		t.Errorf("%v, %+v", err, tr)
	}
}
