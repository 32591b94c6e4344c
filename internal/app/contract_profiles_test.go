package app

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// profiles looks at what an admin learns of the running program, and at its bounds.
func profiles(t *testing.T, h *testHub) {
	list := string(h.want(http.StatusOK, "GET", "/debug/pprof/", "").body)
	for _, name := range []string{"profile", "trace", "heap", "goroutine", "allocs"} {
		if !strings.Contains(list, name+"  ") {
			t.Errorf("%s is not in the list:\n%s", name, list)
		}
	}
	began := time.Now()
	for _, name := range []string{"profile", "trace", "heap"} { // HEAD makes none
		h.want(http.StatusOK, "HEAD", "/debug/pprof/"+name, "")
	}
	cpu := h.want(http.StatusOK, "GET", "/debug/pprof/profile?seconds=1", "").body
	if time.Since(began) < time.Second {
		t.Error("a profile of a second took less")
	}
	wantProfile(t, "cpu", cpu, "samples/count cpu/nanoseconds")
	wantProfile(t, "heap", h.want(http.StatusOK, "GET", "/debug/pprof/heap?gc=1", "").body, "inuse_space/bytes")
	wantProfile(t, "allocs in a second", h.want(http.StatusOK, "GET", "/debug/pprof/allocs?seconds=1", "").body, "alloc_space/bytes")
	if text := string(h.want(http.StatusOK, "GET", "/debug/pprof/goroutine?debug=2", "").body); !strings.Contains(text, "camhub/internal/app.Serve") {
		t.Errorf("no goroutine serves: %.1000s", text)
	}
	if b := h.want(http.StatusOK, "GET", "/debug/pprof/trace", "").body; !bytes.HasPrefix(b, []byte("go 1.")) {
		t.Errorf("no trace: %.20q", b)
	}
	for _, bad := range []string{"profile?seconds=0", "profile?seconds=61", "profile?seconds=1e1", "trace?seconds=", "heap?seconds=-1"} {
		h.refused(t, "GET", "/debug/pprof/"+bad, "", "/seconds")
	}
	h.refused(t, "GET", "/debug/pprof/heap?debug=3", "", "/debug")
	h.refused(t, "GET", "/debug/pprof/heap?debug=1&seconds=1", "", "/debug")
	for _, name := range []string{"cmdline", "symbol", "nothing", "heap%00"} {
		h.want(http.StatusNotFound, "GET", "/debug/pprof/"+name, "")
	}
	oneProfileAtATime(t, h)
}

// oneProfileAtATime holds the place for as long as a client stays.
func oneProfileAtATime(t *testing.T, h *testHub) {
	resp, err := h.client.Get(h.url + "/debug/pprof/trace?seconds=60") // it is sent as it comes
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"profile", "trace", "heap?seconds=1"} {
		h.want(http.StatusTooManyRequests, "GET", "/debug/pprof/"+name, "")
	}
	h.want(http.StatusOK, "GET", "/debug/pprof/heap", "") // takes no time
	resp.Body.Close()
	eventually(t, "the place is free again", func() bool {
		resp, err := h.client.Get(h.url + "/debug/pprof/trace")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// wantProfile fails the test unless Go's tool reads the profile, and finds samples of
// a kind in it.
func wantProfile(t *testing.T, what string, profile []byte, samples string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "profile")
	if err := os.WriteFile(file, profile, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-raw", file)
	cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), samples) {
		t.Errorf("%s: %v\n%.1000s", what, err, out)
	}
}
