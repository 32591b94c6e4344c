package listen

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// socketPath returns a path that is short enough for a socket.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sock")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func TestUnixSocket(t *testing.T) {
	path := socketPath(t)
	left, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	left.Close() // as a hub that was killed leaves it
	s, err := Open("unix:"+path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v, %v", info, err)
	}
	if s.LoopbackOnly() {
		t.Error("a Unix-domain socket counts as loopback")
	}
	if _, err := Open("unix:"+path, "", nil); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second hub at the same socket: %v", err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 2 { // the one that looked whether somebody is there came first
		accepted, err := s.All[0].Accept()
		if err != nil {
			t.Fatal(err)
		}
		accepted.Close()
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	plain := filepath.Join(t.TempDir(), "file")
	os.WriteFile(plain, []byte("mine"), 0o600)
	if _, err := Open("unix:"+plain, "", nil); err == nil {
		t.Error("a file was taken for a socket")
	}
	if b, _ := os.ReadFile(plain); string(b) != "mine" {
		t.Error("a file was removed")
	}
}

func TestLoopbackOnly(t *testing.T) {
	for at, want := range map[string]bool{"127.0.0.1:0": true, "0.0.0.0:0": false} {
		s, err := Open(at, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.LoopbackOnly() != want {
			t.Errorf("%s: %t", at, !want)
		}
		s.Close()
	}
}

func TestRedirect(t *testing.T) {
	s, err := Open("127.0.0.1:0", "127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	challenge := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/.well-known/acme-challenge/x" {
				io.WriteString(w, "answer")
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	var connections atomic.Int64
	bound := func(srv *http.Server) {
		srv.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		}
	}
	go func() {
		done <- RunRedirect(ctx, s.Redirect, 8443, challenge, bound, slog.New(slog.DiscardHandler))
	}()
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableKeepAlives: true},
	}
	for _, tt := range []struct {
		method, host, path, to string
		status                 int
	}{
		{"GET", "cams.example", "/a?b=c", "https://cams.example:8443/a?b=c", 308},
		{"HEAD", "cams.example:80", "/", "https://cams.example:8443/", 308},
		{"GET", "[2001:db8::1]", "/", "https://[2001:db8::1]:8443/", 308},
		{"GET", "cams.example", "/.well-known/acme-challenge/x", "", 200},
		{"POST", "cams.example", "/api/v1/session", "", 400},
		{"GET", "a@b", "/", "", 400},
	} {
		req, err := http.NewRequest(tt.method, "http://"+s.Redirect.Addr().String()+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = tt.host
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != tt.to || resp.StatusCode != tt.status {
			t.Errorf("%s %s%s: %d to %q", tt.method, tt.host, tt.path, resp.StatusCode, got)
		}
	}
	if n := connections.Load(); n != 6 {
		t.Errorf("%d connections are bounded", n)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it does not stop")
	}
}
