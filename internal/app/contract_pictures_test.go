package app

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"camhub/internal/hub"
)

func hubStatus(t *testing.T, h *testHub) {
	h.add("off")
	h.addLive("on")
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"idle","name":"I","mode":"on_demand","source":{"kind":"emulated"}}`)
	resp := h.feed("/cameras/on/feed")
	defer resp.Body.Close()
	type status struct {
		Version string
		Cameras map[hub.State]int
		Viewers int
		In      int64  `json:"bytes_in_per_s"`
		Out     int64  `json:"bytes_out_per_s"`
		Memory  uint64 `json:"memory_bytes"`
	}
	eventually(t, "all figures are there", func() bool {
		io.CopyN(io.Discard, resp.Body, 1000)
		s := decode[status](t, h.want(http.StatusOK, "GET", "/api/v1/status", ""))
		return s.Version == "test" && s.Cameras[hub.Disabled] == 1 && s.Cameras[hub.Live] == 1 && s.Cameras[hub.Idle] == 1 &&
			s.Viewers == 1 && s.In > 0 && s.Out > 0 && s.Memory > 1<<20
	})
	h.want(http.StatusOK, "GET", "/healthz", "")
	h.want(http.StatusOK, "GET", "/readyz", "")
	h.want(http.StatusOK, "HEAD", "/healthz", "")
	h.want(http.StatusOK, "GET", "/metrics", "")
}

// feed opens a feed, whose header is checked. The caller closes its body.
func (h *testHub) feed(path string, header ...string) *http.Response {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), "GET", h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := h.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.contract.check(h.t, resp, nil)
	return resp
}

// timestamp is X-Timestamp.
var timestamp = regexp.MustCompile(`^\d{10}\.\d{6}$`)

func pictures(t *testing.T, h *testHub) {
	h.addLive("a")
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"idle","name":"I","mode":"on_demand","source":{"kind":"emulated"}}`)
	h.want(http.StatusOK, "HEAD", "/cameras/idle/snapshot.jpg", "")
	if st := h.camera("idle").Status; st.State != hub.Idle || st.Frames != 0 {
		t.Errorf("HEAD has opened a camera, which is %s", st.State)
	}
	for _, path := range []string{"/cameras/a/snapshot.jpg", "/?action=snapshot", "/cameras/a/snapshot.jpg?max_age=5", "/cameras/a/snapshot.jpg?max_age=1m"} {
		a := h.want(http.StatusOK, "GET", path, "")
		size, err := jpeg.DecodeConfig(bytes.NewReader(a.body))
		if err != nil || size.Width != 64 || size.Height != 48 {
			t.Errorf("%s: %+v, %v", path, size, err)
		}
		at, err := http.ParseTime(a.header.Get("Last-Modified"))
		if seconds := fmt.Sprint(at.Unix()); err != nil || !strings.HasPrefix(a.header.Get("X-Timestamp"), seconds+".") || time.Since(at) > time.Minute {
			t.Errorf("%s: %v, header %v", path, err, a.header)
		}
	}
	h.want(http.StatusOK, "HEAD", "/cameras/a/snapshot.jpg", "")
	h.want(http.StatusOK, "HEAD", "/cameras/a/feed", "")
	for _, path := range []string{"/cameras/a/feed", "/video_feed", "/?action=stream", "/cameras/a/feed?advance=1", "/video_feed?advance=0"} {
		resp := h.feed(path)
		advance := strings.HasSuffix(path, "advance=1")
		if resp.ContentLength != -1 || len(resp.TransferEncoding) != 0 || !resp.Close {
			t.Errorf("%s: length %d, encoding %v, close %v", path, resp.ContentLength, resp.TransferEncoding, resp.Close)
		}
		parts := multipart.NewReader(resp.Body, "frame")
		for range 3 {
			p, err := parts.NextPart()
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			b, err := io.ReadAll(p)
			if err != nil || p.Header.Get("Content-Type") != "image/jpeg" {
				t.Fatalf("%s: %v, header %v", path, err, p.Header)
			}
			if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if whole := p.Header.Get("Content-Length") == fmt.Sprint(len(b)) && timestamp.MatchString(p.Header.Get("X-Timestamp")); whole == advance {
				t.Errorf("%s: header %v", path, p.Header)
			}
		}
		resp.Body.Close()
	}
	resp := h.feed("/cameras/a/feed")
	defer resp.Body.Close()
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/a", "")
	if b, err := io.ReadAll(resp.Body); err != nil || !bytes.HasSuffix(b, []byte("--frame--\r\n")) {
		t.Errorf("after the camera is deleted: %v, %.40q", err, b[max(0, len(b)-40):])
	}
}

func noPictures(t *testing.T, h *testHub) {
	for _, path := range []string{"/video_feed", "/?action=stream", "/?action=snapshot", "/cameras/a/feed", "/cameras/a/snapshot.jpg"} {
		h.want(http.StatusNotFound, "GET", path, "")
	}
	h.addLive("a")
	h.add("off")
	for path, status := range map[string]int{
		"/cameras/a/feed?advance=2":             422,
		"/cameras/a/feed?width=15":              422,
		"/cameras/a/feed?width=7681":            422,
		"/cameras/a/feed?width=1e2":             422,
		"/cameras/a/feed?width=-640":            422,
		"/cameras/a/feed?fps=0":                 422,
		"/cameras/a/feed?fps=61":                422,
		"/cameras/a/feed?fps=NaN":               422,
		"/cameras/a/feed?fps=-Inf":              422,
		"/cameras/a/feed?fps=":                  422,
		"/cameras/a/feed?width=":                422,
		"/video_feed?advance=yes":               422,
		"/video_feed?fps=fast":                  422,
		"/?action=stream&advance=2":             422,
		"/?action=stream&width=1":               422,
		"/?action=snapshot&max_age=soon":        422,
		"/cameras/a/snapshot.jpg?max_age=-1s":   422,
		"/cameras/a/snapshot.jpg?max_age=NaN":   422,
		"/cameras/a/snapshot.jpg?max_age=1e300": 422,
		"/cameras/a/snapshot.jpg?width=9":       422,
		"/cameras/off/feed":                     503,
		"/cameras/off/snapshot.jpg":             503,
	} {
		h.want(status, "GET", path, "")
	}
	h.want(http.StatusOK, "PUT", "/api/v1/order", `{"cameras":["off","a"]}`)
	for _, path := range []string{"/video_feed", "/?action=stream", "/?action=snapshot"} {
		a := h.want(http.StatusServiceUnavailable, "GET", path, "")
		if a.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", path)
		}
	}
}

func pages(t *testing.T, h *testHub) {
	h.add("a")
	for _, path := range []string{"/", "/?action=other", "/cameras/a", "/cameras/nobody", "/storage", "/setup", "/login", "/account", "/users", "/shares",
		"/static/wall.js", "/static/wall.css", "/static/favicon.svg", "/favicon.ico", "/api/v1/openapi.json"} {
		a := h.want(http.StatusOK, "GET", path, "")
		tag := a.header.Get("ETag")
		h.want(http.StatusOK, "HEAD", path, "")
		h.want(http.StatusOK, "GET", path, "", "Accept-Encoding", "gzip")
		h.want(http.StatusNotModified, "GET", path, "", "If-None-Match", tag)
		h.want(http.StatusPreconditionFailed, "GET", path, "", "If-Match", `"x"`)
		h.want(http.StatusRequestedRangeNotSatisfiable, "GET", path, "", "Range", "bytes=9999999-")
		if part := h.want(http.StatusPartialContent, "GET", path, "", "Range", "bytes=1-5"); string(part.body) != string(a.body[1:6]) {
			t.Errorf("%s: bytes 1 to 5 are %q", path, part.body)
		}
		h.want(http.StatusPartialContent, "GET", path, "", "Range", "bytes=1-2,5-6")
	}
	for _, path := range []string{"/static/nothing.js", "/static/../pages/wall.html", "/static/%2e%2e/pages/wall.html", "/static//wall.js", "/static/%00"} {
		h.want(http.StatusNotFound, "GET", path, "")
	}
}
