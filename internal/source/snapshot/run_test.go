package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/rawpeer"
	"camhub/internal/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// jpeg is an answer with one picture.
func jpeg(pic, fields string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n%s\r\n%s", len(pic), fields, pic)
}

// script is what a camera says, one text for each request.
type script struct {
	mu    sync.Mutex // guards texts
	texts []string
}

// next returns the next text, or false when there is nothing more to say.
func (s *script) next() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.texts) == 0 {
		return "", false
	}
	text := s.texts[0]
	s.texts = s.texts[1:]
	return text, true
}

// answers starts a camera that keeps its connections and answers the requests
// in turn.
func answers(t *testing.T, texts ...string) *rawpeer.Peer {
	s := &script{texts: texts}
	return rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		for ; head != ""; head = c.Next() {
			text, ok := s.next()
			if !ok {
				return
			}
			_, _ = io.WriteString(c, text)
		}
	})
}

// TestPolls looks at what counts as a new picture, and that all of it goes
// over one connection.
func TestPolls(t *testing.T) {
	a, b, c := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422"), rawpeer.Picture(t, "gray")
	p := answers(t, jpeg(a, ""), jpeg(a, ""), jpeg(b, "ETag: \"1\"\r\n"), "HTTP/1.1 304 Same\r\n\r\n", jpeg(b, ""), jpeg(a, ""), jpeg(c, ""))
	out, _ := sourcetest.Run(t, Kind, 4, map[string]any{"url": p.URL + "/shot.jpg", "interval": "50ms"})
	if !slices.Equal(out.Pictures(), []string{a, b, a, c}) || len(out.OwnQuirks()) > 0 {
		t.Errorf("%d pictures, quirks %q", len(out.Pictures()), out.Quirks)
	}
	asked := p.Requests()
	if p.Connections() != 1 || len(asked) != 7 {
		t.Errorf("%d requests on %d connections", len(asked), p.Connections())
	}
	for i, head := range asked {
		if got := strings.Contains(head, "\r\nIf-None-Match: \"1\"\r\n"); got != (i == 3 || i == 4) {
			t.Errorf("request %d: %q", i, head)
		}
		if strings.Contains(head, "Connection: close") {
			t.Errorf("request %d: %q", i, head)
		}
	}
}

func TestDefects(t *testing.T) {
	a, b := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422")
	short := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", len(a)-100)
	const endless = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"
	tests := map[string]struct {
		answers []string // one for each connection; "+" keeps it open
		want    []string
		quirks  []string
	}{
		"a stream":              {[]string{rawpeer.Multipart + rawpeer.Parts(a, a, b)}, []string{a, a, b}, []string{"stream-not-snapshot"}},
		"bare pictures":         {[]string{endless + a + b}, []string{a, b}, []string{"missing-delimiter", "stream-not-snapshot"}},
		"multipart of one":      {[]string{rawpeer.Multipart + rawpeer.Parts(a), rawpeer.Multipart + rawpeer.Parts(b)}, []string{a, b}, []string{"stream-not-snapshot"}},
		"no length":             {[]string{endless + a, endless + b}, []string{a, b}, nil},
		"no end":                {[]string{endless + a + "+", endless + b + "+"}, []string{a, b}, nil},
		"length too large":      {[]string{strings.Replace(jpeg(a, ""), "Length: ", "Length: 1", 1) + "+", endless + b}, []string{a, b}, nil},
		"length too small":      {[]string{short + a, short + a, short + b}, []string{a, b}, []string{"truncated-picture", "wrong-answer-length"}},
		"length 0":              {[]string{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + a, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + a, endless + b}, []string{a, b}, []string{"wrong-answer-length"}},
		"cut now and then":      {[]string{endless + a[:1000], endless + a, endless + b[:1000], endless + b}, []string{a, b}, []string{"truncated-picture"}},
		"bad for long":          {[]string{endless, endless, endless, endless, endless + a, endless, endless, endless, endless, endless + b}, []string{a, b}, nil},
		"empty now and then":    {[]string{endless, endless + a, endless, endless, endless + b}, []string{a, b}, nil},
		"no status line":        {[]string{a, a, b}, []string{a, b}, []string{"missing-status-line"}},
		"ICY":                   {[]string{"x y\r\n", "ICY 200 OK\r\n\r\n" + a, "ICY 200 OK\r\n\r\n" + b}, []string{a, b}, []string{"malformed-status-line"}},
		"one wrong validator":   {[]string{jpeg(a, "ETag: \"1\"\r\n"), jpeg(b, "ETag: \"1\"\r\n"), jpeg(a, "")}, []string{a, b, a}, []string{"wrong-validator"}},
		"closes the connection": {[]string{jpeg(a, ""), jpeg(b, "")}, []string{a, b}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			s := &script{texts: test.answers}
			p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
				text, _ := s.next()
				text, open := strings.CutSuffix(text, "+")
				_, _ = io.WriteString(c, text)
				if open {
					<-release
				}
			})
			defer close(release)
			out, err := sourcetest.Run(t, Kind, len(test.want), map[string]any{"url": p.URL, "interval": "50ms"})
			if !slices.Equal(out.Pictures(), test.want) || !slices.Equal(out.OwnQuirks(), test.quirks) {
				t.Errorf("%d pictures, quirks %q, want %q; %v", len(out.Pictures()), out.Quirks, test.quirks, err)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	const ok = "HTTP/1.0 200 OK\r\nContent-Type: "
	for name, test := range map[string]struct {
		text, code string
		requests   int
	}{
		"a page":           {ok + "text/html\r\n\r\n<html>login</html>", "not-a-camera", 1},
		"text":             {ok + "application/json\r\n\r\n{}", "not-a-camera", 1},
		"empty for ever":   {ok + "image/jpeg\r\n\r\n", "not-a-camera", 5},
		"damaged for ever": {ok + "image/jpeg\r\n\r\n" + rawpeer.Picture(t, "420")[:2000], "not-a-camera", 5},
		"not found":        {"HTTP/1.0 404 No\r\n\r\n", "not-found", 1},
		"busy":             {"HTTP/1.0 503 No\r\n\r\n", "busy", 1},
		"not modified":     {"HTTP/1.0 304 No\r\n\r\n", "http-status", 1},
	} {
		p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { _, _ = io.WriteString(c, test.text) })
		out, err := sourcetest.Run(t, Kind, 0, map[string]any{"url": p.URL, "interval": "50ms"})
		if sourcetest.Code(t, err) != test.code || len(out.Pictures()) > 0 || len(p.Requests()) != test.requests {
			t.Errorf("%s: %v after %d requests", name, err, len(p.Requests()))
		}
	}
}

// TestBadPictureIsReplacedSoon has a camera that fails once and is not to be
// asked again for an hour.
func TestBadPictureIsReplacedSoon(t *testing.T) {
	t.Parallel()
	a := rawpeer.Picture(t, "420")
	p := answers(t, jpeg("", ""), jpeg(a, ""))
	if out, err := sourcetest.Run(t, Kind, 1, map[string]any{"url": p.URL, "interval": "1h"}); len(out.Pictures()) != 1 {
		t.Errorf("%d pictures, %v", len(out.Pictures()), err)
	}
}

// TestSlowStreamStaysOne has an address that gives bare pictures without end:
// after the second one it is known for a stream, and may be slow.
func TestSlowStreamStaysOne(t *testing.T) {
	t.Parallel()
	a, b := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422")
	p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
		c.Say("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n%s%s", a, b)
		time.Sleep(time.Second)
		c.Say("%s", a)
	})
	out, err := sourcetest.Run(t, Kind, 3, map[string]any{"url": p.URL, "interval": "50ms"})
	if !slices.Equal(out.Pictures(), []string{a, b, a}) || p.Connections() != 1 {
		t.Errorf("%d pictures, %v, %d connections", len(out.Pictures()), err, p.Connections())
	}
}

// TestNewNonceForEveryRequest has a camera whose nonces are good for one
// request, and that does not say so.
func TestNewNonceForEveryRequest(t *testing.T) {
	a, b := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422")
	p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		nonce := 0
		for pics := []string{a, b, a, b}; head != "" && len(pics) > 0; head = c.Next() {
			if nonce > 0 && strings.Contains(head, fmt.Sprintf(`nonce="n%d"`, nonce)) {
				c.Say("%s", jpeg(pics[0], ""))
				pics = pics[1:]
				nonce++
				continue
			}
			nonce++
			c.Say("HTTP/1.1 401 Who\r\nWWW-Authenticate: Digest realm=r, nonce=n%d, qop=auth\r\nContent-Length: 2\r\n\r\nno", nonce)
		}
	})
	out, err := sourcetest.Run(t, Kind, 4, map[string]any{"url": p.URL, "username": "u", "password": "p", "interval": "50ms"})
	if len(out.Pictures()) != 4 || p.Connections() != 1 {
		t.Errorf("%d pictures, %v, %d connections", len(out.Pictures()), err, p.Connections())
	}
}

// TestEndsWithItsContext has a camera that is between two pictures.
func TestEndsWithItsContext(t *testing.T) {
	p := answers(t, jpeg(rawpeer.Picture(t, "420"), ""))
	began := time.Now()
	out, err := sourcetest.Run(t, Kind, 1, map[string]any{"url": p.URL, "interval": "1h"})
	if len(out.Pictures()) != 1 || !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Second {
		t.Errorf("%d pictures, %v", len(out.Pictures()), err)
	}
}
