package upstream

import (
	"context"
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
	for scheme, want := range map[string]time.Duration{"http": answerTimeout, "https": tlsTimeout} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, far) }()
			cam := newCamera(t, Options{URL: scheme + "://h/?secret"})
			cam.dial = func(context.Context, string, string) (net.Conn, error) { return near, nil }
			start := time.Now()
			_, _, err := get(t, cam, Request{})
			if code(t, err) != "timeout" || time.Since(start) != want {
				t.Errorf("%s: %v after %v", scheme, err, time.Since(start))
			}
			far.Close()
		})
	}
}
