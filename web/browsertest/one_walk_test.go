package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOneNeighbours goes from camera to camera in wall order, within the group
// and the filter of the wall, by keys and buttons, in one entry of the history.
func TestOneNeighbours(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	for i, name := range []string{"Alpha", "Bravo", "Charlie", "Delta", "Echo"} {
		group := []string{"in", "out"}[i%2]
		hub.call("POST", "/api/v1/cameras", fmt.Sprintf(`{"name":%q,"group":%q,"source":{"kind":"emulated","width":320,"height":180,"fps":5}}`, name, group), nil)
	}
	p := one{page.open(hub.url+"/cameras/alpha", "window.sameDocument = true")}
	p.waitForPicture()
	entries := eval[int](p.tab, `history.length`)
	for _, step := range []struct{ key, want, place string }{{keyRight, "bravo", "2 of 5"}, {keyRight, "charlie", "3 of 5"}, {keyLeft, "bravo", "2 of 5"}, {keyLeft, "alpha", "1 of 5"}, {keyLeft, "echo", "5 of 5"}} {
		p.press(step.key)
		p.waitFor(fmt.Sprintf(`location.pathname === '/cameras/%s' && document.querySelector('#place').innerText === %q`, step.want, step.place))
	}
	p.waitForPicture()
	p.waitForMotion()
	p.waitFor(`document.querySelector('#announcer').textContent.startsWith('Echo, 5 of 5')`)
	if n := eval[int](p.tab, `history.length`); n != entries {
		t.Errorf("the history has %d entries, had %d", n, entries)
	}
	if got := hub.viewers(); got != 1 {
		t.Errorf("%d viewers: more than the camera that is shown", got)
	}
	p.click("#next")
	p.waitFor(`location.pathname === '/cameras/alpha' && document.querySelector('#next').title === 'Next camera: Bravo'`)

	p.do(chromedp.Navigate(hub.url + "/cameras/alpha?group=in"))
	p.waitForPicture()
	p.press(keyRight)
	p.waitFor(`location.pathname + location.search === '/cameras/charlie?group=in' && document.querySelector('#place').innerText === '2 of 3'`)
	if href := eval[string](p.tab, `document.querySelector('#edit').getAttribute('href')`); href != "/?group=in&edit=charlie" {
		t.Errorf("Edit leads to %s", href)
	}
	p.click("#edit")
	p.waitFor(`location.pathname + location.search === '/?group=in' && document.querySelector('#camera-dialog').open && document.querySelector('#f-name').value === 'Charlie'`)
	eval[bool](p.tab, `history.back(), true`)
	p.waitFor(`location.pathname === '/cameras/charlie'`)
	p.waitForPicture()
	p.press(keyEscape)
	p.waitFor(`location.pathname + location.search === '/?group=in'`)

	p.do(chromedp.Navigate(hub.url + "/cameras/bravo?filter=%C3%A9cho%20LIVE"))
	p.waitForPicture()
	p.press(keyRight)
	p.waitFor(`location.pathname === '/cameras/echo'`)
	p.press(keyRight) // there is no other
	p.waitFor(`document.querySelector('#next').hidden && location.pathname === '/cameras/echo'`)
}

// TestOneLeadsBackToTheWall comes from a wall that was scrolled, walks on, and
// goes back: the wall is as it was left, whether the browser kept it or not.
func TestOneLeadsBackToTheWall(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	for i := range 30 {
		hub.add(fmt.Sprintf("c%02d", i))
	}
	for _, kept := range []bool{true, false} {
		script := `addEventListener('pageshow', (e) => { window.kept = e.persisted; });`
		if !kept {
			script += `addEventListener('unload', () => {});` // with one, a browser keeps no page
		}
		p := one{page.open(hub.url+"/?group=", script)}
		p.window(700, 700, 1, false)
		for _, leave := range []func(){func() { p.press(keyEscape) }, func() { p.click(".back") }, func() { eval[bool](p.tab, `history.back(), true`) }} {
			p.waitFor(`document.querySelectorAll('.tile').length === 30 && innerWidth === 700`)
			// Again and again: the tiles may still be on their way to their places.
			p.waitFor(`(() => {
				const tile = document.querySelector('.tile[data-id=c20]');
				tile.scrollIntoView();
				const at = [scrollY, innerWidth, tile.getBoundingClientRect().top].join();
				window.still = at === window.at ? (window.still ?? 0) + 1 : 0;
				window.at = at;
				return window.still >= 5 && tile.classList.contains('fed');
			})()`)
			before := eval[int](p.tab, `Math.round(scrollY)`)
			x, y := p.box(".tile[data-id=c20]").middle()
			p.do(clickAt(x, y))
			p.waitFor(`location.pathname === '/cameras/c20'`)
			p.waitForPicture()
			p.press(keyRight)
			p.waitFor(`location.pathname === '/cameras/c21'`)
			leave()
			p.waitFor(`location.pathname + location.search === '/?group='`)
			p.waitFor(fmt.Sprintf(`Math.abs(scrollY - %d) < 2`, before))
			p.waitFor(fmt.Sprintf(`window.kept === %v`, kept)) // by the browser
			p.tab.waitForMotion("c20")
		}
	}
}
