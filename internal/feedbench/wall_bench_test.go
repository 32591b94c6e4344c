//go:build linux

package feedbench

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

const (
	wallTiles             = 16
	wallFPS               = 10
	tileWidth, tileHeight = 640, 360
	screenFrame           = time.Second / 60
)

// BenchmarkWall tells what a wall of 16 tiles costs the hub, beside 16 plain
// feeds of the same cameras and the same bytes: the CPU time per picture beyond
// that of the cameras alone. The wall's client acknowledges every picture, the
// feeds' can't. One client is as the page is: it acknowledges what came once for
// each frame of its screen. The other one does so for each picture by itself.
func BenchmarkWall(b *testing.B) {
	p := startRole(b, role{Name: "feeder", Addr: loopback, Width: tileWidth, Height: tileHeight, FPS: wallFPS})
	var feeder listening
	p.line(b, &feeder)
	h := startHub(b)
	for i := range wallTiles {
		id := fmt.Sprint("wall-", i)
		h.call(b, http.MethodPost, "/api/v1/cameras",
			object{"id": id, "name": id, "source": object{"kind": "mjpeg", "url": "http://" + feeder.Addr + "/"}}, http.StatusCreated)
		h.waitLive(b, id)
	}
	feeds := role{Name: "viewers", Host: h.host(), Path: "/cameras/wall-{n}/feed", Count: wallTiles, Mode: normal}
	page := role{Name: "wall", Host: h.host(), Width: tileWidth, Count: wallTiles, Frame: screenFrame}
	single := page
	single.Frame = 0
	var ratio, ratioSingle, p50 series
	var feed, tile, each turn
	work := load(b)
	for range *rounds {
		idle, _ := usage(b, h.pid(), *window)
		feed, tile, each = watched(b, h, feeds, idle), watched(b, h, page, idle), watched(b, h, single, idle)
		ratio = append(ratio, float64(tile.cpu)/float64(feed.cpu))
		ratioSingle = append(ratioSingle, float64(each.cpu)/float64(feed.cpu))
		p50 = append(p50, float64(tile.Latency.P50)/float64(feed.Latency.P50))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ratio.median(), "cpu/feeds")
	b.ReportMetric(ratioSingle.median(), "cpu-single/feeds")
	b.ReportMetric(p50.median(), "p50/feeds")
	b.Logf("a wall of %d tiles of %d kB at %d/s: cpu %v x that of as many feeds, %v x with an acknowledgement for each picture (last %.1f, %.1f and %.1f µs a picture)",
		wallTiles, feeder.Bytes>>10, wallFPS, ratio, ratioSingle, us(tile.cpu), us(each.cpu), us(feed.cpu))
	b.Logf("p50 %v x (last %.1f and %.1f ms), p99 %.1f and %.1f ms; lost %d and %d; %s", p50, ms(tile.Latency.P50), ms(feed.Latency.P50),
		ms(tile.Latency.P99), ms(feed.Latency.P99), tile.Lost, feed.Lost, work())
}

// watched measures what viewers cost the hub beyond what it uses idle, in cores.
func watched(b *testing.B, h *camhub, r role, idle float64) turn {
	b.Helper()
	viewers := startRole(b, r)
	defer viewers.kill()
	var ready string
	viewers.line(b, &ready)
	time.Sleep(time.Second)
	mark(b, viewers)
	cores, _ := usage(b, h.pid(), *window)
	seen := look(b, viewers)
	wantSome(b, seen)
	return turn{cpu: time.Duration((cores - idle) * float64(*window) / float64(max(seen.Received, 1))), report: seen}
}
