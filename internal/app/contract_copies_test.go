package app

import (
	"bytes"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"camhub/internal/hub"
)

// hubFigures is what these tests look at in the status of the hub.
type hubFigures struct {
	Viewers    int
	Renditions struct{ Running, Pictures, Undecodable int }
}

// widths reads n pictures of a feed and returns how wide they are.
func widths(t *testing.T, body io.Reader, n int) []int {
	t.Helper()
	var all []int
	parts := multipart.NewReader(body, "frame")
	for range n {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m.Bounds().Dx())
	}
	return all
}

// copies asks for smaller and slower copies in every way there is.
func copies(t *testing.T, h *testHub) {
	h.addLive("a") // 64 x 48
	tests := []struct {
		path string
		want int
	}{
		{"/cameras/a/feed?width=32", 32},
		{"/cameras/a/feed?width=20", 32},
		{"/cameras/a/feed?width=16&fps=60", 16},
		{"/cameras/a/feed?width=33", 64},
		{"/cameras/a/feed?width=7680", 64},
		{"/cameras/a/feed?fps=0.5", 64},
		{"/cameras/a/feed?width=32&advance=1", 32},
		{"/video_feed?width=32&fps=7.5", 32},
		{"/?action=stream&width=16", 16},
	}
	for _, tt := range tests {
		resp := h.feed(tt.path)
		for _, got := range widths(t, resp.Body, 2) {
			if got != tt.want {
				t.Errorf("%s: a picture %d wide, want %d", tt.path, got, tt.want)
			}
		}
		resp.Body.Close()
	}
	for path, want := range map[string]int{
		"/cameras/a/snapshot.jpg?width=32": 32, "/cameras/a/snapshot.jpg?width=640&max_age=1m": 64, "/?action=snapshot&width=16": 16,
	} {
		a := h.want(http.StatusOK, "GET", path, "")
		if m, err := jpeg.Decode(bytes.NewReader(a.body)); err != nil || m.Bounds().Dx() != want {
			t.Errorf("%s: %v, want a width of %d", path, err, want)
		}
		at, err := http.ParseTime(a.header.Get("Last-Modified"))
		if err != nil || time.Since(at) > time.Minute {
			t.Errorf("%s: header %v", path, a.header)
		}
	}
	h.want(http.StatusOK, "HEAD", "/cameras/a/feed?width=32", "")
	h.want(http.StatusOK, "HEAD", "/cameras/a/snapshot.jpg?width=32", "")

	one, two := h.feed("/cameras/a/feed?width=32"), h.feed("/cameras/a/feed?width=30&fps=1")
	defer one.Body.Close()
	defer two.Body.Close()
	eventually(t, "the viewers of copies count", func() bool {
		s := decode[hubFigures](t, h.want(http.StatusOK, "GET", "/api/v1/status", ""))
		return s.Viewers == 2 && s.Renditions.Running == 2 && s.Renditions.Pictures > 0 && s.Renditions.Undecodable == 0
	})
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/a", "")
	if b, err := io.ReadAll(one.Body); err != nil || !bytes.HasSuffix(b, []byte("--frame--\r\n")) {
		t.Errorf("after the camera is deleted: %v, %.40q", err, b[max(0, len(b)-40):])
	}
}

// copiesOnDemand opens a camera by its copies alone, which end after their
// viewers left.
func copiesOnDemand(t *testing.T, h *testHub) {
	h.want(http.StatusCreated, "POST", "/api/v1/cameras",
		`{"id":"b","name":"B","mode":"on_demand","idle_timeout":"1s","source":{"kind":"emulated","width":64,"height":48}}`)
	a := h.want(http.StatusOK, "GET", "/cameras/b/snapshot.jpg?width=32", "")
	if m, err := jpeg.Decode(bytes.NewReader(a.body)); err != nil || m.Bounds().Dx() != 32 {
		t.Errorf("%v", err)
	}
	resp := h.feed("/cameras/b/feed?width=16&fps=5")
	widths(t, resp.Body, 3)
	resp.Body.Close()
	eventually(t, "the camera is closed", func() bool {
		st := decode[hub.Status](t, h.want(http.StatusOK, "GET", "/api/v1/cameras/b/status", ""))
		return st.State == hub.Idle && st.Viewers == 0
	})
	if s := decode[hubFigures](t, h.want(http.StatusOK, "GET", "/api/v1/status", "")); s.Renditions.Running != 0 {
		t.Errorf("%d copies without a viewer", s.Renditions.Running)
	}
}
