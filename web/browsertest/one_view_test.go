package browsertest

import (
	"fmt"
	"math"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOneFitsTheWindow shows cameras of both shapes in windows of all kinds: the
// whole picture is seen, as large as the window allows, without scrolling, and
// as many pixels are sent as are seen.
func TestOneFitsTheWindow(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("Wide", 1280, 720)
	hub.addSized("Tall", 540, 960)
	for _, camera := range []struct {
		id            string
		width, height float64
	}{{"wide", 1280, 720}, {"tall", 540, 960}} {
		p := page.openOne(hub, camera.id)
		for _, w := range []struct {
			width, height int
			ratio         float64
			mobile        bool
		}{{1600, 900, 1, false}, {3840, 2160, 1, false}, {1024, 700, 2, false}, {390, 844, 3, true}, {844, 390, 3, true}, {360, 640, 2, true}} {
			t.Run(fmt.Sprintf("%s in %dx%d", camera.id, w.width, w.height), func(t *testing.T) {
				p.t = t
				defer func() { p.t = page.t }()
				p.window(w.width, w.height, w.ratio, w.mobile)
				p.waitFor(fmt.Sprintf(`innerWidth === %d && document.querySelector('.feed').offsetWidth > 0`, w.width))
				p.waitFor(`(({stage: s, feed: f}) => Math.min(s.width - f.width, s.height - f.height) < 1.5 && s.width > f.width - 1.5 && s.height > f.height - 1.5)(
					Object.fromEntries(['stage', 'feed'].map((c) => [c, document.querySelector('.' + c).getBoundingClientRect()])))`)
				shown := fmt.Sprintf(`document.querySelector('.feed').getBoundingClientRect().width * %v`, w.ratio)
				p.waitFor(fmt.Sprintf(`document.querySelector('.feed').naturalWidth >= Math.min(%v, %s) - 1`, camera.width, shown))
				stage, picture := p.box("#stage"), p.box(".feed")
				if got := picture.Width / picture.Height; math.Abs(got-camera.width/camera.height) > 0.01 {
					t.Errorf("the picture has the shape %.3f", got)
				}
				if picture.X < -1 || picture.Y < 0 || picture.X+picture.Width > float64(w.width)+1 || picture.Y+picture.Height > float64(w.height)+1 {
					t.Errorf("the picture is at %+v: not all of it is in the window", picture)
				}
				if stage.Width-picture.Width > 1.5 && stage.Height-picture.Height > 1.5 {
					t.Errorf("the picture is %+v, and the stage has room: %+v", picture, stage)
				}
				if share := picture.Width * picture.Height / float64(w.width*w.height); share < 0.15 {
					t.Errorf("the picture has %.0f%% of the window", 100*share)
				}
				if across := eval[int](p.tab, `document.documentElement.scrollWidth`); across > w.width {
					t.Errorf("the page is %d wide: it scrolls sideways", across)
				}
				if tools := p.box(".tools"); tools.Y+tools.Height > float64(w.height)+1 {
					t.Errorf("the tools are at %+v, out of the window", tools)
				}
				p.screenshot(fmt.Sprintf("one-%s-%dx%d", camera.id, w.width, w.height))
			})
		}
	}
}

// TestOneTakesTheWholeRate compares what the page shows with what the camera gives.
func TestOneTakesTheWholeRate(t *testing.T) {
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Quick","source":{"kind":"emulated","width":320,"height":180,"fps":20}}`, nil)
	p := page.openOne(hub, "quick")
	p.waitFor(`(() => {
		const row = [...document.querySelectorAll('#figures div')].find((e) => e.firstChild.textContent === 'Shown here');
		return parseFloat(row?.lastChild.textContent) > 16;
	})()`)
}

// TestOneZooms drives the picture with wheel, mouse, keys and buttons.
func TestOneZooms(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("Yard", 1920, 1080)
	p := page.openOne(hub, "yard")
	p.window(800, 700, 1, false)
	p.waitFor(`document.querySelector('.feed').naturalWidth === 960`) // a copy is enough for 800

	// What is under the pointer stays there.
	before := p.box(".feed")
	x, y := before.X+before.Width*0.7, before.Y+before.Height*0.6
	p.wheel(x, y, -240)
	p.waitFor(`document.querySelector('#reset').innerText === '1.8×'`)
	after := p.box(".feed")
	if part := (x - after.X) / after.Width; math.Abs(part-0.7) > 0.01 {
		t.Errorf("under the pointer is now what was at %.2f of the width, want 0.7", part)
	}
	p.waitFor(`document.querySelector('.feed').naturalWidth === 1920`) // sharp
	p.screenshot("one-zoomed")

	// It moves with the mouse, and no further than its edge.
	p.pull(x, y, 40, 0)
	if moved := p.box(".feed").X - after.X; math.Abs(moved-40) > 1 {
		t.Errorf("dragged by 40, it moved by %v", moved)
	}
	p.pull(x, y, 900, 900)
	p.pull(x, y, 900, 900)
	p.covers()
	p.pull(x, y, -2000, -2000)
	p.pull(x, y, -2000, -2000)
	p.covers()
	edge := p.box(".feed")
	p.pressWith(keyLeft, chromedp.ModifierShift)
	p.pressWith(keyUp, chromedp.ModifierShift)
	if at := p.box(".feed"); at.X <= edge.X || at.Y < edge.Y {
		t.Errorf("looking left and up has moved it from %+v to %+v", edge, at)
	}

	p.press("0")
	p.waitFor(`document.querySelector('#reset').innerText === '1×' && document.querySelector('#reset').disabled`)
	p.waitFor(`document.querySelector('.feed').naturalWidth === 960`)
	for range 20 {
		p.press("+")
	}
	if s := p.scale(); math.Abs(s-1920*4/p.box("#stage").Width) > 0.1 {
		t.Errorf("the largest scale is %v, want a camera's pixel four wide", s)
	}
	p.press("-")
	p.covers()
	p.click("#reset")
	p.waitFor(`!document.querySelector('#stage.zoomed')`)
	p.click("#zoom-in")
	p.waitFor(`document.querySelector('#reset').innerText === '1.5×'`)
	p.click("#zoom-out")
	p.waitFor(`document.querySelector('#reset').innerText === '1×'`)

	for _, want := range []string{"2.5×", "1×"} { // a double click, and another
		p.doubleClick(x, y)
		p.waitFor(`document.querySelector('#reset').innerText === ` + quote(want))
	}
	if location := eval[string](p.tab, `location.pathname`); location != "/cameras/yard" {
		t.Errorf("the page went to %s", location)
	}
}

// TestOneByFingers zooms with two fingers, moves with one, taps twice, and swipes.
func TestOneByFingers(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("A", 1280, 720)
	hub.addSized("B", 1280, 720)
	p := page.openOne(hub, "a")
	p.window(390, 844, 2, true)
	p.waitFor(`innerWidth === 390`)
	x, y := p.box("#stage").middle()

	p.touch([]point{{x - 30, y}, {x + 30, y}}, []point{{x - 90, y}, {x + 90, y}})
	p.waitFor(`document.querySelector('#reset').innerText === '3×'`)
	before := p.box(".feed")
	p.touch([]point{{x, y}}, []point{{x - 80, y + 20}}) // it moves, and is no swipe
	if moved := p.box(".feed").X - before.X; math.Abs(moved+80) > 2 {
		t.Errorf("pulled by -80, it moved by %v", moved)
	}
	p.covers()
	if eval[string](p.tab, `location.pathname`) != "/cameras/a" {
		t.Error("pulling a zoomed picture has changed the camera")
	}
	p.doubleTap(x, y)
	p.waitFor(`document.querySelector('#reset').innerText === '1×'`)

	p.touch([]point{{x + 100, y}}, []point{{x - 100, y + 5}})
	p.waitFor(`location.pathname === '/cameras/b' && document.querySelector('#name').innerText === 'B'`)
	p.waitForPicture()
	p.touch([]point{{x - 100, y}}, []point{{x + 100, y + 5}})
	p.waitFor(`location.pathname === '/cameras/a'`)
	p.waitForPicture()
}
