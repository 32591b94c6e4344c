package live

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/camera"
)

// slowLink is a connection that carries so many bytes a second to its owner.
type slowLink struct {
	net.Conn
	rate int

	mu   sync.Mutex // guards free
	free time.Time  // when the link has carried what was read so far
}

// Read implements net.Conn.
func (l *slowLink) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b[:min(len(b), 1460)])
	l.mu.Lock()
	// A busy machine wakes it late, which is made up for.
	if late := time.Now().Add(-50 * time.Millisecond); l.free.Before(late) {
		l.free = late
	}
	l.free = l.free.Add(time.Duration(n) * time.Second / time.Duration(l.rate))
	wait := time.Until(l.free)
	l.mu.Unlock()
	time.Sleep(wait)
	return n, err
}

// giver gives credit back for all pictures of a moment together, as the page
// does.
type giver struct {
	c      *wallClient
	moment time.Duration // 0: for each picture by itself

	mu    sync.Mutex // guards pairs
	pairs []string
}

func (g *giver) got(m wallMessage) {
	if g.moment == 0 {
		g.c.got(m)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pairs = append(g.pairs, fmt.Sprintf("[%d,%d]", *m.Tile, m.seq)); len(g.pairs) == 1 {
		time.AfterFunc(g.moment, g.flush)
	}
}

func (g *giver) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), wallPatience)
	defer cancel()
	text := `{"op":"got","pictures":[` + strings.Join(g.pairs, ",") + `]}`
	_ = g.c.ws.Write(ctx, websocket.MessageText, []byte(text)) // the test may be over
	g.pairs = nil
}

// TestSlowLinkIsNeverLate has a wall of 16 tiles at 10 pictures a second on links
// that carry a tenth and a quarter of what it would take. Pictures come rarely,
// and they are young and stay so; no tile is left behind.
func TestSlowLinkIsNeverLate(t *testing.T) {
	const mbit = 1_000_000 / 8
	for _, tt := range []slowCase{
		{"1 Mbit", mbit, 8 << 10, 0}, // a cycle of all tiles takes 1.05 s
		{"1 Mbit, credit together", mbit, 8 << 10, 50 * time.Millisecond},
		{"10 Mbit", 10 * mbit, 28 << 10, 0}, // 0.37 s
		{"10 Mbit, credit together", 10 * mbit, 28 << 10, 50 * time.Millisecond},
	} {
		t.Run(tt.name, tt.run)
	}
}

type slowCase struct {
	name   string
	rate   int // bytes a second
	size   int // of a picture
	moment time.Duration
}

const slowTiles = 16

// run looks up to three times: a machine that does other things makes a link late
// that is not.
func (tt *slowCase) run(t *testing.T) {
	problem := ""
	for try := range 3 {
		t.Run(fmt.Sprint("look ", try+1), func(t *testing.T) { problem = tt.look(t) })
		if problem == "" || t.Failed() {
			return
		}
	}
	t.Error(problem)
}

// look measures once, and returns what was wrong, or "".
func (tt *slowCase) look(t *testing.T) string {
	const settle, lasts = 2 * time.Second, 6 * time.Second
	c := slowWall(t, tt)
	back := &giver{c: c, moment: tt.moment}
	start := time.Now()
	shown := make([]time.Time, slowTiles) // when the picture of a tile was made
	worst := time.Duration(0)
	var ages []time.Duration
	for time.Since(start) < lasts {
		m := c.until("picture")
		now := time.Now()
		before := shown[*m.Tile]
		shown[*m.Tile] = m.arrived
		back.got(m)
		if time.Since(start) < settle {
			continue
		}
		if before.IsZero() {
			before = start
		}
		ages = append(ages, now.Sub(m.arrived)) // when it comes
		worst = max(worst, now.Sub(before))     // just before its place is taken
	}
	for i, at := range shown {
		worst = max(worst, time.Since(at))
		if at.IsZero() {
			t.Errorf("tile %d never came", i)
		}
	}
	slices.Sort(ages)
	half, oldest := ages[len(ages)/2], ages[len(ages)-1]
	used := float64(len(ages)*tt.size) / float64(tt.rate) / (lasts - settle).Seconds()
	t.Logf("%.0f %% of the link, %v old when they came (half of them), at most %v, and %v when they went", 100*used, half, oldest, worst)
	// On a quiet machine it is 0.2 s, 0.3 s and 1.5 s at 1 Mbit/s, and 0.15 s, 0.2 s
	// and 0.6 s at 10. Without the window half of them would be over 2 s old, and
	// without credit 7 s and growing.
	if half > time.Second || oldest > 3*time.Second || worst > 6*time.Second {
		return fmt.Sprintf("pictures were %v old when they came, up to %v, and %v when they went; want under 1 s, 3 s and 6 s", half, oldest, worst)
	}
	if used < 0.5 {
		return fmt.Sprintf("%.0f %% of the link were used", 100*used)
	}
	return ""
}

// slowWall opens a wall over a slow link, with cameras that run until the test
// ends.
func slowWall(t *testing.T, tt *slowCase) *wallClient {
	var ids []camera.ID
	var wants []string
	for i := range slowTiles {
		ids = append(ids, camera.ID(fmt.Sprint("cam", i)))
		wants = append(wants, fmt.Sprintf("%d cam%d 320 10", i, i))
	}
	r := newWallRig(t, ids...)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, id := range ids {
		s := r.cam(id)
		wg.Go(func() {
			for tick := time.Tick(100 * time.Millisecond); ctx.Err() == nil; <-tick {
				s.Write(packet(strings.Repeat("x", tt.size)))
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	tr := dialer(func(c net.Conn) net.Conn { return &slowLink{Conn: c, rate: tt.rate} })
	t.Cleanup(tr.CloseIdleConnections)
	c := r.dialWith(tr)
	c.want(wants...)
	return c
}
