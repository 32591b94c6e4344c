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
	wallFPS               = 15
	tileWidth, tileHeight = 640, 360
	givesBack             = 50 * time.Millisecond // as socket.js does
)

// BenchmarkWall tells what a wall of 16 tiles costs the hub, beside 16 plain
// feeds of the same cameras and the same bytes: the CPU time per picture beyond
// that of the cameras alone. The wall's client acknowledges every picture, the
// feeds' can't. One client is as the page is: it acknowledges together what came
// within a moment. The other one does so for each picture by itself, at once, when
// the hub has not gone to sleep yet: a page could not do that.
//
// Four pages at once show what a picture costs: with one page most of the figure
// is the waking of a hub that sleeps between any two pictures.
func BenchmarkWall(b *testing.B) {
	for _, pages := range []int{1, 4} {
		b.Run(fmt.Sprint(pages), func(b *testing.B) { benchWall(b, pages) })
	}
}

func benchWall(b *testing.B, pages int) {
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
	page := role{Name: "wall", Host: h.host(), Width: tileWidth, Count: wallTiles, Frame: givesBack}
	single := page
	single.Frame = 0
	work := load(b)
	var idle series // cores
	var feed, tile, each watched
	for range *rounds {
		cores, _ := usage(b, h.pid(), *window)
		idle = append(idle, cores)
		feed.watch(b, h, feeds, pages)
		tile.watch(b, h, page, pages)
		each.watch(b, h, single, pages)
	}
	base := idle.median()
	feedCost, tileCost, eachCost := feed.cost(base), tile.cost(base), each.cost(base)
	ratio, ratioEach := tileCost.over(feedCost), eachCost.over(feedCost)
	whole := tile.cost(0).over(feed.cost(0))
	p50 := tile.p50.over(feed.p50)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(tileCost.median()/feedCost.median(), "cpu/feeds")
	b.ReportMetric(eachCost.median()/feedCost.median(), "cpu-single/feeds")
	b.ReportMetric(whole.median(), "cpu-whole/feeds")
	b.ReportMetric(p50.median(), "p50/feeds")
	b.Logf("%d pages of %d tiles of %d kB at %d/s: cpu %v x that of as many feeds, %v x with an acknowledgement for each picture (%v, %v and %v µs a picture); with what the cameras cost %v x",
		pages, wallTiles, feeder.Bytes>>10, wallFPS, ratio, ratioEach, tileCost, eachCost, feedCost, whole)
	b.Logf("p50 %v x (%v and %v ms); lost %d and %d; %s", p50, tile.p50, feed.p50, tile.lost, feed.lost, work())
}

// watched is what one kind of viewer cost the hub, and got, in each turn.
type watched struct {
	cores, pictures, p50 series // pictures in a second; p50 in ms
	lost                 int
}

// watch adds a turn with so many processes of a role.
func (w *watched) watch(b *testing.B, h *camhub, r role, processes int) {
	b.Helper()
	var all []*process
	for range processes {
		p := startRole(b, r)
		defer p.kill()
		var ready string
		p.line(b, &ready)
		all = append(all, p)
	}
	time.Sleep(time.Second)
	for _, p := range all {
		mark(b, p)
	}
	cores, _ := usage(b, h.pid(), *window)
	var received int
	var p50 series
	for _, p := range all {
		seen := look(b, p)
		wantSome(b, seen)
		received += seen.Received
		p50 = append(p50, ms(seen.Latency.P50))
		w.lost += seen.Lost
	}
	w.cores = append(w.cores, cores)
	w.pictures = append(w.pictures, float64(received)/window.Seconds())
	w.p50 = append(w.p50, p50.median())
}

// cost returns the µs of CPU time for each picture beyond what the hub uses
// without viewers, in cores, in each turn.
func (w *watched) cost(idle float64) series {
	var all series
	for i, cores := range w.cores {
		all = append(all, (cores-idle)*1e6/w.pictures[i])
	}
	return all
}

// over divides turn by turn.
func (s series) over(t series) series {
	var all series
	for i := range s {
		all = append(all, s[i]/t[i])
	}
	return all
}
