// Package hubtest is for tests and benchmarks that drive the program as a whole:
// it builds it, and runs hubs.
package hubtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	startWithin = time.Minute // a machine may be busy
	stopWithin  = 30 * time.Second
	callWithin  = time.Minute
)

// Build builds the program, and returns its path. remove removes it; it may be
// called when Build has failed.
func Build() (program string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "hubtest-")
	if err != nil {
		return "", func() {}, err
	}
	program = filepath.Join(dir, "camhub")
	cmd := exec.Command("go", "build", "-o", program, "camhub/cmd/camhub")
	if out, failed := cmd.CombinedOutput(); failed != nil {
		err = fmt.Errorf("build camhub: %w\n%s", failed, out)
	}
	return program, func() { os.RemoveAll(dir) }, err
}

// Serve returns the command that runs a hub over a data folder on a free port.
// Flags in args come last, and so win.
func Serve(program, data string, args ...string) *exec.Cmd {
	return exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--log-format", "json"}, args...)...)
}

// Hub is a running hub.
type Hub struct {
	*exec.Cmd // its ProcessState is set when Wait has returned nil or an *exec.ExitError
	URL       string

	tb   testing.TB
	log  *log
	done chan struct{} // closed when it has ended, and err is set
	err  error

	killed atomic.Bool
}

// Start runs a command of Serve, and returns when the hub listens. It is killed
// and waited for when the test ends. If the command has a Stderr, that gets the log
// too.
func Start(tb testing.TB, cmd *exec.Cmd) *Hub {
	tb.Helper()
	h := &Hub{Cmd: cmd, tb: tb, log: &log{url: make(chan string, 1)}, done: make(chan struct{})}
	if cmd.Stderr != nil {
		cmd.Stderr = io.MultiWriter(h.log, cmd.Stderr)
	} else {
		cmd.Stderr = h.log
	}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start camhub: %v", err)
	}
	go func() { defer close(h.done); h.err = cmd.Wait() }()
	tb.Cleanup(h.Kill)
	select {
	case h.URL = <-h.log.url:
	case <-h.done:
		tb.Fatalf("camhub ended: %v\n%s", h.err, h.Log())
	case <-time.After(startWithin):
		tb.Fatalf("camhub does not listen:\n%s", h.Log())
	}
	return h
}

// Log returns what the hub has logged.
func (h *Hub) Log() string { return h.log.text() }

// Kill ends the hub as a power cut does, and waits for it.
func (h *Hub) Kill() {
	h.killed.Store(true)
	_ = h.Process.Kill() // it may have ended
	<-h.done
}

// Stop ends the hub as a service manager does, and returns how long it took. It
// is a failure of the test when the hub does not end well, or has ended by
// itself and not well. One that was killed is left alone.
func (h *Hub) Stop() time.Duration {
	h.tb.Helper()
	if h.killed.Load() {
		return 0
	}
	began := time.Now()
	_ = h.Process.Signal(syscall.SIGTERM) // it may have ended
	if err := h.Wait(stopWithin); err != nil {
		h.tb.Errorf("camhub ended: %v\n%s", err, h.Log())
	}
	return time.Since(began)
}

// Wait waits for the end of the hub, and returns how it ended. One that takes
// longer is killed.
func (h *Hub) Wait(limit time.Duration) error {
	select {
	case <-h.done:
		return h.err
	case <-time.After(limit):
		h.Kill()
		return errors.New("it did not end by itself")
	}
}

// Call sends a request with a JSON body, or none, and returns the answer. It
// fails the test when there is none.
func (h *Hub) Call(method, path, body string) (status int, answer []byte) {
	h.tb.Helper()
	ctx, cancel := context.WithTimeout(h.tb.Context(), callWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, h.URL+path, strings.NewReader(body))
	if err != nil {
		h.tb.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.tb.Fatalf("%v\n%s", err, h.Log())
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		h.tb.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, answer
}

// maxLog bounds what is kept of a hub's log: its end.
const maxLog = 1 << 20

// log keeps what a hub logs, and finds the line that says where it listens.
type log struct {
	url chan string // capacity 1

	mu    sync.Mutex // guards what follows
	b     []byte
	found bool
}

// Write implements io.Writer.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = append(l.b, p...)
	if len(l.b) > maxLog {
		l.b = append(l.b[:0], l.b[len(l.b)-maxLog/2:]...)
	}
	if l.found {
		return len(p), nil
	}
	for line := range bytes.Lines(l.b) {
		var entry struct{ Msg, URL string }
		if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
			l.found = true
			l.url <- entry.URL
			break
		}
	}
	return len(p), nil
}

func (l *log) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.b)
}
