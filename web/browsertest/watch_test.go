package browsertest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
)

// counting counts the pictures that each tile of a page has shown, and how old
// each was by the clock of this machine: when it came (ages), and when the next
// one of its tile came to take its place (replaced).
const counting = `
	window.shown = {};
	window.ages = [];
	window.bytes = 0;
	window.replaced = [];
	window.widths = {};
	window.arrived = new Map();
	document.addEventListener('load', ({target}) => {
		const tile = target instanceof Element && target.closest('.tile');
		if (!tile) return;
		window.shown[tile.dataset.id] = (window.shown[tile.dataset.id] ?? 0) + 1;
		window.widths[target.naturalWidth] = (window.widths[target.naturalWidth] ?? 0) + 1;
	}, true);
	const Native = WebSocket;
	window.WebSocket = class extends Native {
		constructor(...all) {
			super(...all);
			this.addEventListener('message', ({data}) => {
				if (!(data instanceof ArrayBuffer)) return;
				const head = new DataView(data);
				const [tile, arrived, now] = [head.getUint16(2), Number(head.getBigInt64(8)) / 1000, Date.now()];
				window.bytes += data.byteLength;
				window.ages.push(now - arrived);
				if (window.arrived.has(tile)) window.replaced.push(now - window.arrived.get(tile));
				window.arrived.set(tile, arrived);
			});
		}
	};`

// seen is what a page has shown in some time.
type seen struct {
	tiles     int
	perSecond float64       // pictures, of all tiles
	rarest    float64       // pictures a second of the tile that had fewest
	came      [2]float64    // ms, how old pictures were when they came: half of them, 95 of 100
	oldest    time.Duration // that any picture was on the screen
	widest    int           // picture, in pixels
	late      time.Duration // the machine itself: how late one in a hundred sleeps ended
}

// tooLate is the lateness of a machine of which times prove nothing: others use
// its processors.
const tooLate = 25 * time.Millisecond

// judge fails the test for something that took too long, unless the machine was
// late itself.
func (s seen) judge(t *testing.T, format string, arguments ...any) {
	t.Helper()
	if s.late > tooLate {
		t.Logf("not judged, since this machine wakes up %v late: %s", s.late, fmt.Sprintf(format, arguments...))
		return
	}
	t.Errorf(format, arguments...)
}

// sleepAndWatch sleeps, and returns by how much short sleeps were too long
// meanwhile, in the worst of a hundred.
func sleepAndWatch(d time.Duration) time.Duration {
	const nap = 10 * time.Millisecond
	var late []time.Duration
	for end := time.Now().Add(d); time.Now().Before(end); {
		began := time.Now()
		time.Sleep(nap)
		late = append(late, time.Since(began)-nap)
	}
	slices.Sort(late)
	return late[len(late)*99/100].Round(time.Millisecond)
}

// look waits until the page has settled and tells what it shows then. The page
// must have been opened with counting.
func (p *tab) look(name string, settle, lasts time.Duration) seen {
	p.t.Helper()
	time.Sleep(settle)
	eval[bool](p, `window.shown = {}, window.ages = [], window.bytes = 0, window.replaced = [], window.widths = {}, true`)
	began := time.Now()
	late := sleepAndWatch(lasts)
	// Those that are on the screen now are as old as they are.
	const query = `({
		shown: window.shown, widths: window.widths, bytes: window.bytes, ages: window.ages.sort((a, b) => a - b),
		oldest: Math.max(0, ...window.replaced, ...[...window.arrived.values()].map((at) => Date.now() - at)),
	})`
	found := eval[struct {
		Shown, Widths map[string]int
		Ages          []float64
		Oldest, Bytes float64
	}](p, query)
	took := time.Since(began).Seconds()
	s := seen{late: late, tiles: len(found.Shown), oldest: time.Duration(found.Oldest * float64(time.Millisecond)).Round(time.Millisecond)}
	least := 1 << 30
	for _, n := range found.Shown {
		s.perSecond += float64(n) / took
		least = min(least, n)
	}
	if s.tiles == 0 || len(found.Ages) == 0 {
		p.t.Fatalf("%s: %d pictures came, on %d tiles", name, len(found.Ages), s.tiles)
	}
	for width := range found.Widths {
		n, _ := strconv.Atoi(width)
		s.widest = max(s.widest, n)
	}
	s.rarest = float64(least) / took
	s.came = [2]float64{found.Ages[len(found.Ages)/2], found.Ages[len(found.Ages)*95/100]}
	p.t.Logf("%s: %d tiles, %.0f pictures a second, the rarest tile %.1f; %.0f/%.0f ms old p50/p95 when they came, never older than %v; widths %v, %.1f Mbit/s",
		name, s.tiles, s.perSecond, s.rarest, s.came[0], s.came[1], s.oldest, found.Widths, found.Bytes*8/1e6/took)
	return s
}

// slowDown gives the page so many times less of a processor.
func (p *tab) slowDown(times float64) {
	p.t.Helper()
	call(p, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
}

// calls asks the hub for something again and again, for so long, and returns how
// many ms each answer took the page, in order of size.
func (p *tab) calls(d time.Duration) []float64 {
	p.t.Helper()
	var took []float64
	for began := time.Now(); time.Since(began) < d; time.Sleep(200 * time.Millisecond) {
		took = append(took, eval[float64](p, `(async () => {
			const start = performance.now();
			const answer = await fetch('/api/v1/status', {cache: 'no-store'});
			await answer.text();
			return answer.ok ? performance.now() - start : 1e9;
		})()`))
	}
	slices.Sort(took)
	return took
}

// addRate defines an emulated camera of that size and rate.
func (h *hub) addRate(name string, width, height, fps int) {
	h.t.Helper()
	h.call("POST", "/api/v1/cameras",
		fmt.Sprintf(`{"name":%q,"source":{"kind":"emulated","width":%d,"height":%d,"fps":%d}}`, name, width, height, fps), nil)
}
