package live

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/record/archive"
	"camhub/internal/registry"
	"camhub/internal/route"
	"camhub/internal/stream"
)

// farm is a hub with any number of cameras, and what tells of their changes.
type farm struct {
	mu      sync.Mutex
	cams    map[camera.ID]*stream.Stream
	states  map[camera.ID]hub.State
	watches map[*farmWatch]bool
	closed  bool
}

func newFarm(ids ...camera.ID) *farm {
	f := &farm{cams: map[camera.ID]*stream.Stream{}, states: map[camera.ID]hub.State{}, watches: map[*farmWatch]bool{}}
	for _, id := range ids {
		f.add(id)
	}
	return f
}

// Stream implements Hub.
func (f *farm) Stream(id camera.ID) (*stream.Stream, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.cams[id]; s != nil {
		return s, nil
	}
	return nil, fault.New(fault.NotFound, "There is no camera %q.", id)
}

// Status implements Hub.
func (f *farm) Status(id camera.ID) (hub.Status, error) {
	if _, err := f.Stream(id); err != nil {
		return hub.Status{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return hub.Status{State: f.states[id], Quirks: []string{}}, nil
}

func (f *farm) add(id camera.ID) *stream.Stream {
	s := stream.New()
	f.mu.Lock()
	f.cams[id], f.states[id] = s, hub.Live
	f.mu.Unlock()
	f.tell(registry.Changes{Cameras: map[camera.ID]bool{id: true}})
	return s
}

// remove does as the registry: first the stream ends, then it is told.
func (f *farm) remove(id camera.ID) {
	f.mu.Lock()
	s := f.cams[id]
	delete(f.cams, id)
	f.mu.Unlock()
	s.Close()
	f.tell(registry.Changes{Cameras: map[camera.ID]bool{id: true}})
}

func (f *farm) set(id camera.ID, s hub.State) {
	f.mu.Lock()
	f.states[id] = s
	f.mu.Unlock()
	f.tell(registry.Changes{Statuses: map[camera.ID]bool{id: true}})
}

func (f *farm) tell(c registry.Changes) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watches {
		w.changes <- c // tests change little
	}
}

// stop ends streams and watches, as the program does.
func (f *farm) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for w := range f.watches {
		close(w.changes)
	}
	clear(f.watches)
	for _, s := range f.cams {
		s.Close()
	}
}

type farmWatch struct {
	f       *farm
	changes chan registry.Changes
}

func (f *farm) watch() Watch {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &farmWatch{f, make(chan registry.Changes, 1000)}
	if f.closed {
		close(w.changes)
	} else {
		f.watches[w] = true
	}
	return w
}

// Next implements Watch.
func (w *farmWatch) Next(ctx context.Context) (registry.Changes, error) {
	select {
	case c, ok := <-w.changes:
		if !ok {
			return c, errors.New("closed")
		}
		return c, nil
	case <-ctx.Done():
		return registry.Changes{}, ctx.Err()
	}
}

// Close implements Watch.
func (w *farmWatch) Close() {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	delete(w.f.watches, w)
}

// wallRig is a farm behind a web server on loopback.
type wallRig struct {
	t    testing.TB
	farm *farm
	live *Server
	url  string

	archive *archive.Archive // nil: nothing is recorded
}

func newWallRig(t testing.TB, ids ...camera.ID) *wallRig { return newPlayRig(t, nil, ids...) }

// newPlayRig returns a rig whose recordings are those of a.
func newPlayRig(t testing.TB, a *archive.Archive, ids ...camera.ID) *wallRig {
	r := &wallRig{t: t, farm: newFarm(ids...), archive: a}
	r.live = New(Config{Hub: r.farm, Copies: untouched{}, Archive: r.archive, Watch: r.farm.watch})
	srv := httptest.NewServer(route.New(r.live.Routes(), asAdmin, slog.New(slog.DiscardHandler)))
	r.url = srv.URL
	t.Cleanup(func() {
		r.farm.stop()
		r.close(2 * time.Second)
		srv.Close()
	})
	return r
}

func (r *wallRig) close(d time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	r.live.Close(ctx)
}

// wallClient is a client of the wall that gives no credit back by itself.
type wallClient struct {
	t  testing.TB
	ws *websocket.Conn
}

// wallMessage is a message of the hub.
type wallMessage struct {
	Op      string
	Tile    *int
	Camera  camera.ID
	Status  *struct{ State hub.State }
	Problem *struct {
		Status int
		Detail string
		Errors []fault.Field
	}

	At, Until     *time.Time
	Speed         float64
	Playing, Live bool
	Reason        struct{ Code, Message string }

	picture       string
	seq           uint32
	arrived       time.Time
	width, height int
}

const wallPatience = time.Minute

func (r *wallRig) dial() *wallClient { return r.dialWith(&http.Transport{}) }

func (r *wallRig) dialWith(tr *http.Transport) *wallClient {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wallPatience)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, r.url+"/api/v1/wall", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: tr}, Subprotocols: []string{wallProtocol},
		HTTPHeader: http.Header{"Origin": {r.url}},
	})
	if err != nil {
		r.t.Fatalf("%v (%v)", err, resp)
	}
	if ws.Subprotocol() != wallProtocol {
		r.t.Errorf("subprotocol %q", ws.Subprotocol())
	}
	ws.SetReadLimit(32 << 20)
	c := &wallClient{r.t, ws}
	r.t.Cleanup(func() { ws.CloseNow() })
	return c
}

func (c *wallClient) send(text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wallPatience)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// want sends a list of tiles, each "tile camera width fps".
func (c *wallClient) want(tiles ...string) {
	c.t.Helper()
	list := make([]string, len(tiles))
	for i, s := range tiles {
		f := strings.Fields(s)
		list[i] = fmt.Sprintf(`{"tile":%s,"camera":%q,"width":%s,"fps":%s}`, f[0], f[1], f[2], f[3])
	}
	c.send(`{"op":"tiles","tiles":[` + strings.Join(list, ",") + `]}`)
}

func (c *wallClient) got(m wallMessage) {
	c.t.Helper()
	c.send(fmt.Sprintf(`{"op":"got","tile":%d,"seq":%d}`, *m.Tile, m.seq))
}

// read returns the next message, or the error that ended the connection.
func (c *wallClient) read() (m wallMessage, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), wallPatience)
	defer cancel()
	kind, b, err := c.ws.Read(ctx)
	if err != nil {
		return m, err
	}
	if kind == websocket.MessageText {
		return m, json.Unmarshal(b, &m)
	}
	if len(b) < 24 || b[0] != 1 || b[1] != 1 || !bytes.Equal(b[20:24], make([]byte, 4)) {
		return m, fmt.Errorf("bad head % x", b[:min(24, len(b))])
	}
	tile := int(binary.BigEndian.Uint16(b[2:]))
	m.Op, m.Tile, m.seq = "picture", &tile, binary.BigEndian.Uint32(b[4:])
	m.arrived = time.UnixMicro(int64(binary.BigEndian.Uint64(b[8:])))
	m.width, m.height = int(binary.BigEndian.Uint16(b[16:])), int(binary.BigEndian.Uint16(b[18:]))
	m.picture = string(b[24:])
	return m, nil
}

// until returns the next message with that op, and drops others.
func (c *wallClient) until(op string) wallMessage {
	c.t.Helper()
	for {
		m, err := c.read()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", op, err)
		}
		if m.Op == op {
			return m
		}
	}
}

// closed returns how the hub closes the connection.
func (c *wallClient) closed() (websocket.StatusCode, string) {
	c.t.Helper()
	for {
		if _, err := c.read(); err != nil {
			e, _ := errors.AsType[websocket.CloseError](err)
			if e.Code == 0 {
				c.t.Errorf("the end is %v", err)
			}
			return e.Code, e.Reason
		}
	}
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(wallPatience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// dialer returns a transport over connections that are made by change.
func dialer(change func(net.Conn) net.Conn) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return change(conn), nil
	}}
}

// seesAll is what somebody sees who may see every camera.
func seesAll(camera.ID) bool { return true }
