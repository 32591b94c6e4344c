package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestSimulateHasItsOwnEnvironment: the hub's address must not be taken for the
// simulator's.
func TestSimulateHasItsOwnEnvironment(t *testing.T) {
	cmd := camhub(t, "simulate", "-h")
	cmd.Env = append(cmd.Env, "CAMHUB_LISTEN=nonsense")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "$CAMHUB_SIMULATE_LISTEN") {
		t.Errorf("%v\n%s", err, out)
	}
	cmd = camhub(t, "simulate")
	cmd.Env = append(cmd.Env, "CAMHUB_SIMULATE_LISTEN=nonsense")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "listen on nonsense") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSimulateShowsItsPage(t *testing.T) {
	resp, err := http.Get(startSimulator(t) + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%d, %v", resp.StatusCode, resp.Header)
	}
}
