package metrics

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/rendition"
)

// wall is a set of cameras that stand still.
type wall struct {
	statuses map[camera.ID]hub.Status
	err      error
}

func (w *wall) List() (ds []camera.Definition, err error) {
	for id := range w.statuses {
		ds = append(ds, camera.Definition{ID: id, Source: camera.Source{Kind: "mjpeg"}})
	}
	return append(ds, camera.Definition{ID: "deleted-meanwhile"}), w.err
}

func (w *wall) Status(id camera.ID) (hub.Status, error) {
	s, ok := w.statuses[id]
	if !ok {
		return s, fault.New(fault.NotFound, "no camera")
	}
	return s, nil
}

func sample(w *wall) Config {
	return Config{
		Cameras: w, Running: w, Version: "v1.2.3", Started: time.Now(),
		Copies:  func() rendition.Stats { return rendition.Stats{Running: 2, Pictures: 7, Undecodable: 1} },
		BytesIn: func() uint64 { return 1000 }, BytesOut: func() uint64 { return 2000 },
		Store: func() (int64, error) { return 65536, nil },
	}
}

func scrape(t *testing.T, h http.Handler) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Code, w.Body.String()
}

func TestFigures(t *testing.T) {
	at := time.Now().Add(-3 * time.Second)
	w := &wall{statuses: map[camera.ID]hub.Status{
		"a": {State: hub.Live, Frames: 10, Bytes: 12345, Dropped: 3, Connects: 2, Viewers: 4, FPS: 14.9, LastFrameAt: &at, Quirks: []string{"x"}},
		"b": {State: hub.Offline},
	}}
	h := Handler(sample(w))
	code, text := scrape(t, h)
	if code != http.StatusOK {
		t.Fatal(code, text)
	}
	lines := strings.Split(text, "\n")
	for _, want := range []string{
		`camhub_camera_frames_total{camera="a"} 10`, `camhub_camera_received_bytes_total{camera="a"} 12345`,
		`camhub_camera_dropped_frames_total{camera="a"} 3`, `camhub_camera_connects_total{camera="a"} 2`,
		`camhub_camera_viewers{camera="a"} 4`, `camhub_camera_frame_rate{camera="a"} 14.9`, `camhub_camera_quirks{camera="a"} 1`,
		`camhub_camera_state{camera="a",state="live"} 1`, `camhub_camera_state{camera="a",state="offline"} 0`,
		`camhub_camera_state{camera="b",state="offline"} 1`, `camhub_camera_info{camera="b",kind="mjpeg"} 1`,
		`camhub_received_bytes_total 1000`, `camhub_sent_bytes_total 2000`, `camhub_store_bytes 65536`, `camhub_renditions 2`,
		`camhub_rendition_frames_total 7`, `camhub_rendition_failures_total 1`, `camhub_build_info{version="v1.2.3"} 1`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
	if !strings.Contains(text, `camhub_camera_frame_age_seconds{camera="a"} 3.`) || strings.Contains(text, `frame_age_seconds{camera="b"}`) {
		t.Error("the age is missing or made up")
	}
	if strings.Contains(text, "deleted-meanwhile") {
		t.Error("a camera that is gone is shown")
	}
	delete(w.statuses, "a")
	if _, text = scrape(t, h); strings.Contains(text, `camera="a"`) {
		t.Error("a removed camera's series stay")
	}
}

func TestNamesFollowTheRules(t *testing.T) {
	w := &wall{statuses: map[camera.ID]hub.Status{"a": {State: hub.Live}}}
	problems, err := testutil.GatherAndLint(registry(sample(w)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "camhub_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestStoreThatCannotBeReadIsTold(t *testing.T) {
	code, text := scrape(t, Handler(sample(&wall{err: errors.New("the store is broken")})))
	if code != http.StatusInternalServerError || !strings.Contains(text, "the store is broken") {
		t.Errorf("got %d %s", code, text)
	}
}
