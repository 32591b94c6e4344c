package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

func get(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, resp *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHandlersServeTheirFiles(t *testing.T) {
	tests := []struct {
		name string
		h    http.Handler
		path string
		kind string
		file string
	}{
		{"the wall", Wall(), "/", "text/html; charset=utf-8", "pages/wall.html"},
		{"a camera", CameraPage(), "/cameras/front-door", "text/html; charset=utf-8", "pages/camera.html"},
		{"the storage", StoragePage(), "/storage", "text/html; charset=utf-8", "pages/storage.html"},
		{"the icon", Favicon(), "/favicon.ico", "image/svg+xml", "static/favicon.svg"},
		{"a script", static(t, "/static/wall.js"), "/static/wall.js", "text/javascript; charset=utf-8", "static/wall.js"},
		{"a style", static(t, "/static/base.css"), "/static/base.css", "text/css; charset=utf-8", "static/base.css"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want, err := embedded.ReadFile(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			resp := get(tt.h, "GET", tt.path)
			if got := bodyOf(t, resp); resp.StatusCode != 200 || !bytes.Equal(got, want) {
				t.Errorf("status %d and %d bytes, want 200 and the %d bytes of %s", resp.StatusCode, len(got), len(want), tt.file)
			}
			for name, want := range map[string]string{
				"Content-Type":            tt.kind,
				"Content-Security-Policy": policy,
				"X-Content-Type-Options":  "nosniff",
				"Referrer-Policy":         "same-origin",
				"Cache-Control":           "no-cache",
				"Content-Length":          strconv.Itoa(len(want)),
			} {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestFileKnowsNothingElse(t *testing.T) {
	for _, path := range []string{"/static/nothing.js", "/static/", "/static", "/", "/pages/wall.html", "/static/../embed.go", "/embed.go"} {
		if _, ok := File(path); ok {
			t.Errorf("%s is a file", path)
		}
	}
}

// static returns the handler of a file that must be there.
func static(t *testing.T, path string) http.Handler {
	t.Helper()
	f, ok := File(path)
	if !ok {
		t.Fatalf("there is no %s", path)
	}
	return f
}

func TestClientThatHasTheFileIsTold(t *testing.T) {
	for _, coding := range []string{"", "gzip"} {
		first := get(Wall(), "GET", "/", "Accept-Encoding", coding)
		etag := first.Header.Get("ETag")
		again := get(Wall(), "GET", "/", "Accept-Encoding", coding, "If-None-Match", etag)
		if b := bodyOf(t, again); again.StatusCode != 304 || len(b) != 0 || again.Header.Get("ETag") != etag {
			t.Errorf("coding %q: status %d, %d bytes, ETag %s; want 304, none, %s", coding, again.StatusCode, len(b), again.Header.Get("ETag"), etag)
		}
		changed := get(Wall(), "GET", "/", "Accept-Encoding", coding, "If-None-Match", `"another"`)
		if changed.StatusCode != 200 {
			t.Errorf("coding %q, another ETag: status %d, want 200", coding, changed.StatusCode)
		}
	}
}

func TestCompressedForThoseWhoTakeIt(t *testing.T) {
	plain := get(static(t, "/static/wall.js"), "GET", "/static/wall.js")
	want := bodyOf(t, plain)
	resp := get(static(t, "/static/wall.js"), "GET", "/static/wall.js", "Accept-Encoding", "br, gzip;q=0.8")
	b := bodyOf(t, resp)
	if resp.Header.Get("Content-Encoding") != "gzip" || resp.Header.Get("Content-Length") != strconv.Itoa(len(b)) {
		t.Fatalf("got %v", resp.Header)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, want) {
		t.Errorf("unpacked it has %d bytes (%v), want the %d of the plain file", len(got), err, len(want))
	}
	for _, r := range []*http.Response{plain, resp} {
		if got := r.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Vary is %q", got)
		}
	}
	if plain.Header.Get("ETag") == resp.Header.Get("ETag") {
		t.Error("two representations have one strong ETag")
	}
}

func TestAcceptsGzip(t *testing.T) {
	for value, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "x-gzip": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.000": false,
		"gzip;q=0.1": true, "*": true, "*;q=0": false, "*, gzip;q=0": false, "identity": false, "gzip;q=nonsense": true,
	} {
		if got := acceptsGzip([]string{value}); got != want {
			t.Errorf("acceptsGzip(%q) = %v, want %v", value, got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	head := get(Wall(), "HEAD", "/")
	if b := bodyOf(t, head); head.StatusCode != 200 || len(b) != 0 || head.ContentLength <= 0 {
		t.Errorf("HEAD: status %d, %d bytes, Content-Length %d", head.StatusCode, len(b), head.ContentLength)
	}
	post := get(Wall(), "POST", "/")
	if post.StatusCode != 405 || post.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d, Allow %q", post.StatusCode, post.Header.Get("Allow"))
	}
}
