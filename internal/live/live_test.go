package live

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/memnet"
	"camhub/internal/meter"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/internal/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// oneCamera is a hub with one camera, "a".
type oneCamera struct {
	s     *stream.Stream
	state hub.State
}

func (o *oneCamera) Stream(id camera.ID) (*stream.Stream, error) {
	if id != "a" {
		return nil, fault.New(fault.NotFound, "There is no camera %q.", id)
	}
	return o.s, nil
}

func (o *oneCamera) Status(camera.ID) (hub.Status, error) {
	return hub.Status{State: o.state}, nil
}

// rig is a web server with the one camera.
type rig struct {
	cam    *oneCamera
	copies *rendition.Set
	live   *Server
	server *http.Server
	net    *memnet.Listener
	client *http.Client
}

// newRig starts a rig on a network inside the process. The test must close it.
func newRig() *rig {
	r := &rig{cam: &oneCamera{s: stream.New(), state: hub.Live}, net: memnet.New()}
	r.copies = rendition.New(slog.New(slog.DiscardHandler))
	r.live = New(Config{Hub: r.cam, Copies: r.copies, First: func(func(camera.ID) bool) (camera.ID, error) { return "a", nil }})
	r.server = &http.Server{Handler: route.New(r.live.Routes(), asAdmin, slog.New(slog.DiscardHandler))}
	go r.server.Serve(r.net)
	r.client = &http.Client{Transport: &http.Transport{DialContext: r.net.Dial}}
	return r
}

func (r *rig) close() {
	r.cam.s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r.live.Close(ctx)
	r.copies.Close()
	r.server.Close()
	r.client.CloseIdleConnections()
}

func (r *rig) get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequest("GET", "http://hub"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

var track = &media.Track{Codec: media.JPEG, Width: 4, Height: 4}

func packet(data string) *media.Packet {
	return &media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: []byte(data)}
}

// TestFeedBytes looks at every byte of a feed.
func TestFeedBytes(t *testing.T) {
	const browser = "Mozilla/5.0 (X11; Linux x86_64)"
	plain := "--frame\r\n" +
		"Content-Type: image/jpeg\r\nContent-Length: 3\r\nX-Timestamp: 946684800.000000\r\n\r\none\r\n--frame\r\n" +
		"Content-Type: image/jpeg\r\nContent-Length: 3\r\nX-Timestamp: 946684801.000000\r\n\r\ntwo\r\n--frame\r\n" +
		"\r\n--frame--\r\n"
	advanced := "--frame\r\nContent-Type: image/jpeg\r\n\r\none" +
		"\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\ntwo" +
		"\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n" +
		"\r\n--frame--\r\n"
	tests := []struct{ name, path, agent, want string }{
		{"programs", "/cameras/a/feed", "curl/8", plain},
		{"browsers", "/cameras/a/feed", browser, advanced},
		{"asked for", "/cameras/a/feed?advance=1", "curl/8", advanced},
		{"turned off", "/cameras/a/feed?advance=0", browser, plain},
		{"article", "/video_feed", "curl/8", plain},
		{"mjpg-streamer", "/?action=stream", "curl/8", plain},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				defer r.close()
				r.cam.s.Write(packet("one"))
				resp := r.get(t, tt.path, "User-Agent", tt.agent)
				if resp.ContentLength != -1 || resp.TransferEncoding != nil || !resp.Close {
					t.Errorf("length %d, encoding %v, close %v", resp.ContentLength, resp.TransferEncoding, resp.Close)
				}
				h := resp.Header
				if h.Get("Content-Type") != "multipart/x-mixed-replace; boundary=frame" ||
					h.Get("Cache-Control") != "no-store" || h.Get("X-Accel-Buffering") != "no" {
					t.Errorf("header %v", h)
				}
				synctest.Wait()
				go func() { // the network has no buffer, so this runs while the body is read
					time.Sleep(time.Second)
					r.cam.s.Write(packet("two"))
					r.cam.s.Close()
				}()
				got, err := io.ReadAll(resp.Body)
				if err != nil || string(got) != tt.want {
					t.Errorf("got  %q\nwant %q\n%v", got, tt.want, err)
				}
			})
		})
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		path   string
		state  hub.State
		status int
	}{
		{"/cameras/b/feed", hub.Live, 404},
		{"/cameras/b/snapshot.jpg", hub.Live, 404},
		{"/cameras/b/feed?width=640", hub.Live, 404},
		{"/cameras/a/feed?width=15", hub.Live, 422},
		{"/cameras/a/feed?width=7681", hub.Live, 422},
		{"/cameras/a/feed?width=640.5", hub.Live, 422},
		{"/cameras/a/feed?width=", hub.Live, 422},
		{"/cameras/a/feed?fps=0.09", hub.Live, 422},
		{"/cameras/a/feed?fps=60.1", hub.Live, 422},
		{"/cameras/a/feed?fps=NaN", hub.Live, 422},
		{"/cameras/a/feed?advance=yes", hub.Live, 422},
		{"/cameras/a/snapshot.jpg?width=0", hub.Live, 422},
		{"/cameras/a/feed?width=640&fps=5", hub.Disabled, 503},
		{"/cameras/a/snapshot.jpg?max_age=soon", hub.Live, 422},
		{"/cameras/a/snapshot.jpg?max_age=-1", hub.Live, 422},
		{"/cameras/a/feed", hub.Disabled, 503},
		{"/cameras/a/snapshot.jpg", hub.Disabled, 503},
		{"/cameras/a/snapshot.jpg", hub.Offline, 503},
		{"/cameras/a/snapshot.jpg", hub.Live, 503}, // after a while
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.path, tt.state), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				defer r.close()
				r.cam.state = tt.state
				resp := r.get(t, tt.path)
				defer resp.Body.Close()
				if resp.StatusCode != tt.status || resp.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("got %s %v", resp.Status, resp.Header)
				}
				if r.cam.s.Readers() != 0 {
					t.Error("a reader is left")
				}
			})
		})
	}
}

func TestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		defer r.close()
		r.cam.s.Write(packet("old"))
		body := func(path string) string {
			resp := r.get(t, path)
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		time.Sleep(time.Second)
		resp := r.get(t, "/cameras/a/snapshot.jpg")
		resp.Body.Close()
		if h := resp.Header; h.Get("Last-Modified") != "Sat, 01 Jan 2000 00:00:00 GMT" || h.Get("X-Timestamp") != "946684800.000000" ||
			h.Get("Content-Type") != "image/jpeg" || h.Get("Content-Length") != "3" {
			t.Errorf("header %v", h)
		}
		if got := body("/?action=snapshot"); got != "old" {
			t.Errorf("the picture of a second ago: %q", got)
		}
		for _, path := range []string{"/cameras/a/snapshot.jpg?max_age=0", "/cameras/a/snapshot.jpg?max_age=500ms"} {
			go func() {
				time.Sleep(2 * time.Second)
				r.cam.s.Write(packet("new"))
			}()
			if got := body(path); got != "new" {
				t.Errorf("%s: got %q", path, got)
			}
			time.Sleep(time.Minute)
		}
	})
}

// TestSlowViewerSeesNewest has a camera at 10 a second and a viewer that takes
// one picture a second: it must see pictures of now, not of a queue.
func TestSlowViewerSeesNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		defer r.close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				r.cam.s.Write(packet(fmt.Sprintf("%08d", i)))
				time.Sleep(100 * time.Millisecond)
			}
		})
		resp := r.get(t, "/cameras/a/feed")
		_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(bufio.NewReaderSize(resp.Body, 16), params["boundary"])
		start := time.Now()
		for range 10 {
			p, err := parts.NextPart()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(p)
			if err != nil {
				t.Fatal(err)
			}
			// The client of the test holds up to 4 kB, some 40 of these pictures.
			n, _ := strconv.Atoi(string(b))
			if late := int(time.Since(start)/(100*time.Millisecond)) - n; late > 60 {
				t.Errorf("picture %d is %d pictures late", n, late)
			}
			time.Sleep(time.Second)
		}
		cancel()
		wg.Wait()
		resp.Body.Close()
	})
}

// TestStuckViewerIsClosed has a viewer that reads nothing, or stops reading in
// the middle of a picture.
func TestStuckViewerIsClosed(t *testing.T) {
	for _, taken := range []int{0, 300} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			defer r.close()
			c, err := r.net.Dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: hub\r\n\r\n")
			r.cam.s.Write(packet(strings.Repeat("x", 1000)))
			io.ReadFull(c, make([]byte, taken))
			time.Sleep(9 * time.Second)
			synctest.Wait()
			if r.cam.s.Readers() != 1 {
				t.Errorf("after %d bytes: the viewer is gone before its time", taken)
			}
			time.Sleep(6 * time.Second)
			synctest.Wait()
			if r.cam.s.Readers() != 0 {
				t.Errorf("after %d bytes: the stuck viewer is still there", taken)
			}
		})
	}
}

// TestDribblingViewerStays has a viewer that takes a byte every few seconds,
// for longer than the time of one write.
func TestDribblingViewerStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		defer r.close()
		c, err := r.net.Dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: hub\r\n\r\n")
		one := make([]byte, 1)
		for range 30 {
			if _, err := c.Read(one); err != nil {
				t.Fatal(err)
			}
			time.Sleep(4 * time.Second)
		}
	})
}

// TestLeavingIsNoticed has viewers that leave while the camera gives nothing.
func TestLeavingIsNoticed(t *testing.T) {
	tests := map[string]func(net.Conn){
		"closes":  func(c net.Conn) { c.Close() },
		"chatter": func(c net.Conn) { c.Write(make([]byte, maxChatter+4096)) },
	}
	for name, leave := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig()
				defer r.close()
				c, err := r.net.Dial(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				go io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: hub\r\n\r\n")
				br := bufio.NewReader(c)
				for line := "x"; line != "--frame"; { // the head, and the first delimiter
					b, err := br.Peek(1)
					if err != nil {
						t.Fatal(err)
					}
					if b[0] == '-' {
						io.ReadFull(br, make([]byte, 9))
						break
					}
					line, _ = br.ReadString('\n')
				}
				synctest.Wait()
				if r.cam.s.Readers() != 1 {
					t.Fatal("no reader")
				}
				leave(c)
				synctest.Wait()
				if r.cam.s.Readers() != 0 {
					t.Error("the reader is still there")
				}
			})
		})
	}
}

// TestCloseCutsStuckViewers stops the program under a viewer that does not take
// the end of its stream.
func TestCloseCutsStuckViewers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		defer r.close()
		c, err := r.net.Dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /cameras/a/feed HTTP/1.1\r\nHost: hub\r\n\r\n")
		synctest.Wait()
		r.cam.s.Close()
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r.live.Close(ctx)
		if took := time.Since(start); took > time.Second {
			t.Errorf("Close took %v", took)
		}
		if resp, err := r.client.Get("http://hub/cameras/a/feed"); err == nil {
			resp.Body.Close()
			t.Error("a viewer is taken after Close")
		}
	})
}

func TestFeedOverHTTP2(t *testing.T) {
	cam := &oneCamera{s: stream.New(), state: hub.Live}
	live := New(Config{Hub: cam})
	srv := httptest.NewUnstartedServer(route.New(live.Routes(), asAdmin, slog.New(slog.DiscardHandler)))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	client := srv.Client()
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: client.Transport.(*http.Transport).TLSClientConfig.RootCAs}
	client.Transport.(*http.Transport).ForceAttemptHTTP2 = true
	cam.s.Write(packet("one"))
	resp, err := client.Get(srv.URL + "/cameras/a/feed")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 {
		t.Fatalf("got %s", resp.Proto)
	}
	parts := multipart.NewReader(resp.Body, "frame")
	for _, want := range []string{"one", "two"} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(p); err != nil || string(got) != want {
			t.Errorf("got %q, %v", got, err)
		}
		cam.s.Write(packet("two"))
	}
	cam.s.Close()
	rest, err := io.ReadAll(resp.Body)
	if err != nil || !strings.HasSuffix(string(rest), "--frame--\r\n") {
		t.Errorf("the end is %q, %v", rest, err)
	}
	client.CloseIdleConnections()
}

func TestHeadOfFeed(t *testing.T) {
	r := newRig()
	defer r.close()
	resp, err := r.client.Head("http://hub/cameras/a/feed")
	if err != nil || resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "multipart/") {
		t.Errorf("got %v, %v", resp, err)
	}
	if r.cam.s.Readers() != 0 {
		t.Error("a reader is left")
	}
}

// tcpPair returns a viewer whose client takes everything.
func tcpPair(t testing.TB) *viewer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for buf := make([]byte, 256<<10); ; {
			if _, err := client.Read(buf); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
		client.Close()
	})
	v := &viewer{conn: &patientConn{Conn: conn}, parts: newParts(false), out: new(meter.Meter), back: make(chan struct{}, 1)}
	v.try, _ = newTryWriter(conn)
	return v
}

// TestNoAllocation holds the rule that a picture costs a viewer no memory,
// whether a pump sends it or the viewer's own goroutine.
func TestNoAllocation(t *testing.T) {
	p := packet(strings.Repeat("x", 50_000))
	ways := map[string]func(*viewer) error{
		"goroutine": func(v *viewer) error { return v.write() },
		"pump": func(v *viewer) error {
			if v.try == nil || !v.try.write(&v.buffers) {
				return v.write()
			}
			return nil
		},
	}
	for name, send := range ways {
		for _, advance := range []bool{false, true} {
			v := tcpPair(t)
			v.parts = newParts(advance)
			allocs := testing.AllocsPerRun(200, func() {
				v.load(p)
				if err := send(v); err != nil {
					t.Fatal(err)
				}
			})
			if allocs != 0 {
				t.Errorf("%s, advance %v: %v allocations a picture", name, advance, allocs)
			}
		}
	}
}

// BenchmarkWrite sends pictures of 100 kB to one viewer, beside a bare loop
// that writes the same number of bytes.
func BenchmarkWrite(b *testing.B) {
	p := packet(strings.Repeat("x", 100<<10))
	b.Run("bare", func(b *testing.B) {
		v := tcpPair(b)
		b.SetBytes(int64(len(p.Data)))
		b.ReportAllocs()
		for b.Loop() {
			v.conn.Write(p.Data)
		}
	})
	b.Run("viewer", func(b *testing.B) {
		v := tcpPair(b)
		b.SetBytes(int64(len(p.Data)))
		b.ReportAllocs()
		for b.Loop() {
			v.load(p)
			v.write()
		}
	})
}

// untouched gives originals in place of copies, for tests whose pictures
// are no JPEGs.
type untouched struct{}

func (untouched) SubscribeFunc(src *stream.Stream, _ rendition.Spec, ready func()) *stream.Reader {
	return src.SubscribeFunc(stream.Latest, ready)
}

func (untouched) Picture(_ context.Context, p *media.Packet, _ int) (*media.Packet, error) {
	return p, nil
}

// asAdmin is a guard that lets everybody in, as the admin.
func asAdmin(_ route.Need, next route.Func) route.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		return next(w, r.WithContext(access.With(r.Context(), access.LocalAdmin())))
	}
}
