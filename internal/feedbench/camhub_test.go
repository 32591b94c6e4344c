//go:build linux

package feedbench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

var built struct {
	once sync.Once
	dir  string
	err  error
}

// hubBinary builds the hub once for all benchmarks and returns its path.
func hubBinary(tb testing.TB) string {
	tb.Helper()
	if *given != "" {
		return *given
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "feedbench"); built.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", filepath.Join(built.dir, "camhub"), "camhub/cmd/camhub")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build the hub: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		tb.Fatal(built.err)
	}
	return filepath.Join(built.dir, "camhub")
}

func removeBuild() {
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
}

// camhub is a running hub.
type camhub struct {
	*process
	url    *url.URL
	client *http.Client
	began  time.Time
}

// startHub starts the hub with an empty data folder. It is stopped when the
// benchmark ends.
func startHub(tb testing.TB) *camhub {
	tb.Helper()
	cmd := exec.Command(hubBinary(tb), "serve", "--listen", "127.0.0.1:0", "--data", tb.TempDir(), "--log-format", "json")
	cmd.Dir = tb.TempDir()
	h := &camhub{client: &http.Client{Timeout: answerWithin, Transport: new(http.Transport)}, began: time.Now()}
	h.process = start(tb, "camhub", cmd)
	tb.Cleanup(func() { h.stop(tb) })
	deadline := time.After(answerWithin)
	for h.url == nil {
		select {
		case l := <-h.lines:
			h.url = listensAt(l)
		case <-h.done:
			tb.Fatalf("camhub ended: %v\n%s", h.cmd.ProcessState, h.said.text())
		case <-deadline:
			tb.Fatalf("camhub does not say where it listens\n%s", h.said.text())
		}
	}
	return h
}

// listensAt returns the address from the log line that tells it, or nil.
func listensAt(line string) *url.URL {
	var l struct{ Msg, URL string }
	if json.Unmarshal([]byte(line), &l) != nil || l.Msg != "listening" {
		return nil
	}
	u, err := url.Parse(l.URL)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// stop asks the hub to end as a service manager does, and waits. Calling it
// again does no harm.
func (h *camhub) stop(tb testing.TB) {
	h.client.CloseIdleConnections()
	h.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may be gone
	select {
	case <-h.done:
		if !h.cmd.ProcessState.Success() {
			tb.Errorf("camhub ended: %v\n%s", h.cmd.ProcessState, h.said.text())
		}
	case <-time.After(10 * time.Second):
		tb.Errorf("camhub did not end within 10 s of SIGTERM\n%s", h.said.text())
	}
}

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
		tb.Fatalf("%s %s: %v\n%s", method, path, err, h.said.text())
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
		tb.Fatalf("camera %s is not live: %s\n%s", id, got, h.said.text())
	}
}

const benchFeed = "/cameras/bench/feed"
