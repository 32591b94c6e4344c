package mjpeg

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/rawpeer"
	"camhub/internal/source"
	"camhub/internal/sourcetest"
)

func TestRunReads(t *testing.T) {
	a, b := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422")
	tests := map[string]struct {
		answer string
		want   []string
		quirks []string
		code   string
	}{
		"HTTP/1.0":              {rawpeer.Multipart + rawpeer.Parts(a, b), []string{a, b}, nil, "ended"},
		"chunked in 7s":         {chunked(rawpeer.Parts(a, b), 7), []string{a, b}, nil, "ended"},
		"chunk in the boundary": {chunked(rawpeer.Parts(a, b), len(rawpeer.Parts(a))+4), []string{a, b}, nil, "ended"},
		"no headers":            {"HTTP/1.0 200 OK\r\n\r\n" + rawpeer.Parts(a, b), []string{a, b}, []string{"no-boundary"}, "ended"},
		"octet-stream":          {"HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n" + a + b, []string{a, b}, []string{"missing-delimiter"}, "ended"},
		"cut":                   {rawpeer.Multipart + rawpeer.Parts(a, b)[:5000], []string{a}, []string{"truncated-picture"}, "ended"},
		"cut in a chunk":        {chunked(rawpeer.Parts(a, b), 1<<20)[:5000], []string{a}, nil, "ended"},
		"a web page":            {"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>\nlogin</html>", nil, []string{"preamble"}, "not-a-camera"},
		"nothing":               {rawpeer.Multipart, nil, nil, "not-a-camera"},
		"an endless part head":  {rawpeer.Multipart + "--frame\r\n" + strings.Repeat("X-A: b\r\n", 20000), nil, nil, "too-large"},
		"an endless line":       {rawpeer.Multipart + "--frame\r\nX-A: " + strings.Repeat("b", 20000), nil, nil, "too-large"},
		"an endless head":       {"HTTP/1.0 200 OK\r\n" + strings.Repeat("X-A: b\r\n", 20000), nil, nil, "too-large"},
		"bombs":                 {rawpeer.Multipart + strings.Repeat(rawpeer.Parts(strings.Replace(a, "\x00\x78\x00\xa0", "\xff\xff\xff\xff", 1)), 200), nil, []string{"broken-picture"}, "broken-pictures"},
		"not HTTP":              {"SSH-2.0-OpenSSH_9.2\r\n", nil, nil, "not-a-camera"},
		"no answer":             {"", nil, nil, "connection-lost"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := sourcetest.Run(t, Kind, 0, map[string]any{"url": rawpeer.Says(t, test.answer)})
			if got := sourcetest.Code(t, err); got != test.code {
				t.Errorf("code %q (%v), want %q", got, err, test.code)
			}
			if got := out.Pictures(); !slices.Equal(got, test.want) {
				t.Errorf("%d pictures, want %d", len(got), len(test.want))
			}
			if !slices.Equal(out.Quirks, test.quirks) {
				t.Errorf("quirks %q, want %q", out.Quirks, test.quirks)
			}
		})
	}
}

// TestSinglePictureIsAskedAgain has an address that gives one picture, though
// a stream was expected.
func TestSinglePictureIsAskedAgain(t *testing.T) {
	a, b := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "422")
	p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		for pics := []string{a, b, b}; head != "" && len(pics) > 0; pics = pics[1:] {
			c.Say("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s", len(pics[0]), pics[0])
			if strings.Contains(head, "Connection: close") {
				return
			}
			head = c.Next()
		}
	})
	out, _ := sourcetest.Run(t, Kind, 2, map[string]any{"url": p.URL})
	if len(out.Packets) != 2 || string(out.Packets[0].Data) != a || string(out.Packets[1].Data) != b {
		t.Errorf("%d pictures", len(out.Packets))
	}
	if !slices.Equal(out.Quirks, []string{"single-picture"}) || p.Connections() != 2 {
		t.Errorf("quirks %q, %d connections", out.Quirks, p.Connections())
	}
	if gap := out.Packets[1].Arrived.Sub(out.Packets[0].Arrived); gap < pollEvery {
		t.Errorf("asked again after %v", gap)
	}
}

func TestRunDescribesPictures(t *testing.T) {
	a, small := rawpeer.Picture(t, "420"), rawpeer.Picture(t, "gray")
	small = strings.Replace(small, "\x00\x78\x00\xa0", "\x00\x78\x00\xa8", 1) // 168 wide
	now := time.Now()
	stamped := func(d time.Duration) string {
		return fmt.Sprintf("--frame\r\nX-Timestamp: %.3f\r\nContent-Length: %d\r\n\r\n%s\r\n", float64(now.Add(d).UnixMilli())/1000, len(a), a)
	}
	body := rawpeer.Multipart + rawpeer.Parts(a, a) + stamped(-2*time.Second) + stamped(-2*time.Hour) + rawpeer.Parts(small)
	out, _ := sourcetest.Run(t, Kind, 0, map[string]any{"url": rawpeer.Says(t, body)})
	if len(out.Packets) != 5 {
		t.Fatalf("%d pictures", len(out.Packets))
	}
	p := out.Packets
	if p[0].Track != p[3].Track || p[0].Track == p[4].Track || p[4].Track.Width != 168 || p[0].Track.Width != 160 || p[0].Track.Height != 120 {
		t.Errorf("tracks %+v, %+v, %+v", p[0].Track, p[3].Track, p[4].Track)
	}
	if !p[0].Captured.IsZero() || !p[3].Captured.IsZero() || p[2].Captured.UnixMilli() != now.Add(-2*time.Second).UnixMilli() {
		t.Errorf("captured %v, %v, %v", p[0].Captured, p[2].Captured, p[3].Captured)
	}
	for i, p := range p {
		if !p.Key || p.Arrived.Before(now) || p.PTS <= 0 {
			t.Errorf("picture %d: %+v", i, p)
		}
	}
	if want := len(body); out.Bytes < want-5 || out.Bytes > want+5 { // a head counts as it is written plainly
		t.Errorf("%d bytes counted, want %d", out.Bytes, want)
	}
}

func TestRunExplainsStatus(t *testing.T) {
	for status, want := range map[int]string{
		401: "unauthorized", 403: "forbidden", 404: "not-found", 410: "not-found", 503: "busy", 429: "busy",
		406: "http-status", 500: "http-status", 304: "http-status", 302: "redirect",
	} {
		_, err := sourcetest.Run(t, Kind, 0, map[string]any{"url": rawpeer.Says(t, fmt.Sprintf("HTTP/1.0 %d X\r\n\r\nno", status)) + "/video?token=secret"})
		if got := sourcetest.Code(t, err); got != want {
			t.Errorf("status %d: code %q, want %q", status, got, want)
		}
	}
}

func TestRunExplainsConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	tests := map[string]struct {
		options map[string]any
		want    string
	}{
		"refused":          {map[string]any{"url": "http://" + closed + "/?secret"}, "refused"},
		"unknown host":     {map[string]any{"url": "http://camera.invalid/?secret"}, "dns"},
		"own certificate":  {map[string]any{"url": secure.URL}, "tls"},
		"accepted anyway":  {map[string]any{"url": secure.URL, "tls_insecure": true}, "not-found"},
		"not TLS":          {map[string]any{"url": strings.Replace(plain.URL, "http", "https", 1)}, "tls"},
		"TLS, asked plain": {map[string]any{"url": strings.Replace(secure.URL, "https", "http", 1)}, "http-status"},
	}
	for name, test := range tests {
		_, err := sourcetest.Run(t, Kind, 0, test.options)
		if got := sourcetest.Code(t, err); got != test.want {
			t.Errorf("%s: code %q (%v), want %q", name, got, err, test.want)
		}
	}
}

// TestRunEndsWithItsContext covers a camera that is silent in each phase.
func TestRunEndsWithItsContext(t *testing.T) {
	for name, begin := range map[string]string{
		"before the answer":   "",
		"in the answer":       "HTTP/1.0 200 OK\r\nContent-",
		"before a picture":    rawpeer.Multipart,
		"within a picture":    rawpeer.Multipart + rawpeer.Parts(rawpeer.Picture(t, "420"))[:2000],
		"between two of them": rawpeer.Multipart + rawpeer.Parts(rawpeer.Picture(t, "420")),
	} {
		t.Run(name, func(t *testing.T) {
			arrived := make(chan struct{})
			release := make(chan struct{})
			peer := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
				_, _ = c.Write([]byte(begin))
				close(arrived)
				<-release
			})
			defer close(release)
			cfg, errs := Kind.Parse([]byte(`{"url":"` + peer.URL + `"}`))
			if errs.ErrorOrNil() != nil {
				t.Fatal(errs)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			done := make(chan error, 1)
			go func() { done <- cfg.Open(source.Env{}).Run(ctx, &sourcetest.Sink{}) }()
			<-arrived
			cancel(context.DeadlineExceeded)
			select {
			case err := <-done:
				if err != context.DeadlineExceeded {
					t.Errorf("Run returned %v, want the cause", err)
				}
			case <-time.After(time.Minute):
				t.Fatal("Run goes on")
			}
		})
	}
}

// TestEndlessPictureIsBounded feeds a picture that never ends and looks at the
// memory that it takes.
func TestEndlessPictureIsBounded(t *testing.T) {
	a := rawpeer.Picture(t, "420")
	peer := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
		_, _ = c.Write([]byte(rawpeer.Multipart + "--frame\r\nContent-Length: 1000000\r\n\r\n" + a[:1000]))
		junk := []byte(strings.Repeat("\x01\xff\x02", 10000))
		for err := error(nil); err == nil; {
			_, err = c.Write(junk)
		}
	})
	const limit = 1 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, err := sourcetest.Run(t, Kind, 0, map[string]any{"url": peer.URL, "max_frame_bytes": limit})
	runtime.ReadMemStats(&after)
	if got := sourcetest.Code(t, err); got != "too-large" {
		t.Errorf("code %q", got)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 6*limit || out.Bytes > 2*limit {
		t.Errorf("%d bytes taken, %d received, for a limit of %d", taken, out.Bytes, limit)
	}
}

// TestRunReadsFFmpeg uses a sender that is not ours.
func TestRunReadsFFmpeg(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String() + "/"
	l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, ffmpeg, "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10",
		"-f", "mpjpeg", "-listen", "1", url)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = cmd.Wait() }()
	for {
		out, err := sourcetest.Run(t, Kind, 5, map[string]any{"url": url})
		if len(out.Packets) == 0 && ctx.Err() == nil && sourcetest.Code(t, err) == "refused" {
			continue // it has not begun to listen
		}
		if len(out.Packets) < 5 {
			t.Fatalf("%d pictures, %v", len(out.Packets), err)
		}
		if tr := out.Packets[0].Track; tr.Width != 320 || tr.Height != 240 {
			t.Errorf("track %+v", tr)
		}
		t.Logf("quirks %q", out.Quirks)
		return
	}
}
