package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// choosing picks an option of a list as a person does with the keyboard: it has
// the focus, and the first letters of the option are typed.
func (p *tab) choosing(selector, letters string) {
	p.t.Helper()
	eval[bool](p, "document.querySelector("+quote(selector)+").focus(), true")
	p.do(chromedp.KeyEvent(letters))
}

// TestLayoutsAndPages goes through the layouts with six cameras: by the list, by
// keys, by the browser's back button, and by a page that is opened anew.
func TestLayoutsAndPages(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D", "E", "F")
	p := page.open(hub.url, "")
	p.waitForTiles("a b c d e f")
	if !eval[bool](p, `document.querySelector('#pager').hidden`) {
		t.Error("there are pages though all cameras fit")
	}

	p.choosing("#layout", "4 c")
	p.waitForTiles("a b c d")
	p.waitFor(`location.search === '?layout=4' && document.querySelector('#page').textContent === '1 / 2'`)
	waitForViewers(t, hub, 4) // hidden tiles cost no picture
	p.click("#next")
	p.waitForTiles("e f")
	p.waitFor(`location.search === '?layout=4&page=2'`)
	waitForViewers(t, hub, 2)
	p.waitForMotion("e")
	eval[bool](p, `document.activeElement.blur(), true`)
	p.press(keyPageUp)
	p.waitForTiles("a b c d")
	p.press(keyPageUp) // there is none before
	p.press(keyPageDown)
	p.waitForTiles("e f")

	eval[bool](p, `history.back(), true`)
	p.waitForTiles("a b c d")
	eval[bool](p, `history.back(), true`)
	p.waitForTiles("e f")

	for _, tt := range []struct{ key, layout, tiles string }{
		{"1", "1", "a"}, {"3", "9", "a b c d e f"}, {"5", "focus", "a b c d e f"}, {"4", "16", "a b c d e f"}, {"2", "4", "a b c d"},
	} {
		p.press(tt.key)
		p.waitFor("document.querySelector('#layout').value === " + quote(tt.layout))
		p.waitForTiles(tt.tiles)
	}
	again := page.open(hub.url, "") // it is remembered, and stands in the address
	again.waitForTiles("a b c d")
	again.waitFor(`location.search === '?layout=4'`)
	again.press("0")
	again.waitForTiles("a b c d e f")
	again.waitFor(`location.search === ''`)

	shared := page.open(hub.url+"/?layout=4&page=2", "")
	shared.waitForTiles("e f")
	beyond := page.open(hub.url+"/?layout=4&page=9", "")
	beyond.waitForTiles("e f")
	bad := page.open(hub.url+"/?layout=octagon", "")
	bad.waitForTiles("a b c d e f")
	bad.waitFor(`document.querySelector('#hints').innerText.includes('octagon')`)
	bad.click("#hints button")
	bad.waitFor(`document.querySelector('#hints').childElementCount === 0`)
}

// TestColumnsByKeys checks that a viewer's columns outlive the page.
func TestColumnsByKeys(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D")
	p := page.open(hub.url, "")
	const columns = `new Set([...document.querySelectorAll('.tile:not([hidden])')].map(e => e.style.left)).size`
	p.waitFor(`document.querySelectorAll('.tile.fed').length === 4 && ` + columns + ` === 2`) // four tiles fit best in two rows
	p.press("-")
	p.waitFor(columns + ` === 3`)
	again := page.open(hub.url, "")
	again.waitFor(columns + ` === 3`)
	again.press("+")
	again.waitFor(columns + ` === 2 && location.search === '?layout=columns-2'`)
}

// TestLargeTileIsChosen tries each way to choose it.
func TestLargeTileIsChosen(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D", "E")
	p := page.open(hub.url+"/?layout=focus", "")
	const large = `document.querySelector('.tile.large')?.dataset.id`
	p.waitFor(large + ` === 'a'`)
	area := func(id string) float64 {
		return eval[float64](p, fmt.Sprintf(`(({width, height}) => width * height)(document.querySelector(%s).getBoundingClientRect())`, quote(tileOf(id))))
	}
	if area("a") < 3*area("b") {
		t.Errorf("the large tile has %.0f pixels, a small one %.0f", area("a"), area("b"))
	}
	p.click(tileOf("c") + " .tile-large")
	p.waitFor(large + ` === 'c' && location.search === '?layout=focus&large=c'`)
	p.focusOn("d")
	p.press("l")
	p.waitFor(large + ` === 'd' && ` + focused + ` === 'd'`)
	from, to := p.at(tileOf("b"), .5, .5), p.at(tileOf("d"), .5, .5)
	p.drag(from, to)
	p.waitFor(`document.querySelector('.large.target')`)
	p.release(to)
	p.waitFor(large + ` === 'b'`)
	if got := hub.order(); got != "a b c d e" {
		t.Errorf("the hub has the order %q now", got)
	}
	eval[bool](p, `history.back(), true`)
	p.waitFor(large + ` === 'd'`)
	p.choose("e", "Show large here")
	p.waitFor(large + ` === 'e'`)
}

// TestArrowsGoToTheNextTile has three columns and two rows.
func TestArrowsGoToTheNextTile(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B", "C", "D", "E", "F")
	p := page.open(hub.url+"/?layout=columns-3", "")
	p.waitForTiles("a b c d e f")
	p.focusOn("a")
	for _, tt := range []struct{ key, want string }{
		{keyRight, "b"}, {keyDown, "e"}, {keyLeft, "d"}, {keyLeft, "d"}, {keyUp, "a"}, {keyUp, "a"}, {keyDown, "d"}, {keyRight, "e"}, {keyRight, "f"},
	} {
		p.press(tt.key)
		p.waitFor(focused + " === " + quote(tt.want))
	}
	p.press(keyEnter)
	p.waitFor(`location.pathname === '/cameras/f'`)
}
