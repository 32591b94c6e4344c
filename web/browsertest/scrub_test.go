package browsertest

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"

	camdef "camhub/internal/camera"
	"camhub/internal/record/archive"
)

// together notes how long it takes from the last seek until all tiles have loaded a
// picture of then, or of less than a picture before.
const together = `
	window.together = [];
	document.addEventListener('load', () => {
		if (!window.wanted) return;
		const at = Object.values(window.shownAt);
		if (at.length < 16 || !at.every((t) => Math.abs(window.wanted.at - t) <= 1000)) return;
		window.together.push(performance.now() - window.wanted.since);
		window.wanted = null;
	}, true);
	const send = WebSocket.prototype.send;
	WebSocket.prototype.send = function (text) {
		const message = JSON.parse(text);
		if (message.op === 'seek') window.wanted = {at: Date.parse(message.at), since: performance.now()};
		send.call(this, text);
	};`

// start16 runs a hub with a minute of 16 cameras of 1920x1080, a picture a second, that
// are recorded no longer.
func start16(t *testing.T) (*hub, time.Time) {
	t.Helper()
	h := startHub(t)
	for i := range 16 {
		h.call("POST", "/api/v1/cameras", fmt.Sprintf(`{"name":"Camera %d","mode":"on_demand","source":{"kind":"emulated","width":1920,"height":1080,"fps":1}}`, i+1), nil)
	}
	picture := func(id string) []byte {
		status, b := h.Call("GET", "/cameras/"+id+"/snapshot.jpg", "")
		if status != 200 {
			t.Fatalf("snapshot: %d", status)
		}
		return b
	}
	all, data := h.cameras(), map[string][]byte{}
	for _, c := range all {
		data[c.ID] = picture(c.ID)
	}
	h.keepAll()
	h.stop()
	a, err := archive.Open(t.Context(), archive.Config{Root: filepath.Join(h.data, "recordings"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	from := time.Now().UTC().Truncate(time.Second).Add(-2 * time.Minute)
	for _, c := range all {
		r, err := a.Create(t.Context(), archive.NewSegment{Camera: camdef.ID(c.ID), Start: from, Width: 1920, Height: 1080})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 60 {
			if err := r.Write(from.Add(time.Duration(i)*time.Second), data[c.ID]); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	h.restart()
	t.Logf("pictures of %d kB", len(data[all[0].ID])/1000)
	return h, from
}

// TestScrubbingOverASlowLink drags over the recordings of 16 cameras of 1920x1080 at the
// end of a link of 10 Mbit/s. Wherever the drag ends, all tiles come to show that instant,
// and not those in between. The log has how long it took; the goal is a second.
func TestScrubbingOverASlowLink(t *testing.T) {
	hub, from := start16(t)
	l := startLink(t, hub.url, 10*mbit)
	p := startBrowser(t).open("http://"+l.addr+"/?at="+zulu(from.Add(30*time.Second)), seeking+together)
	p.waitFor(`document.querySelectorAll('.tile.replay.painted').length === 16 && document.querySelector('.ribbon .all')`)
	p.near(90 * time.Second)
	a, b := p.axis()
	place := func(second int) point {
		return p.at(".ribbon", float64(from.Add(time.Duration(second)*time.Second).Sub(a))/float64(b.Sub(a)), 0.5)
	}
	eval[bool](p, `window.together = [], window.took = [], true`)
	p.drag(place(30), place(31))
	for i := range 8 { // six moves in a row, and then it rests
		for k := range 6 {
			p.mouse(input.DispatchMouseEventTypeMouseMoved, place(5+(i*17+k*3)%50), true)
		}
		p.waitFor(`window.wanted === null`)
	}
	p.release(place(20))
	p.waitFor(`window.wanted === null`)
	for name, list := range map[string]string{"the first tile": "window.took", "all 16 tiles": "window.together"} {
		took := eval[[]float64](p, list)
		slices.Sort(took)
		t.Logf("from a seek to the picture of %s: half within %.0f ms, the slowest of %d in %.0f ms", name, took[len(took)/2], len(took), took[len(took)-1])
	}
}
