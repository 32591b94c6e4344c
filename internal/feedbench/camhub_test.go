//go:build linux

package feedbench

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"camhub/internal/hubtest"
)

var built struct {
	once    sync.Once
	program string
	remove  func()
	err     error
}

// hubBinary builds the hub once for all benchmarks and returns its path.
func hubBinary(tb testing.TB) string {
	tb.Helper()
	if *given != "" {
		return *given
	}
	built.once.Do(func() { built.program, built.remove, built.err = hubtest.Build() })
	if built.err != nil {
		tb.Fatal(built.err)
	}
	return built.program
}

func removeBuild() {
	if built.remove != nil {
		built.remove()
	}
}

// camhub is a running hub.
type camhub struct {
	*hubtest.Hub
	url    *url.URL
	client *http.Client
	began  time.Time
}

// startHub starts the hub with an empty data folder. It is stopped when the
// benchmark ends.
func startHub(tb testing.TB) *camhub {
	tb.Helper()
	cmd := hubtest.Serve(hubBinary(tb), tb.TempDir())
	cmd.Dir = tb.TempDir()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	h := &camhub{client: &http.Client{Timeout: answerWithin, Transport: new(http.Transport)}, began: time.Now()}
	h.Hub = hubtest.Start(tb, cmd)
	tb.Cleanup(h.stop)
	var err error
	if h.url, err = url.Parse(h.URL); err != nil {
		tb.Fatal(err)
	}
	return h
}

// stop ends the hub, if it has not ended.
func (h *camhub) stop() {
	h.client.CloseIdleConnections()
	h.Stop()
}

func (h *camhub) pid() int { return h.Process.Pid }

func (h *camhub) host() string { return h.url.Host }

func (h *camhub) port() int {
	n, _ := strconv.Atoi(h.url.Port())
	return n
}

// call does one request, wants the status, and returns how long it took.
func (h *camhub) call(tb testing.TB, method, path string, body any, want int) (time.Duration, []byte) {
	tb.Helper()
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			tb.Fatal(err)
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(tb.Context(), method, h.url.JoinPath(path).String(), payload)
	if err != nil {
		tb.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		if method == http.MethodPatch {
			req.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	began := time.Now()
	resp, err := h.client.Do(req)
	if err != nil {
		tb.Fatalf("%s %s: %v\n%s", method, path, err, h.Log())
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	took := time.Since(began)
	if err != nil || resp.StatusCode != want {
		tb.Fatalf("%s %s: %s, want %d: %v\n%s", method, path, resp.Status, want, err, got)
	}
	return took, got
}

// object is a piece of JSON.
type object = map[string]any

// addBench adds a camera named bench that reads the feeder, and waits until it
// is live.
func (h *camhub) addBench(tb testing.TB, feeder string) {
	tb.Helper()
	h.call(tb, http.MethodPost, "/api/v1/cameras", object{
		"name": "bench", "source": object{"kind": "mjpeg", "url": "http://" + feeder + "/"},
	}, http.StatusCreated)
	h.waitLive(tb, "bench")
}

func (h *camhub) waitLive(tb testing.TB, id string) {
	tb.Helper()
	var got []byte
	if !poll(answerWithin, 20*time.Millisecond, func() bool {
		_, got = h.call(tb, http.MethodGet, "/api/v1/cameras/"+id+"/status", nil, http.StatusOK)
		var st struct{ State string }
		return json.Unmarshal(got, &st) == nil && st.State == "live"
	}) {
		tb.Fatalf("camera %s is not live: %s\n%s", id, got, h.Log())
	}
}

const benchFeed = "/cameras/bench/feed"
