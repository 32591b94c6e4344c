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

// TestSlowLinkIsNeverLate has a wall of 16 tiles at 10 pictures a second on a
// link of 1 Mbit/s, a tenth of what it would take. Pictures come rarely, and
// they are young and stay so; no tile is left behind.
func TestSlowLinkIsNeverLate(t *testing.T) {
	const tiles, size = 16, 8 << 10 // a cycle of all tiles takes 1.05 s
	const settle, lasts = 2 * time.Second, 8 * time.Second
	var ids []camera.ID
	var wants []string
	for i := range tiles {
		ids = append(ids, camera.ID(fmt.Sprint("cam", i)))
		wants = append(wants, fmt.Sprintf("%d cam%d 320 10", i, i))
	}
	r := newWallRig(t, ids...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for _, id := range ids {
		s := r.cam(id)
		wg.Go(func() {
			for tick := time.Tick(100 * time.Millisecond); ctx.Err() == nil; <-tick {
				s.Write(packet(strings.Repeat("x", size)))
			}
		})
	}
	tr := dialer(func(c net.Conn) net.Conn { return &slowLink{Conn: c, rate: 1_000_000 / 8} })
	defer tr.CloseIdleConnections()
	c := r.dialWith(tr)
	c.want(wants...)
	start := time.Now()
	shown := make([]time.Time, tiles) // when the picture of a tile was made
	worst := time.Duration(0)
	var ages []time.Duration
	for time.Since(start) < lasts {
		m := c.until("picture")
		now := time.Now()
		before := shown[*m.Tile]
		shown[*m.Tile] = m.arrived
		c.got(m)
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
	t.Logf("%d pictures, %v old when they came (half of them), at most %v, and %v when they went", len(ages), half, oldest, worst)
	// On a quiet machine it is 0.2 s, 0.3 s and 1.5 s. Without the window half of
	// them would be over 2 s old, and without credit 7 s and growing.
	if half > time.Second || oldest > 3*time.Second || worst > 6*time.Second {
		t.Errorf("pictures were %v old when they came, up to %v, and %v when they went; want under 1 s, 3 s and 6 s", half, oldest, worst)
	}
	if least := int((lasts - settle).Seconds() * 125_000 / size / 2); len(ages) < least {
		t.Errorf("%d pictures came, the link carries twice %d", len(ages), least)
	}
}
