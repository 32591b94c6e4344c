package live

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/camera"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/stream"
)

// cam returns the stream of a camera that is there.
func (r *wallRig) cam(id camera.ID) *stream.Stream {
	r.t.Helper()
	s, err := r.farm.Stream(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func TestWallSendsStatusesAndPictures(t *testing.T) {
	r := newWallRig(t, "a", "b")
	p := packet("jpeg of a")
	p.Track = &media.Track{Codec: media.JPEG, Width: 1920, Height: 1080}
	p.Arrived = time.UnixMicro(1_700_000_000_123_456)
	r.cam("a").Write(p)
	c := r.dial()
	c.want("7 a 640 10", "65535 b 320 0.1")
	seen := map[camera.ID]hub.State{}
	for len(seen) < 2 {
		m := c.until("status")
		seen[m.Camera] = m.Status.State
	}
	if seen["a"] != hub.Live || seen["b"] != hub.Live {
		t.Errorf("statuses %v", seen)
	}
	m := c.until("picture")
	if *m.Tile != 7 || m.picture != "jpeg of a" || m.width != 1920 || m.height != 1080 || m.arrived.UnixMicro() != 1_700_000_000_123_456 {
		t.Errorf("got %+v", m)
	}
	r.farm.set("b", hub.Offline)
	if m := c.until("status"); m.Camera != "b" || m.Status.State != hub.Offline {
		t.Errorf("got %+v", m)
	}
	r.cam("b").Write(packet("jpeg of b"))
	if m := c.until("picture"); *m.Tile != 65535 || m.picture != "jpeg of b" {
		t.Errorf("got %+v", m)
	}
}

// TestWallWaitsForCredit lets a client return nothing, then one credit.
func TestWallWaitsForCredit(t *testing.T) {
	r := newWallRig(t, "a", "b")
	c := r.dial()
	c.want("1 a 640 60", "2 b 640 60")
	first := func() wallMessage { // of tile 1, while tile 2 proves that the hub has looked
		r.cam("b").Write(packet("b"))
		m := c.until("picture")
		if *m.Tile == 2 {
			c.got(m)
		}
		return m
	}
	c.until("status")
	var held []wallMessage
	for i := range 20 {
		r.cam("a").Write(packet(fmt.Sprint("a", i)))
		if m := first(); *m.Tile == 1 {
			held = append(held, m)
		}
		time.Sleep(20 * time.Millisecond) // the rate allows it
	}
	if len(held) != maxCredit {
		t.Fatalf("%d pictures without an answer, want %d", len(held), maxCredit)
	}
	c.got(held[0])
	for {
		if m := c.until("picture"); *m.Tile == 1 {
			if m.picture != "a19" {
				t.Errorf("got %q, want the newest", m.picture)
			}
			break
		}
	}
}

func TestWallRefusesTilesOneByOne(t *testing.T) {
	tests := []struct {
		name, tile string
		number     int // -1: not told
		status     int
		pointer    string
	}{
		{"unknown camera", `{"tile":9,"camera":"nobody","width":640,"fps":10}`, 9, 404, ""},
		{"camera that can't be", `{"tile":9,"camera":"../x","width":640,"fps":10}`, 9, 404, ""},
		{"no camera", `{"tile":9,"width":640,"fps":10}`, 9, 422, "/tiles/1/camera"},
		{"no width", `{"tile":9,"camera":"a","fps":10}`, 9, 422, "/tiles/1/width"},
		{"width 0", `{"tile":9,"camera":"a","width":0,"fps":10}`, 9, 422, "/tiles/1/width"},
		{"a huge width", `{"tile":9,"camera":"a","width":1000000000,"fps":10}`, 9, 422, "/tiles/1/width"},
		{"width in words", `{"tile":9,"camera":"a","width":"640","fps":10}`, 9, 422, "/tiles/1/width"},
		{"fps 0", `{"tile":9,"camera":"a","width":640,"fps":0}`, 9, 422, "/tiles/1/fps"},
		{"fps below 0", `{"tile":9,"camera":"a","width":640,"fps":-1}`, 9, 422, "/tiles/1/fps"},
		{"fps 61", `{"tile":9,"camera":"a","width":640,"fps":61}`, 9, 422, "/tiles/1/fps"},
		{"twice", `{"tile":1,"camera":"a","width":640,"fps":10}`, 1, 422, "/tiles/1/tile"},
		{"tile 65536", `{"tile":65536,"camera":"a","width":640,"fps":10}`, -1, 422, "/tiles/1/tile"},
		{"tile -1", `{"tile":-1,"camera":"a","width":640,"fps":10}`, -1, 422, "/tiles/1/tile"},
		{"no tile", `{"camera":"a","width":640,"fps":10}`, -1, 422, "/tiles/1/tile"},
		{"unknown field", `{"tile":9,"camera":"a","width":640,"fps":10,"x":1}`, 9, 422, "/tiles/1/x"},
		{"no object", `17`, -1, 422, "/tiles/1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newWallRig(t, "a")
			c := r.dial()
			c.send(`{"op":"tiles","tiles":[{"tile":1,"camera":"a","width":640,"fps":10},` + tt.tile + `]}`)
			m := c.until("error")
			number := -1
			if m.Tile != nil {
				number = *m.Tile
			}
			if number != tt.number || m.Problem.Status != tt.status || m.Problem.Detail == "" {
				t.Errorf("got %d %+v", number, m.Problem)
			}
			if tt.pointer != "" && (len(m.Problem.Errors) == 0 || m.Problem.Errors[0].Pointer != tt.pointer) {
				t.Errorf("faults %+v, want %s", m.Problem.Errors, tt.pointer)
			}
			r.cam("a").Write(packet("the rest"))
			if m := c.until("picture"); *m.Tile != 1 || m.picture != "the rest" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestWallClosesOnRubbish(t *testing.T) {
	tile := `{"tile":%d,"camera":"a","width":640,"fps":10}`
	var many []string
	for i := range 10_000 {
		many = append(many, fmt.Sprintf(tile, i))
	}
	tests := []struct {
		name   string
		kind   websocket.MessageType
		text   string
		code   websocket.StatusCode
		reason string
	}{
		{"binary", websocket.MessageBinary, `{"op":"tiles","tiles":[]}`, websocket.StatusUnsupportedData, "text"},
		{"not JSON", websocket.MessageText, `hello`, websocket.StatusPolicyViolation, "JSON"},
		{"nothing", websocket.MessageText, ``, websocket.StatusPolicyViolation, "JSON"},
		{"a list", websocket.MessageText, `[]`, websocket.StatusPolicyViolation, "JSON"},
		{"no op", websocket.MessageText, `{}`, websocket.StatusPolicyViolation, "/op"},
		{"unknown op", websocket.MessageText, `{"op":"` + strings.Repeat("é", 500) + `"}`, websocket.StatusPolicyViolation, "/op"},
		{"no tiles", websocket.MessageText, `{"op":"tiles"}`, websocket.StatusPolicyViolation, "/tiles"},
		{"tiles no list", websocket.MessageText, `{"op":"tiles","tiles":7}`, websocket.StatusPolicyViolation, "/tiles"},
		{"field too many", websocket.MessageText, `{"op":"tiles","tiles":[],"` + strings.Repeat("x", 500) + `":1}`, websocket.StatusPolicyViolation, "/xxx"},
		{"no seq", websocket.MessageText, `{"op":"got","tile":1}`, websocket.StatusPolicyViolation, "/seq"},
		{"seq in words", websocket.MessageText, `{"op":"got","tile":1,"seq":"1"}`, websocket.StatusPolicyViolation, "/seq"},
		{"tile below 0", websocket.MessageText, `{"op":"got","tile":-1,"seq":1}`, websocket.StatusPolicyViolation, "/tile"},
		{"10,000 tiles", websocket.MessageText, `{"op":"tiles","tiles":[` + strings.Join(many, ",") + `]}`, websocket.StatusMessageTooBig, "bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newWallRig(t, "a")
			other := r.dial()
			other.want("1 a 640 10")
			other.until("status")
			c := r.dial()
			ctx, cancel := context.WithTimeout(t.Context(), wallPatience)
			defer cancel()
			if err := c.ws.Write(ctx, tt.kind, []byte(tt.text)); err != nil {
				t.Fatal(err)
			}
			code, reason := c.closed()
			if code != tt.code || !strings.Contains(reason, tt.reason) {
				t.Errorf("closed with %v %q, want %v and %q", code, reason, tt.code, tt.reason)
			}
			r.cam("a").Write(packet("undisturbed"))
			if m := other.until("picture"); m.picture != "undisturbed" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestWallTakes256Tiles(t *testing.T) {
	r := newWallRig(t, "a")
	c := r.dial()
	var tiles []string
	for i := range maxTiles + 3 {
		tiles = append(tiles, fmt.Sprintf("%d a 64 1", i))
	}
	c.want(tiles...)
	for i := range 3 {
		if m := c.until("error"); *m.Tile != maxTiles+i || m.Problem.Status != 422 {
			t.Errorf("got %d %+v", *m.Tile, m.Problem)
		}
	}
	if n := r.cam("a").Readers(); n != maxTiles {
		t.Errorf("%d readers, want %d", n, maxTiles)
	}
	c.want()
	eventually(t, "the tiles go", func() bool { return r.cam("a").Readers() == 0 })
}

func TestCreditThatWasNotGivenIsTold(t *testing.T) {
	r := newWallRig(t, "a")
	c := r.dial()
	c.want("1 a 640 10")
	c.send(`{"op":"got","tile":1,"seq":5}`)
	c.send(`{"op":"got","tile":2,"seq":6}`)
	c.send(`{"op":"got","pictures":[[3,7],[4,8]]}`)
	for i := range 4 {
		if m := c.until("error"); *m.Tile != 1+i || m.Problem.Status != 422 || m.Problem.Errors[0].Pointer != "/seq" {
			t.Errorf("got %+v", m.Problem)
		}
	}
	r.cam("a").Write(packet("still there"))
	c.until("picture")
}

// TestCreditComesBackForSeveralAtOnce has a client that returns the credit of
// all tiles in one message, as the page does.
func TestCreditComesBackForSeveralAtOnce(t *testing.T) {
	r := newWallRig(t, "a")
	c := r.dial()
	c.want("1 a 640 60", "2 a 640 60", "300 a 640 60")
	for i := range 20 {
		r.cam("a").Write(packet(fmt.Sprint("picture ", i)))
		var pairs []string
		for range 3 {
			m := c.until("picture")
			if m.picture != fmt.Sprint("picture ", i) {
				t.Fatalf("tile %d got %q after %d", *m.Tile, m.picture, i-1)
			}
			pairs = append(pairs, fmt.Sprintf("[%d,%d]", *m.Tile, m.seq))
		}
		c.send(`{"op":"got","pictures":[` + strings.Join(pairs, ",") + `]}`)
		time.Sleep(20 * time.Millisecond) // the rate allows it
	}
}

// TestClientThatTakesNothingHoldsLittle has a client that wants 256 tiles, reads
// nothing and answers nothing, beside one that lives on.
func TestClientThatTakesNothingHoldsLittle(t *testing.T) {
	r := newWallRig(t, "a")
	good, bad := r.dial(), r.dial()
	good.want("1 a 640 60")
	var tiles []string
	for i := range maxTiles {
		tiles = append(tiles, fmt.Sprintf("%d a 640 60", i))
	}
	bad.want(tiles...)
	eventually(t, "the tiles are there", func() bool { return r.cam("a").Readers() == maxTiles+1 })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 100 {
		r.cam("a").Write(packet(fmt.Sprint(i, strings.Repeat("x", 100_000))))
		m := good.until("picture")
		if !strings.HasPrefix(m.picture, fmt.Sprint(i)) {
			t.Fatalf("got %.10q after %d", m.picture, i-1)
		}
		good.got(m)
		time.Sleep(20 * time.Millisecond) // the rate allows it
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	// Pictures that wait are shared: two in the stream and in the batch.
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap grew by %d kB", grown>>10)
	}
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	for c := range r.live.walls {
		c.tiles.mu.Lock()
		if len(c.tiles.tiles) == maxTiles && c.tiles.flow.bytes > firstWindow+100_000 {
			t.Errorf("%d bytes are under way to the client that takes nothing", c.tiles.flow.bytes)
		}
		c.tiles.mu.Unlock()
	}
}

func TestWallFollowsTheCameras(t *testing.T) {
	r := newWallRig(t, "a")
	c := r.dial()
	c.want("1 a 640 60", "2 later 640 60")
	if m := c.until("error"); *m.Tile != 2 || m.Problem.Status != 404 {
		t.Fatalf("got %+v", m)
	}
	r.farm.add("later").Write(packet("at last"))
	if m := c.until("status"); m.Camera != "later" && m.Camera != "a" {
		t.Errorf("got %+v", m)
	}
	if m := c.until("picture"); *m.Tile != 2 || m.picture != "at last" {
		t.Errorf("got %+v", m)
	}
	for i := range 20 { // the connection hears of the stream's end and of the removal in any order
		r.farm.remove("a")
		if m := c.until("error"); *m.Tile != 1 || m.Problem.Status != 404 {
			t.Fatalf("got %+v", m)
		}
		r.farm.add("a").Write(packet(fmt.Sprint("again ", i)))
		m := c.until("picture")
		if *m.Tile != 1 || m.picture != fmt.Sprint("again ", i) {
			t.Fatalf("got %+v", m)
		}
		c.got(m)
	}
	for i := range 20 { // gone and there again before anybody looked
		r.farm.remove("a")
		r.farm.add("a").Write(packet(fmt.Sprint("quickly ", i)))
		m := c.until("picture")
		if *m.Tile != 1 || m.picture != fmt.Sprint("quickly ", i) {
			t.Fatalf("got %+v", m)
		}
		c.got(m)
	}
}

// TestTileIsAViewer shows that a tile keeps a camera on demand open, also while
// its size changes, and lets go of it.
func TestTileIsAViewer(t *testing.T) {
	r := newWallRig(t, "a", "b")
	a, b := r.cam("a"), r.cam("b")
	c := r.dial()
	c.want("1 a 640 10")
	eventually(t, "a viewer comes", func() bool { n, _ := a.Viewers(); return n == 1 })
	<-a.Demand()
	c.want("1 a 320 5")
	c.want("1 a 320 5", "2 b 10 1")
	eventually(t, "another comes", func() bool { return b.Readers() == 1 })
	select {
	case <-a.Demand():
		t.Error("the camera was let go when the tile changed its size")
	default:
	}
	c.want("1 b 320 5")
	eventually(t, "the tile changes its camera", func() bool { return a.Readers() == 0 && b.Readers() == 1 })
	c.ws.CloseNow()
	eventually(t, "the viewer goes", func() bool { return b.Readers() == 0 })
}

func TestNewSizeDoesNotRepeatThePicture(t *testing.T) {
	r := newWallRig(t, "a")
	c := r.dial()
	c.want("1 a 640 60")
	r.cam("a").Write(packet("one"))
	c.got(c.until("picture"))
	c.want("1 a 320 60")
	c.want("1 a 320 60", "2 a 100 60")
	if m := c.until("picture"); *m.Tile != 2 {
		t.Errorf("tile %d got %q again", *m.Tile, m.picture)
	}
	r.cam("a").Write(packet("two"))
	if m := c.until("picture"); m.picture != "two" {
		t.Errorf("got %q", m.picture)
	}
}

func TestWallIsAskedForProperly(t *testing.T) {
	r := newWallRig(t, "a")
	good := map[string]string{
		"Connection": "keep-alive, Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "x, " + wallProtocol,
	}
	tests := []struct {
		name   string
		change map[string]string
		status int
	}{
		{"good", nil, 101},
		{"own page", map[string]string{"Origin": r.url}, 101},
		{"another site", map[string]string{"Origin": "http://evil.example"}, 403},
		{"another port", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"a file", map[string]string{"Origin": "null"}, 403},
		{"plain request", map[string]string{"Upgrade": "", "Connection": ""}, 400},
		{"no upgrade", map[string]string{"Upgrade": "h2c"}, 400},
		{"no subprotocol", map[string]string{"Sec-WebSocket-Protocol": ""}, 400},
		{"other subprotocol", map[string]string{"Sec-WebSocket-Protocol": "camhub.wall.v2"}, 400},
		{"no key", map[string]string{"Sec-WebSocket-Key": ""}, 400},
		{"old version", map[string]string{"Sec-WebSocket-Version": "8"}, 400},
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequest("GET", r.url+"/api/v1/wall", nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range []map[string]string{good, tt.change} {
				for name, value := range h {
					req.Header.Set(name, value)
					if value == "" {
						req.Header.Del(name)
					}
				}
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tt.status {
				b, _ := io.ReadAll(resp.Body)
				t.Errorf("status %d, want %d: %s", resp.StatusCode, tt.status, b)
			}
			if kind := resp.Header.Get("Content-Type"); tt.status != 101 && kind != "application/problem+json" {
				t.Errorf("content type %q", kind)
			}
		})
	}
}

// TestLostTileThatIsNotWantedIsNotTold removes a camera and its tile before
// anything was sent.
func TestLostTileThatIsNotWantedIsNotTold(t *testing.T) {
	f := newFarm("a")
	w := newWallTiles(farmPictures{f}, func(id camera.ID) error { _, err := f.Stream(id); return err }, seesAll, newDecks(nil), untouched{})
	want := []wish{{Tile: 1, Camera: "a", Width: 1, FPS: 1}}
	if refusals := w.set(want); refusals != nil {
		t.Fatalf("refused: %v", refusals)
	}
	for _, again := range [][]wish{want, nil} {
		f.remove("a")
		w.collect(time.Now(), nil)
		w.set(again)
		if r, ok := w.nextLost(); ok != (again != nil) {
			t.Errorf("wanting %v it is told of %v, %v", again, r, ok)
		}
		f.add("a")
		w.reopen(map[camera.ID]bool{"a": true})
	}
	w.close()
}

// farmPictures opens the pictures of a farm as they are.
type farmPictures struct{ f *farm }

// Open implements Pictures.
func (p farmPictures) Open(id camera.ID, _ int, _ float64, ready func()) (Reader, error) {
	st, err := p.f.Stream(id)
	if err != nil {
		return nil, err
	}
	return st.SubscribeFunc(stream.Latest, ready), nil
}
