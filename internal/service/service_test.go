package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manager is the service manager's end of the socket.
type manager struct {
	*net.UnixConn
	t *testing.T
}

// newManager sets the environment that systemd sets. interval is 0 for no watchdog.
func newManager(t *testing.T, interval time.Duration) *manager {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_PID", fmt.Sprint(os.Getpid()))
	t.Setenv("WATCHDOG_USEC", "")
	if interval > 0 {
		t.Setenv("WATCHDOG_USEC", fmt.Sprint(interval.Microseconds()))
	}
	return &manager{c, t}
}

// hear returns the next message, or "" when there is none for a while.
func (m *manager) hear(wait time.Duration) string {
	m.SetReadDeadline(time.Now().Add(wait))
	b := make([]byte, 4096)
	n, err := m.Read(b)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		m.t.Fatal(err)
	}
	return string(b[:n])
}

func (m *manager) want(texts ...string) {
	m.t.Helper()
	got := m.hear(time.Minute)
	for _, text := range texts {
		if !strings.Contains(got, text) {
			m.t.Fatalf("the manager hears %q, want %q", got, text)
		}
	}
}

// run runs the manager until the result is called.
func run(t *testing.T, log *bytes.Buffer, alive func(context.Context) error) (stop func()) {
	t.Helper()
	m, err := New(slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); m.Run(ctx, "serving at x", alive) }()
	return func() { cancel(); <-done }
}

func TestLifeOfAService(t *testing.T) {
	m := newManager(t, 200*time.Millisecond)
	var log bytes.Buffer
	stop := run(t, &log, func(context.Context) error { return nil })
	m.want("READY=1", "STATUS=serving at x")
	for range 3 {
		m.want("WATCHDOG=1")
	}
	stop()
	for got := ""; !strings.Contains(got, "STOPPING=1"); {
		if got = m.hear(time.Minute); got == "" {
			t.Fatal("the manager hears nothing of the stop")
		}
	}
}

// TestStuckHubIsNotAlive has a check that fails and then one that hangs: the manager
// hears why, and no more that the hub is alive, until it is again.
func TestStuckHubIsNotAlive(t *testing.T) {
	m := newManager(t, 100*time.Millisecond)
	var mode atomic.Int32
	release := make(chan struct{})
	var log bytes.Buffer
	stop := run(t, &log, func(context.Context) error {
		switch mode.Load() {
		case 1:
			return errors.New("the store is broken")
		case 2:
			<-release
		}
		return nil
	})
	defer stop()
	m.want("READY=1")
	m.want("WATCHDOG=1")
	for i, why := range map[int32]string{1: "the store is broken", 2: "not come to an end"} {
		mode.Store(i)
		for got := ""; !strings.Contains(got, why); { // what was under way comes first
			if got = m.hear(time.Minute); got == "" {
				t.Fatalf("%q is not told", why)
			}
		}
		if got := m.hear(400 * time.Millisecond); got != "" {
			t.Errorf("the manager hears %q of a hub that is stuck", got)
		}
		if mode.Swap(0) == 2 {
			close(release)
		}
		m.want("WATCHDOG=1")
	}
}

// TestNotReadyBeforeItIs starts a hub that is not alive at first.
func TestNotReadyBeforeItIs(t *testing.T) {
	m := newManager(t, 100*time.Millisecond)
	var ready atomic.Bool
	var log bytes.Buffer
	stop := run(t, &log, func(context.Context) error {
		if !ready.Load() {
			return errors.New("not yet")
		}
		return nil
	})
	defer stop()
	m.want("STATUS=not alive: not yet")
	if got := m.hear(300 * time.Millisecond); got != "" {
		t.Errorf("the manager hears %q", got)
	}
	ready.Store(true)
	m.want("READY=1")
}

func TestNobodyToTell(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	var log bytes.Buffer
	run(t, &log, func(context.Context) error { t.Error("the hub is looked at for nobody"); return nil })()
	t.Setenv("WATCHDOG_USEC", "soon")
	t.Setenv("WATCHDOG_PID", "")
	if _, err := New(slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a time that is none is taken")
	}
}
