package browsertest

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestDragWithTheMouse drags a tile: it shows where it would go, Escape puts it
// back, the hub keeps the order, and neither way opens the camera.
func TestDragWithTheMouse(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D")
	p := page.open(hub.url, "")
	p.waitForTiles("a b c d")

	from, to := p.at(tileOf("a"), .5, .5), p.at(tileOf("d"), .9, .5)
	p.drag(from, to)
	p.waitFor(`document.querySelector('[data-id=a].lifted') && document.querySelector('.drop').checkVisibility()`)
	p.screenshot("drag")
	gap := eval[float64](p, `document.querySelector('.drop').getBoundingClientRect().left - document.querySelector('[data-id=d]').getBoundingClientRect().right`)
	if gap < -1 || gap > 1 {
		t.Errorf("the mark is %.0f px from the right edge of the tile", gap)
	}
	p.press(keyEscape)
	p.waitFor(`!document.querySelector('.lifted') && !document.querySelector('.drop').checkVisibility()`)
	p.release(to)
	p.waitForTiles("a b c d")

	p.drag(from, to)
	p.waitFor(`document.querySelector('.drop').checkVisibility()`)
	p.release(to)
	p.waitForTiles("b c d a")
	hub.waitForOrder("b c d a")
	p.waitFor(`document.querySelector('#announcer').textContent === 'A is now 4 of 4.'`)
	p.drag(p.at(tileOf("d"), .5, .5), p.at(tileOf("b"), .1, .5))
	p.release(p.at(tileOf("b"), .1, .5))
	hub.waitForOrder("d b c a")
	own := p.at(tileOf("b"), .5, .5)
	away := point{own.X + 40, own.Y}
	p.drag(own, away)
	p.waitFor(`document.querySelector('[data-id=b].lifted')`)
	p.release(away) // on itself
	p.drag(own, away)
	p.waitFor(`document.querySelector('[data-id=b].lifted')`)
	p.press(keyEscape)
	p.waitFor(`!document.querySelector('.lifted')`)
	p.release(away)
	p.waitForMotion("b") // whatever it was has happened meanwhile
	if path, order := eval[string](p, `location.pathname`), hub.order(); path != "/" || order != "d b c a" {
		t.Errorf("dragging to nowhere has led to %s and the order %q", path, order)
	}
	p.click(tileOf("b") + " .view") // and a click still opens it
	p.waitFor(`location.pathname === '/cameras/b'`)
}

// TestDragWithAFinger drags after a long press; without it the page scrolls.
func TestDragWithAFinger(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D", "E", "F")
	p := page.open(hub.url, "")
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	p.size(360, 640)
	p.waitForTiles("a b c d e f")
	p.waitFor(`document.documentElement.scrollHeight > innerHeight + 300`)

	from := p.at(tileOf("b"), .5, .5)
	p.finger(input.DispatchTouchEventTypeTouchStart, from)
	p.swipe(from, point{from.X, from.Y - 200})
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	p.waitFor(`scrollY > 50`)
	p.waitForTiles("a b c d e f")
	eval[bool](p, `new Promise((done) => { // it rolls on for a while
		let last = -1;
		const timer = setInterval(() => {
			if (scrollY === last) done(true), clearInterval(timer);
			last = scrollY;
		}, 200);
	})`)
	eval[bool](p, `scrollTo(0, 0), true`)
	p.waitFor(`scrollY === 0`)

	from, to := p.at(tileOf("b"), .5, .5), p.at(tileOf("a"), .5, .1)
	p.finger(input.DispatchTouchEventTypeTouchStart, from)
	p.waitFor(`document.querySelector('[data-id=b].lifted')`)
	p.swipe(from, to)
	p.waitFor(`document.querySelector('.drop').checkVisibility()`)
	p.screenshot("drag-phone")
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	hub.waitForOrder("b a c d e f")
	p.waitForTiles("b a c d e f")
	if path := eval[string](p, `location.pathname`); path != "/" {
		t.Errorf("dragging has opened %s", path)
	}
}

// TestMoveByKeys moves tiles by the keyboard, also to another page and among
// those that a filter leaves.
func TestMoveByKeys(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D", "E")
	p := page.open(hub.url+"/?layout=4", "")
	p.waitForTiles("a b c d")
	p.focusOn("a")
	p.pressWith(keyRight, chromedp.ModifierCtrl)
	p.waitForTiles("b a c d")
	p.waitFor(focused + ` === 'a' && document.querySelector('#announcer').textContent === 'A is now 2 of 5.'`)
	hub.waitForOrder("b a c d e")
	p.pressWith(keyDown, chromedp.ModifierShift)
	hub.waitForOrder("b c d a e")
	p.pressWith(keyEnd, chromedp.ModifierCtrl)
	p.waitForTiles("a") // on the second page, and it goes there with it
	p.waitFor(focused + ` === 'a' && location.search.includes('page=2')`)
	hub.waitForOrder("b c d e a")
	p.pressWith(keyHome, chromedp.ModifierCtrl)
	p.waitForTiles("a b c d")
	hub.waitForOrder("a b c d e")
	for range 4 { // faster than the hub stores
		p.pressWith(keyRight, chromedp.ModifierCtrl)
	}
	hub.waitForOrder("b c d e a")
	p.waitFor(focused + ` === 'a'`)
}

// TestOrderThatCanNotBeKept takes the hub away while a tile is dragged.
func TestOrderThatCanNotBeKept(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C")
	p := page.open(hub.url, "")
	p.waitForTiles("a b c")
	hub.kill()
	from, to := p.at(tileOf("a"), .5, .5), p.at(tileOf("c"), .9, .5)
	p.drag(from, to)
	p.release(to)
	p.waitFor(`document.querySelector('#notes .failed')`)
	if note := p.text("#notes .failed"); !strings.Contains(note, "A could not be moved") {
		t.Errorf("the page says %q", note)
	}
	p.waitForTiles("a b c")
	hub.restart()
	p.waitFor(`document.querySelector('#unreachable').hidden && document.querySelectorAll('.tile.fed').length === 3`)
	p.focusOn("a")
	p.pressWith(keyEnd, chromedp.ModifierCtrl)
	hub.waitForOrder("b c a")
}

// TestOrderOfAnotherTabArrives checks that walls which are open follow.
func TestOrderOfAnotherTabArrives(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C")
	first, second := page.open(hub.url, ""), page.open(hub.url, "")
	second.waitForTiles("a b c")
	first.waitForTiles("a b c")
	first.focusOn("c")
	first.pressWith(keyHome, chromedp.ModifierCtrl)
	second.waitForTiles("c a b")
	hub.addIn("", "D")
	second.waitForTiles("c a b d")
	hub.call("DELETE", "/api/v1/cameras/a", "", nil)
	began := time.Now()
	second.waitForTiles("c b d")
	first.waitForTiles("c b d")
	t.Logf("a camera was gone from both walls after %v", time.Since(began).Round(10*time.Millisecond))
}
