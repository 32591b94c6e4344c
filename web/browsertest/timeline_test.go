package browsertest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// seeking notes how long it takes from a seek that the page asks for until a tile has
// loaded a picture of then, and the time of the picture that each tile got last.
const seeking = `
	window.took = [];
	window.shownAt = {};
	window.sought = null;
	const Native = WebSocket;
	window.WebSocket = class extends Native {
		constructor(...all) {
			super(...all);
			this.addEventListener('message', ({data}) => {
				if (!(data instanceof ArrayBuffer)) return;
				const head = new DataView(data);
				window.shownAt[head.getUint16(2)] = Number(head.getBigInt64(8)) / 1000;
			});
		}
		send(text) {
			const message = JSON.parse(text);
			if (message.op === 'seek') window.sought = {at: Date.parse(message.at), since: performance.now()};
			super.send(text);
		}
	};
	document.addEventListener('load', ({target}) => {
		if (!(target instanceof Element) || !target.closest('.tile') || !window.sought) return;
		const {at, since} = window.sought;
		if (!Object.values(window.shownAt).some((t) => Math.abs(at - t) < 300)) return;
		window.took.push(performance.now() - since);
		window.sought = null;
	}, true);`

// barTime reads the light that runs along the track of an emulated camera's picture: the
// share of its four seconds that have passed when the picture was made.
const barTime = `((selector) => {
	const picture = document.querySelector(selector);
	const [w, h] = [picture.naturalWidth, picture.naturalHeight];
	const canvas = new OffscreenCanvas(w, h).getContext('2d');
	canvas.drawImage(picture, 0, 0);
	const blue = (x, y) => { const [r, , b] = canvas.getImageData(x, y, 1, 1).data; return b - r; };
	let best = {value: 0};
	for (let y = Math.round(h * 0.5); y < h * 0.55; y++) for (let x = Math.round(w * 0.06); x < w * 0.94; x++) {
		const value = blue(x, y);
		if (value > best.value + 8 || value > best.value - 8 && best.y === y) best = {value: Math.max(value, best.value), x, y};
	}
	return (best.x / w - 0.075) / 0.85;
})`

// keepAll lets the disk of any machine have room for what is recorded.
func (h *hub) keepAll() {
	h.t.Helper()
	h.call("PATCH", "/api/v1/settings", `{"recordings":{"min_free_bytes":0}}`, nil)
}

// recordFor turns on the recording of all cameras, and waits until so much is recorded.
func (h *hub) recordFor(d time.Duration) (from time.Time) {
	h.t.Helper()
	h.keepAll()
	for _, c := range h.cameras() {
		if status, b := h.Call("PATCH", "/api/v1/cameras/"+c.ID, `{"record":{"mode":"always"}}`); status/100 != 2 {
			h.t.Fatalf("record %s: %d %s", c.ID, status, b)
		}
	}
	var answer struct {
		Cameras []struct {
			Ranges []struct{ From, To time.Time }
		}
	}
	for deadline := time.Now().Add(patience + d); ; time.Sleep(200 * time.Millisecond) {
		h.call("GET", "/api/v1/recordings", "", &answer)
		enough := len(answer.Cameras) == len(h.cameras())
		from = time.Time{}
		for _, c := range answer.Cameras {
			if len(c.Ranges) == 0 || c.Ranges[0].To.Sub(c.Ranges[0].From) < d {
				enough = false
				continue
			}
			if c.Ranges[0].From.After(from) {
				from = c.Ranges[0].From
			}
		}
		if enough {
			return from
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("not recorded: %+v", answer)
		}
	}
}

// shows waits until a tile shows the picture of an instant, by the picture itself.
func (p *tab) shows(camera string, at time.Time) {
	p.t.Helper()
	want := float64(at.UnixMilli()%4000) / 4000
	var got float64
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		got = eval[float64](p, barTime+"("+quote(tileOf(camera)+" .feed")+")")
		if d := math.Abs(got - want); min(d, 1-d) < 0.09 { // a picture stays for 0.05
			return
		}
	}
	p.t.Errorf("%s shows a light at %.3f of its way, want %.3f", camera, got, want)
}

// sliderAt returns the time that the slider is at, and whether it is live.
func (p *tab) sliderAt() (at time.Time, live bool) {
	p.t.Helper()
	now := eval[float64](p, `Number(document.querySelector('.ribbon').getAttribute('aria-valuenow'))`)
	return time.Unix(int64(now), 0), strings.HasPrefix(eval[string](p, `document.querySelector('.ribbon').getAttribute('aria-valuetext')`), "Live")
}

// near zooms the band with the wheel until it is at most d long, and returns where it is.
func (p *tab) near(d time.Duration) (from, to time.Time) {
	p.t.Helper()
	for range 80 {
		a := eval[[2]float64](p, `['aria-valuemin', 'aria-valuemax'].map((n) => Number(document.querySelector('.ribbon').getAttribute(n)))`)
		from, to = time.Unix(int64(a[0]), 0), time.Unix(int64(a[1]), 0)
		if to.Sub(from) <= d {
			return from, to
		}
		now := eval[float64](p, `Number(document.querySelector('.ribbon').getAttribute('aria-valuenow'))`)
		at := p.at(".ribbon", (now-a[0])/(a[1]-a[0]), 0.5)
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: at.X, Y: at.Y, DeltaX: 0.01, DeltaY: -240})
		time.Sleep(60 * time.Millisecond)
	}
	p.t.Fatalf("the band is %v long still", to.Sub(from))
	return from, to
}

func TestTimelineScrubsAllCamerasTogether(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("East", 1280, 720)
	hub.addSized("West", 1280, 720)
	p := page.open(hub.url, seeking)
	p.waitFor(`document.querySelectorAll('.tile.fed').length === 2`)
	if !eval[bool](p, `document.querySelector('#timeline').hidden`) {
		t.Error("there is a timeline though nothing is recorded")
	}
	start := hub.recordFor(9 * time.Second)
	p.waitFor(`!document.querySelector('#timeline').hidden && document.querySelector('.ribbon .all')`)
	p.screenshot("timeline-day")
	p.near(40 * time.Second)

	// A drag shows pictures under the pointer.
	edge := eval[[2]float64](p, `['aria-valuemin', 'aria-valuemax'].map((n) => Number(document.querySelector('.ribbon').getAttribute(n)))`)
	place := func(at time.Time) point {
		return p.at(".ribbon", (float64(at.UnixMilli())/1000-edge[0])/(edge[1]-edge[0]), 0.5)
	}
	from, to := place(start.Add(7*time.Second)), place(start.Add(3*time.Second))
	p.drag(from, to)
	p.waitFor(`document.querySelectorAll('.tile.replay').length === 2`)
	at, live := p.sliderAt()
	if d := at.Sub(start.Add(3 * time.Second)); live || d.Abs() > 3*time.Second {
		t.Errorf("the slider is %v off, live %v", d, live)
	}
	p.screenshot("timeline-drag")
	for i := range 12 { // measured while it is held
		p.mouse(input.DispatchMouseEventTypeMouseMoved, place(start.Add(2500*time.Millisecond+time.Duration(i*7%12)*450*time.Millisecond)), true)
		p.waitFor(`window.sought === null`)
	}
	p.release(to)
	exact := eval[string](p, `new Promise((done) => setTimeout(() => done(new URLSearchParams(location.search).get('at')), 800))`)
	shared, err := time.Parse(time.RFC3339Nano, exact)
	if err != nil {
		t.Fatalf("the address has no instant: %q", exact)
	}
	p.shows("east", shared)
	p.shows("west", shared)
	took := eval[[]float64](p, `window.took`)
	slices.Sort(took)
	t.Logf("from a seek to the picture: half within %.0f ms, the slowest of %d in %.0f ms", took[len(took)/2], len(took), took[len(took)-1])

	// The same instant by its address.
	q := page.open(hub.url+"/?at="+exact, "")
	q.waitFor(`document.querySelectorAll('.tile.replay.painted').length === 2`)
	q.shows("east", shared)

	p.click(".to-live")
	p.waitFor(`document.querySelectorAll('.tile.replay').length === 0 && document.querySelector('.to-live').getAttribute('aria-pressed') === 'true'`)
	p.waitForMotion("west")
}

func TestTimelineIsPlayedByKeyboard(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("East", 320, 180)
	start := hub.recordFor(8 * time.Second)
	p := page.open(hub.url+"/?at="+start.Add(4*time.Second).UTC().Format("2006-01-02T15:04:05.000Z"), seeking)
	last := `Math.max(...Object.values(window.shownAt))`
	p.waitFor(fmt.Sprintf(`Math.abs(%s - %d) < 500`, last, start.Add(4*time.Second).UnixMilli()))
	p.waitFor(`document.querySelector('.tile.replay.painted')`)
	pictures := []float64{eval[float64](p, last)}
	for _, key := range []string{".", ".", ",", ","} {
		p.press(key)
		p.waitFor(fmt.Sprintf(`%s !== %f`, last, pictures[len(pictures)-1]))
		pictures = append(pictures, eval[float64](p, last))
	}
	if a, b := pictures[1]-pictures[0], pictures[2]-pictures[1]; a < 100 || a > 400 || b < 100 || b > 400 || pictures[3] != pictures[1] || pictures[4] != pictures[0] {
		t.Errorf("steps went over %v", pictures)
	}
	p.press("l")
	p.waitFor(fmt.Sprintf(`%s > %f`, last, pictures[0]+1000))
	p.press("k")
	p.waitFor(`document.querySelector('[aria-label="Play"]')`)
	p.press("j")
	p.waitFor(fmt.Sprintf(`%s < %f`, last, pictures[0]))
	p.press(kb.Home)
	p.press(" ")
	p.press(kb.End)
	p.waitFor(`document.querySelector('.to-live').getAttribute('aria-pressed') === 'true'`)
	p.pressWith("?")
	p.waitFor(`document.querySelector('#keys-dialog').open && document.querySelector('#keys-dialog').innerText.includes('Play and pause')`)
	p.press(keyEscape)
	p.do(chromedp.Focus(chromedp.CSS(".ribbon")))
	before, _ := p.sliderAt()
	p.press(kb.ArrowLeft)
	p.waitFor(fmt.Sprintf(`Number(document.querySelector('.ribbon').getAttribute('aria-valuenow')) < %d`, before.Unix()))
}

func TestRangeIsMarkedAndKept(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("East", 320, 180)
	start := hub.recordFor(5 * time.Second)
	p := page.open(hub.url, "")
	p.waitFor(`!document.querySelector('#timeline').hidden`)
	p.near(60 * time.Second)
	p.click(`[aria-label=Mark]`)
	p.waitFor(`document.querySelectorAll('.handle').length === 2`)
	from := p.at(".handle", 0.5, 0.5)
	p.drag(from, point{from.X - 60, from.Y})
	p.release(point{from.X - 60, from.Y})
	p.screenshot("timeline-range")
	p.click(`.choosing .primary`)
	p.waitFor(`document.querySelector('#export-dialog').open`)
	p.click(`#export-dialog .primary`)
	p.waitFor(`document.querySelector('#export-dialog .files a')`)
	p.screenshot("timeline-export")
	if size := eval[int](p, `fetch(document.querySelector('#export-dialog .files a').href).then((r) => r.blob()).then((b) => b.size)`); size < 1000 {
		t.Errorf("the export has %d bytes", size)
	}
	p.click(`#export-dialog .buttons button`)
	p.click(`.choosing button:nth-of-type(2)`)
	p.waitFor(`document.querySelector('.note.done')`)
	var pins struct {
		Pins []struct {
			Cameras  []string
			From, To time.Time
		}
	}
	hub.call("GET", "/api/v1/pins", "", &pins)
	if len(pins.Pins) != 1 || pins.Pins[0].Cameras[0] != "east" || !pins.Pins[0].To.After(start) || !pins.Pins[0].From.Before(pins.Pins[0].To) {
		t.Errorf("kept: %+v", pins)
	}
	p.click(".transport .date")
	p.waitFor(`document.querySelector('.calendar:popover-open [data-has][aria-current=date]')`)
	p.screenshot("timeline-calendar")
}

func TestCameraPagePlaysItsRecordings(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("East", 640, 360)
	start := hub.recordFor(6 * time.Second)
	at := start.Add(2 * time.Second).Truncate(time.Millisecond)
	p := page.open(hub.url+"/cameras/east?at="+at.UTC().Format("2006-01-02T15:04:05.000Z"), seeking)
	p.waitFor(`document.querySelector('#stage.replay.painted') && !document.querySelector('#timeline').hidden`)
	last := `Math.max(...Object.values(window.shownAt))`
	p.waitFor(fmt.Sprintf(`Math.abs(%s - %d) < 400`, last, at.UnixMilli()))
	p.screenshot("timeline-camera")
	p.press("l")
	p.waitFor(fmt.Sprintf(`%s > %d`, last, at.UnixMilli()+1000))
	p.press(" ")
	p.waitFor(`document.querySelector('[aria-label="Play"]')`)

	// Nothing was recorded before the beginning.
	p.do(chromedp.Navigate(hub.url + "/cameras/east?at=" + start.Add(-time.Hour).UTC().Format(time.RFC3339)))
	p.waitFor(`document.querySelector('#stage.blank') && !document.querySelector('[data-mark=missing]').hidden`)
	p.screenshot("timeline-camera-gap")
	p.press(kb.End)
	p.waitFor(`!document.querySelector('#stage.replay') && document.querySelector('[data-mark=missing]').hidden`)
	p.waitForMotionOf("#stage .feed")
}
