package probe

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"camhub/internal/fault"
	"camhub/internal/rawpeer"
)

// serve runs a web server until the test ends, and returns its address.
func serve(t *testing.T, _ *rig, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL
}

// still is a picture of 640 by 360.
var still = drawn(640, 360)

// drawn returns a picture with something in it.
func drawn(width, height int) string {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i / 1024)
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil) // memory takes everything
	return b.String()
}

var discardLog = log.New(io.Discard, "", 0)

// stillPicture answers with one picture.
func stillPicture(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = io.WriteString(w, still)
}

// movingPictures answers with twenty pictures a second until the client leaves.
func movingPictures(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := io.WriteString(w, rawpeer.Parts(still)); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// htmlPage answers with HTML.
func htmlPage(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><html><head>"+text+"</html>")
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "<html><title>Error</title></html>")
	}
}

// wantsLogin guards h with Basic.
func wantsLogin(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "admin" || password != "right-secret" {
			w.Header().Set("WWW-Authenticate", `Digest realm="cam", nonce="1", algorithm=SHA-999`)
			w.Header().Add("WWW-Authenticate", `Basic realm="cam"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		h(w, r)
	}
}

// routes serves one handler a path, and 404 else.
func routes(paths map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if h := paths[r.URL.RequestURI()]; h != nil {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	}
}

// answering is each way in which a camera may answer, at the address that was
// given, and what is made of it.
var answering = []struct {
	name    string
	serve   http.HandlerFunc
	path    string
	login   string // user:password
	want    Answer
	works   string // the path of the source, or "" when it does not work
	explain string // a part of the explanation or the advice
}{
	{"stream", movingPictures, "/video", "", Stream, "/video", "Moving pictures"},
	{"snapshot", func(w http.ResponseWriter, _ *http.Request) { stillPicture(w) }, "/shot", "", Snapshot, "/shot", "one picture"},
	{"odd address", routes(map[string]http.HandlerFunc{"/get?10&&&x=100%": movingPictures}), "/get?10&&&x=100%", "", Stream, "/get?10&&&x=100%", ""},
	{"page with a stream", routes(map[string]http.HandlerFunc{
		"/":                    htmlPage(`<title>Garden cam</title><a href="/logout">x</a><img src="logo.png"><img src='live/v.mjpg?a=1&amp;b=2'>`),
		"/live/v.mjpg?a=1&b=2": movingPictures}), "/", "", Page, "/live/v.mjpg?a=1&b=2", "another address"},
	{"stream in a frame", routes(map[string]http.HandlerFunc{
		"/": htmlPage(`<iframe src="inner.html">`), "/inner.html": htmlPage(`<script>const u = "/x/stream?id=1";</script>`), "/x/stream?id=1": movingPictures,
	}), "/", "", Page, "/x/stream?id=1", ""},
	{"link to a dead stream", routes(map[string]http.HandlerFunc{"/": htmlPage(`<img src="/live.mjpg">`)}), "/", "", NotACamera, "", "gave no pictures"},
	{"login page", htmlPage(`<title>Sign in</title><form><input name=u><input type="password" name=p></form>`), "/", "", LoginPage, "", "Sign in"},
	{"no password", wantsLogin(movingPictures), "/v", "", Challenge, "", "asks for a user name"},
	{"wrong password", wantsLogin(movingPictures), "/v", "admin:wrong-secret", WrongPassword, "", "lock an account"},
	{"right password", wantsLogin(movingPictures), "/v", "admin:right-secret", Stream, "/v", ""},
	{"unknown login", status(401, "WWW-Authenticate", `Bearer realm="x"`), "/v", "admin:right-secret", Challenge, "", "Basic or Digest"},
	{"not found", status(404), "/nothing", "", NotFound, "", "host alone"},
	{"forbidden", status(403), "/v", "", Forbidden, "", "IP filter"},
	{"busy", status(503), "/v", "", Busy, "", "one viewer"},
	{"another status", status(406), "/v", "", HTTPStatus, "", "406 Not Acceptable"},
	{"redirect in circles", status(302, "Location", "/v"), "/v", "", Redirect, "", "in circles"},
	{"redirect", routes(map[string]http.HandlerFunc{"/v": status(302, "Location", "/w"), "/w": movingPictures}), "/v", "", Stream, "/v", ""},
	{"video of another kind", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		_, _ = io.WriteString(w, "\x00\x00\x00\x18ftypmp42")
	}, "/v", "", NotACamera, "", "video/mp4"},
	{"text", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }, "/v", "", NotACamera, "", "no picture"},
	{"damaged pictures", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		_, _ = io.WriteString(w, rawpeer.Parts(still[:len(still)/2], still[:len(still)/3], still[:9]))
	}, "/v", "", Broken, "", "damaged"},
	{"empty", func(http.ResponseWriter, *http.Request) {}, "/v", "", Nothing, "", "sends nothing"},
	{"a known device", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "MJPG-Streamer/0.2")
		routes(map[string]http.HandlerFunc{"/?action=stream": movingPictures})(w, r)
	}, "/wrong", "", Stream, "/?action=stream", "mjpg-streamer"},
	{"a device of which only pictures are known", func(w http.ResponseWriter, r *http.Request) {
		routes(map[string]http.HandlerFunc{"/": htmlPage("<title>ZAVIO F3110</title>"), "/jpg/image.jpg": func(w http.ResponseWriter, _ *http.Request) { stillPicture(w) }})(w, r)
	}, "/", "", Snapshot, "/jpg/image.jpg", "Zavio"},
}

func TestAnswers(t *testing.T) {
	for _, tt := range answering {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			url := serve(t, r, tt.serve)
			body := object{"url": url + tt.path}
			if user, password, ok := strings.Cut(tt.login, ":"); ok {
				body["username"], body["password"] = user, password
			}
			res := r.probe(body)
			if res.Answer != tt.want || res.Works != (tt.works != "") {
				t.Errorf("%s, works: %v, want %s: %+v", res.Answer, res.Works, tt.want, res)
			}
			if text := res.Explanation + strings.Join(res.Advice, " "); !strings.Contains(text, tt.explain) {
				t.Errorf("no %q in %s", tt.explain, text)
			}
			if res.Works {
				wantPictures(t, res, url+tt.works)
			}
			if told := r.told(res); strings.Contains(told, "-secret") {
				t.Errorf("told: %s", told)
			}
		})
	}
}

// wantPictures checks what is told of a camera that works.
func wantPictures(t *testing.T, res *Result, url string) {
	t.Helper()
	if res.Source == nil || res.Source.Kind != map[bool]string{true: "snapshot", false: "mjpeg"}[res.Answer == Snapshot] || urlOf(*res.Source) != url {
		t.Fatalf("the source is %+v, want %s", res.Source, url)
	}
	if res.Codec != "jpeg" || res.Width != 640 || res.Height != 360 || !strings.HasPrefix(res.Preview, "data:image/jpeg;base64,/9j/") || res.Name == "" {
		t.Errorf("%+v", res)
	}
	if moving := res.Answer != Snapshot; moving != (res.FPS > 2 && res.Bitrate > 10000) {
		t.Errorf("%v pictures and %d bits a second", res.FPS, res.Bitrate)
	}
}

// listenOn makes bare hosts be tried on these ports only, until the test ends.
// Such a test must not be parallel.
func listenOn(t *testing.T, urls ...string) {
	before := ports
	t.Cleanup(func() { ports = before })
	ports = nil
	for _, url := range urls {
		ports = append(ports, parseTarget(url).port)
	}
}

// TestBareHost has a host with a silent port, a dead one, one that hangs up and
// one with a camera.
func TestBareHost(t *testing.T) {
	dead := httptest.NewServer(nil)
	dead.Close()
	silent := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { c.Next() }).URL
	again := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { c.Next() }).URL
	r := newRig(t)
	cam := serve(t, r, wantsLogin(movingPictures))
	listenOn(t, silent, dead.URL, again, cam)
	res := r.probe(object{"url": "127.0.0.1", "username": "admin", "password": "right-secret"})
	if res.Answer != Stream || len(res.Tried) != 4 {
		t.Fatalf("%+v", res)
	}
	wantPictures(t, res, cam+"/")
}

// TestRefusedLoginIsNotTriedElsewhere has a host with two ports that want a
// login.
func TestRefusedLoginIsNotTriedElsewhere(t *testing.T) {
	r := newRig(t)
	logins := make(chan string, 10)
	locked := func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "" {
			logins <- req.Host
		}
		wantsLogin(movingPictures)(w, req)
	}
	first, second := serve(t, r, locked), serve(t, r, locked)
	listenOn(t, first, second)
	res := r.probe(object{"url": "127.0.0.1", "username": "admin", "password": "wrong-secret"})
	if res.Answer != WrongPassword || len(logins) != 1 {
		t.Errorf("%d tries, %+v", len(logins), res)
	}
	if res := r.probe(object{"url": "127.0.0.1"}); res.Answer != Challenge || len(res.Tried) != 2 {
		t.Errorf("without a login: %+v", res)
	}
}

// oneAtATime makes serve keep each connection until the client closes it, and
// fails the test when the next one comes before.
func oneAtATime(t *testing.T, serve func(c *rawpeer.Conn, head string)) func(c *rawpeer.Conn, head string) {
	turn := make(chan struct{}, 1)
	return func(c *rawpeer.Conn, head string) {
		select {
		case turn <- struct{}{}:
		case <-time.After(3 * time.Second): // the end of the last one may be seen late
			t.Error("two connections at once")
			return
		}
		serve(c, head)
		for c.Next() != "" {
			t.Error("a second request on one connection")
		}
		<-turn
	}
}

func TestBareHostAndPort(t *testing.T) {
	r := newRig(t)
	peer := rawpeer.New(t, oneAtATime(t, func(c *rawpeer.Conn, head string) {
		if !strings.HasPrefix(head, "GET /?action=stream ") {
			c.Say("HTTP/1.1 501 No\r\nServer: MJPG-Streamer/0.2\r\nContent-Length: 0\r\n\r\n")
			return
		}
		c.Say("%s", rawpeer.Multipart)
		for range 60 {
			if _, err := io.WriteString(c, rawpeer.Parts(still)); err != nil {
				return
			}
			time.Sleep(40 * time.Millisecond)
		}
	}))
	res := r.probe(object{"url": strings.TrimPrefix(peer.URL, "http://")})
	if res.Answer != Stream || res.Device != "mjpg-streamer" || len(res.Tried) != 2 || res.Requests != 2 {
		t.Errorf("%+v", res)
	}
	wantPictures(t, res, peer.URL+"/?action=stream")
	if len(r.steps) < 3 || r.steps[0].URL != peer.URL+"/" {
		t.Errorf("steps %+v", r.steps)
	}
}

// TestBounds has a server that names a thousand new addresses in each page and
// has nothing at them, so that nothing ends the search but its bounds.
func TestBounds(t *testing.T) {
	asked := 0
	peer := rawpeer.New(t, oneAtATime(t, func(c *rawpeer.Conn, head string) {
		asked++ // one connection at a time
		body, status := "<title>OctoPrint axis hikvision esp32 mjpg-streamer</title>", 200
		for i := range 500 {
			body += fmt.Sprintf(`<a href="/%d-%d.mjpg">x</a><iframe src="/%d-%d.html"></iframe>`, asked, i, asked, i)
		}
		if strings.Contains(head, "stream") {
			status = 404
		}
		c.Say("HTTP/1.1 "+fmt.Sprint(status)+" OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}))
	res := newRig(t).probe(object{"url": strings.TrimPrefix(peer.URL, "http://"), "username": "u", "password": "some-secret"})
	if res.Works || asked > maxRequests || asked < 20 || res.Requests < asked || len(res.Streams) > maxLinks {
		t.Errorf("%d requests, %+v", asked, res)
	}
}

// TestEndlessAnswers has servers that never stop, in each part of an answer.
func TestEndlessAnswers(t *testing.T) {
	tests := map[string]struct{ head, repeat string }{
		"headers":        {"HTTP/1.1 200 OK\r\n", "X-More: " + strings.Repeat("a", 100) + "\r\n"},
		"page":           {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", strings.Repeat("<p>x", 1000)},
		"zeros":          {"HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("\x00", 4096)},
		"stream of junk": {rawpeer.Multipart, strings.Repeat("junk "+strings.Repeat("x", 100)+"\r\n", 100)},
		"one picture":    {rawpeer.Multipart + "\xff\xd8\xff\xda\x00\x04ab", strings.Repeat("ab", 4096)},
		"blanks":         {"HTTP/1.1 200 OK\r\n\r\n", strings.Repeat(" \n", 1000)},
		"not found":      {"HTTP/1.1 404 No\r\n\r\n", strings.Repeat("x", 4096)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
				for _, err := io.WriteString(c, tt.head); err == nil; {
					_, err = io.WriteString(c, tt.repeat)
				}
			})
			if res := newRig(t).probe(object{"url": peer.URL + "/"}); res.Works {
				t.Errorf("%+v", res)
			}
		})
	}
}

// TestHangsUp has a host that takes each connection and closes it at once.
func TestHangsUp(t *testing.T) {
	peer := rawpeer.New(t, func(*rawpeer.Conn, string) {})
	res := newRig(t).probe(object{"url": strings.TrimPrefix(peer.URL, "http://")})
	if res.Answer != Nothing || len(res.Tried) != 2 || !strings.HasPrefix(res.Tried[1].URL, "https://") {
		t.Errorf("%+v", res)
	}
}

// TestSilentHost has a host that takes the connection and never says anything.
func TestSilentHost(t *testing.T) {
	t.Parallel()
	peer := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { c.Next() })
	res := newRig(t).probe(object{"url": strings.TrimPrefix(peer.URL, "http://")})
	if res.Answer != Nothing || !strings.Contains(res.Explanation, "says nothing") {
		t.Errorf("%+v", res)
	}
}

func TestDeadPort(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	for _, url := range []string{srv.URL + "/video", strings.TrimPrefix(srv.URL, "http://")} {
		if res := newRig(t).probe(object{"url": url}); res.Answer != Refused || res.Requests != 1 {
			t.Errorf("%s: %+v", url, res)
		}
	}
}

// TestTLS has a certificate that nobody has signed, with and without the
// user's consent, and a scheme that was left open.
func TestTLS(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(movingPictures))
	srv.Config.ErrorLog = discardLog
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	res := newRig(t).probe(object{"url": srv.URL + "/v"})
	if res.Answer != TLS || res.Untrusted == "" || !strings.Contains(strings.Join(res.Advice, " "), "accept its certificate") {
		t.Errorf("%+v", res)
	}
	bare := strings.TrimPrefix(srv.URL, "https://")
	if res := newRig(t).probe(object{"url": bare + "/v"}); res.Answer != TLS || res.Untrusted == "" {
		t.Errorf("without a scheme: %+v", res)
	}
	if res := newRig(t).probe(object{"url": "http://" + bare + "/v"}); res.Works || !strings.Contains(strings.Join(res.Advice, " "), "https://") {
		t.Errorf("with the wrong scheme: %+v", res)
	}
	res = newRig(t).probe(object{"url": bare + "/v", "tls_insecure": true})
	if res.Answer != Stream {
		t.Fatalf("with consent: %+v", res)
	}
	wantPictures(t, res, srv.URL+"/v")
	if !strings.Contains(string(res.Source.Options), `"tls_insecure":true`) {
		t.Errorf("the source %s does not consent", res.Source.Options)
	}
}

// TestLoginStaysAtItsAddress has a page that leads to other ports and hosts,
// all of which ask for a login.
func TestLoginStaysAtItsAddress(t *testing.T) {
	r := newRig(t)
	greedy := func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "" || req.Header.Get("X-Key") != "" {
			t.Errorf("another origin got %v", req.Header)
		}
		wantsLogin(movingPictures)(w, req)
	}
	other := serve(t, r, greedy)
	first := serve(t, r, wantsLogin(routes(map[string]http.HandlerFunc{
		"/":       htmlPage(`<img src="` + other + `/a.mjpg"><img src="` + strings.Replace(other, "127.0.0.1", "localhost", 1) + `/b.mjpg"><img src="/c.mjpg">`),
		"/c.mjpg": status(302, "Location", other+"/d.mjpg"),
	})))
	res := r.probe(object{"url": first + "/", "username": "admin", "password": "right-secret", "headers": object{"X-Key": "header-secret"}})
	if res.Works || res.Answer != Challenge {
		t.Errorf("%+v", res)
	}
	if told := r.told(res); strings.Contains(told, "-secret") || strings.Contains(told, "localhost") {
		t.Errorf("told: %s", told)
	}
	for _, tried := range res.Tried {
		if strings.Contains(tried.URL, "/a.mjpg") {
			return
		}
	}
	t.Error("the other port was not asked: the test proves nothing")
}

// TestEchoedSecrets has a camera that sends back what it was sent.
func TestEchoedSecrets(t *testing.T) {
	r := newRig(t)
	url := serve(t, r, wantsLogin(func(w http.ResponseWriter, req *http.Request) {
		_, password, _ := req.BasicAuth()
		htmlPage("<title>"+password+" "+req.Header.Get("Authorization")+" "+req.Header.Get("X-Key")+"</title><img src='/x.mjpg?pwd=other-secret&k="+password+"'>")(w, req)
	}))
	res := r.probe(object{"url": strings.Replace(url, "http://", "http://admin:right-secret@", 1), "headers": object{"X-Key": "header-secret"}})
	if told := r.told(res); strings.Contains(told, "-secret") || strings.Contains(told, "YWRtaW46") || !strings.Contains(told, hidden) {
		t.Errorf("told: %s", told)
	}
}

func TestTooManyProbes(t *testing.T) {
	r := newRig(t)
	arrived := make(chan bool, 1)
	done := make(chan error, maxProbes)
	peer := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { arrived <- true; c.Next() })
	silent := make(chan error, 1)
	go func() {
		_, err := r.Probe(t.Context(), []byte(`{"url":"`+peer.URL+`"}`), func(Progress) {})
		silent <- err
	}()
	<-arrived
	for range maxProbes - 1 {
		go func() {
			_, err := r.Probe(t.Context(), []byte(`{"url":"127.0.0.1:1"}`), func(Progress) {})
			done <- err
		}()
	}
	for deadline := time.Now().Add(10 * time.Second); len(r.slots) < maxProbes && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if _, err := r.Probe(t.Context(), []byte(`{"url":"h"}`), func(Progress) {}); fault.KindOf(err) != fault.TooMany {
		t.Errorf("one more: %v", err)
	}
	for range maxProbes - 1 { // the same host is asked one after the other
		if err := <-done; fault.KindOf(err) != fault.TooMany {
			t.Errorf("of the same host: %v", err)
		}
	}
	r.Close()
	if err := <-silent; fault.KindOf(err) != fault.Unavailable {
		t.Errorf("at the end: %v", err)
	}
	if _, err := r.Probe(t.Context(), []byte(`{"url":"h"}`), func(Progress) {}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("after the end: %v", err)
	}
}
