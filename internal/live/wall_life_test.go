package live

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/memnet"
	"camhub/internal/route"
)

// newMemWall is newWallRig on a network inside the process, for a synctest
// bubble. The test must call the function that it returns.
func newMemWall(t *testing.T) (r *wallRig, tr *http.Transport, done func()) {
	r = &wallRig{t: t, farm: newFarm("a"), url: "http://hub"}
	r.live = New(Config{Hub: r.farm, Copies: untouched{}, Watch: r.farm.watch})
	l := memnet.New()
	srv := &http.Server{Handler: route.New(r.live.Routes(), asAdmin, slog.New(slog.DiscardHandler))}
	go srv.Serve(l)
	return r, &http.Transport{DialContext: l.Dial}, func() {
		r.farm.stop()
		r.close(time.Second)
		srv.Close()
	}
}

const upgradeRequest = "GET /api/v1/wall HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: camhub.wall.v1\r\n\r\n"

// rawWall opens a connection that no WebSocket library answers for, and wants a
// tile of camera a.
func rawWall(t *testing.T, tr *http.Transport) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := tr.DialContext(t.Context(), "tcp", "hub:80")
	if err != nil {
		t.Fatal(err)
	}
	go io.WriteString(conn, upgradeRequest)
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got %v, %v", resp, err)
	}
	text := `{"op":"tiles","tiles":[{"tile":1,"camera":"a","width":1,"fps":60}]}`
	if _, err := conn.Write(append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)); err != nil { // masked with 0
		t.Fatal(err)
	}
	return conn, br
}

// TestSilentClientIsDropped has a client that takes everything and answers
// nothing, beside one that answers pings.
func TestSilentClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, tr, done := newMemWall(t)
		defer done()
		var wg sync.WaitGroup
		defer wg.Wait()
		healthy := r.dialWith(tr)
		healthy.want("1 a 1 1")
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			for {
				if _, _, err := healthy.ws.Read(ctx); err != nil {
					return
				}
			}
		})
		conn, br := rawWall(t, tr)
		defer conn.Close()
		start := time.Now()
		rest, _ := io.ReadAll(br)
		if after := time.Since(start); after < silentAfter || after > silentAfter+pingEvery+10*time.Second {
			t.Errorf("it was dropped after %v", after)
		}
		if !strings.Contains(string(rest), errSilent.reason) {
			t.Errorf("it was not told why: %q", rest)
		}
		time.Sleep(10 * time.Minute)
		if n := r.cam("a").Readers(); n != 1 {
			t.Errorf("%d readers are left, want that of the healthy client", n)
		}
		healthy.ws.CloseNow()
	})
}

// TestStuckWallIsClosed has a client that takes no byte any more.
func TestStuckWallIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, tr, done := newMemWall(t)
		defer done()
		conn, _ := rawWall(t, tr)
		defer conn.Close()
		synctest.Wait()
		r.cam("a").Write(packet(strings.Repeat("x", 1<<20)))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if r.cam("a").Readers() != 1 {
			t.Error("the client is gone before its time")
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if r.cam("a").Readers() != 0 {
			t.Error("the stuck client is still there")
		}
	})
}

// TestStopIsTold stops the program under a client that answers and one that does
// not.
func TestStopIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, tr, done := newMemWall(t)
		defer done()
		c := r.dialWith(tr)
		c.want("1 a 640 10")
		c.until("status")
		conn, br := rawWall(t, tr)
		defer conn.Close()
		go io.Copy(io.Discard, br)
		synctest.Wait()
		start := time.Now()
		r.farm.stop()
		var wg sync.WaitGroup
		wg.Go(func() { r.close(time.Second) })
		if code, _ := c.closed(); code != websocket.StatusGoingAway {
			t.Errorf("closed with %v", code)
		}
		wg.Wait()
		if took := time.Since(start); took > time.Second {
			t.Errorf("stopping took %v", took)
		}
		req, err := http.NewRequest("GET", r.url+"/api/v1/wall", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(upgradeRequest), "\r\n")[2:] {
			name, value, _ := strings.Cut(line, ": ")
			req.Header.Set(name, value)
		}
		resp, err := tr.RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a client that comes later gets %v, %v", resp, err)
		}
		if err == nil {
			resp.Body.Close()
		}
		tr.CloseIdleConnections()
	})
}

// TestManySocketsDisturbNobody opens 1,000 connections.
func TestManySocketsDisturbNobody(t *testing.T) {
	r := newWallRig(t, "a")
	first := r.dial()
	first.want("1 a 640 60")
	first.until("status")
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	opened, refused := []*websocket.Conn{first.ws}, 0
	for range 999 {
		ctx, cancel := context.WithTimeout(t.Context(), wallPatience)
		ws, resp, err := websocket.Dial(ctx, r.url+"/api/v1/wall", &websocket.DialOptions{
			HTTPClient: &http.Client{Transport: tr}, Subprotocols: []string{wallProtocol},
		})
		cancel()
		switch {
		case err == nil:
			opened = append(opened, ws)
		case resp != nil && resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
			refused++
			resp.Body.Close()
		default:
			t.Fatalf("%v, %v", resp, err)
		}
	}
	if len(opened) != maxWalls || refused != 1000-maxWalls {
		t.Errorf("%d are open and %d were refused", len(opened), refused)
	}
	r.cam("a").Write(packet("undisturbed"))
	if m := first.until("picture"); m.picture != "undisturbed" {
		t.Errorf("got %+v", m)
	}
	for _, ws := range opened {
		ws.CloseNow()
	}
	eventually(t, "they go", func() bool {
		r.live.mu.Lock()
		defer r.live.mu.Unlock()
		return len(r.live.walls) == 0 && len(r.live.conns) == 0
	})
	r.dial().want("1 a 640 60")
}
