package live

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkWallPicture sends a picture of 28 kB to a client that acknowledges
// it, and waits for that: both ends of a WebSocket on loopback.
func BenchmarkWallPicture(b *testing.B) {
	r := newWallRig(b, "a")
	c := r.dial()
	c.want("1 a 640 60")
	c.until("status")
	data := strings.Repeat("x", 28<<10)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var underWay int
	for b.Loop() {
		r.live.mu.Lock()
		for conn := range r.live.walls {
			conn.tiles.mu.Lock()
			for _, l := range conn.tiles.flow.lanes {
				l.pace.due = time.Time{} // as if it were time
			}
			conn.tiles.mu.Unlock()
		}
		r.live.mu.Unlock()
		r.cam("a").Write(packet(data))
		c.got(c.until("picture"))
		underWay++
	}
}
