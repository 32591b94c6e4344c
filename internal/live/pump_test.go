package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/hub"
	"camhub/internal/route"
	"camhub/internal/stream"
)

// numbered returns a picture of 100 kB that begins with its number.
func numbered(n int) string {
	return fmt.Sprintf("%08d", n) + string(bytes.Repeat([]byte{'x'}, 100_000))
}

// tcpRig is the one camera on a web server with real connections.
func tcpRig(t *testing.T) (*oneCamera, string) {
	t.Helper()
	cam := &oneCamera{s: stream.New(), state: hub.Live}
	live := New(Config{Hub: cam, First: func(func(camera.ID) bool) (camera.ID, error) { return "a", nil }})
	srv := httptest.NewServer(route.New(live.Routes(), asAdmin, slog.New(slog.DiscardHandler)))
	t.Cleanup(func() {
		cam.s.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		live.Close(ctx)
		srv.Close()
	})
	return cam, srv.URL + "/cameras/a/feed"
}

// watch reads pictures until it has seen the one numbered last. It checks that
// they are whole and rise.
func watch(t *testing.T, url string, last int, pause time.Duration) {
	resp, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	parts := multipart.NewReader(resp.Body, "frame")
	for before := -1; before < last; {
		p, err := parts.NextPart()
		if err != nil {
			t.Errorf("after picture %d: %v", before, err)
			return
		}
		b, err := io.ReadAll(p)
		var n int
		fmt.Sscanf(string(b[:min(8, len(b))]), "%d", &n)
		if err != nil || len(b) != 100_008 || n <= before {
			t.Errorf("picture %d after %d has %d bytes: %v", n, before, len(b), err)
			return
		}
		before = n
		time.Sleep(pause)
	}
}

// TestPumpsAndGoroutinesTakeTurns has viewers of all speeds on real
// connections. The slow ones go back and forth between a pump and their own
// goroutine; all of them see rising whole pictures, and the last one.
func TestPumpsAndGoroutinesTakeTurns(t *testing.T) {
	cam, url := tcpRig(t)
	const last = 150
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() { watch(t, url, last, time.Duration(i%4*10)*time.Millisecond) })
	}
	for deadline := time.Now().Add(wallPatience); cam.s.Readers() < 24; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the viewers do not come")
		}
	}
	for n := range last + 1 {
		cam.s.Write(packet(numbered(n)))
		time.Sleep(3 * time.Millisecond)
	}
	wg.Wait()
	for deadline := time.Now().Add(wallPatience); cam.s.Readers() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the viewers do not go")
		}
	}
}

// TestPumpLeavesNobodyBehind lets viewers leave while pictures flow.
func TestPumpLeavesNobodyBehind(t *testing.T) {
	cam, url := tcpRig(t)
	stop := make(chan struct{})
	var camWG, wg sync.WaitGroup
	camWG.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				cam.s.Write(packet(numbered(n)))
			}
		}
	})
	for range 8 {
		wg.Go(func() {
			for range 20 {
				resp, err := http.Get(url)
				if err != nil {
					t.Error(err)
					return
				}
				io.CopyN(io.Discard, resp.Body, 250_000)
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	close(stop)
	camWG.Wait()
	for deadline := time.Now().Add(wallPatience); cam.s.Readers() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d viewers are left", cam.s.Readers())
		}
	}
}
