package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestGroupsAndFinding narrows the wall: by group, by words, by state.
func TestGroupsAndFinding(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("Outside", "Front door", "Garden")
	hub.addIn("Inside", "Back door", "Kitchen")
	hub.addIn("", "Van")
	hub.call("PATCH", "/api/v1/cameras/garden", `{"enabled":false}`, nil)
	p := page.open(hub.url, "")
	p.waitForTiles("front-door garden back-door kitchen van")
	if got, want := eval[string](p, `[...document.querySelector('#group').options].map(o => o.text).join(', ')`),
		"All cameras (5), Inside (2), Outside (2), Without a group (1)"; got != want {
		t.Errorf("the groups are %q, want %q", got, want)
	}
	p.choosing("#group", "Out")
	p.waitForTiles("front-door garden")
	p.waitFor(`location.search === '?group=Outside'`)
	waitForViewers(t, hub, 2) // the others are hidden
	p.waitFor(`document.querySelector('#announcer').textContent === '2 of 5 cameras shown'`)

	eval[bool](p, `document.activeElement.blur(), true`)
	p.strike("/")
	p.waitFor(`document.activeElement.id === 'filter'`)
	p.do(chromedp.KeyEvent("DOOR"))
	p.waitForTiles("front-door")
	p.waitFor(`location.search === '?group=Outside&filter=DOOR'`)
	p.press(keyEscape)
	p.waitForTiles("front-door garden")
	p.press(keyEscape)
	p.waitFor(focused + ` === 'front-door'`)

	eval[bool](p, `history.back(), true`)
	p.waitForTiles("front-door garden back-door kitchen van")
	for text, want := range map[string]string{
		"door": "front-door back-door", "off": "garden", "inside kit": "kitchen", "VAN": "van", "nobody": "",
	} {
		p.fill("#filter", text)
		p.waitForTiles(want)
	}
	p.fill("#filter", "nobody")
	p.waitFor(`document.querySelector('#nothing').checkVisibility()`)
	p.screenshot("nothing")
	waitForViewers(t, hub, 0)
	p.click("#show-all")
	p.waitForTiles("front-door garden back-door kitchen van")
	p.waitFor(`location.search === ''`)
	p.waitForMotion("van")

	shared := page.open(hub.url+"/?group=inside&filter=kit", "")
	shared.waitForTiles("kitchen")
	if got := eval[string](shared, `document.querySelector('#filter').value`); got != "kit" {
		t.Errorf("the field holds %q", got)
	}
}

// TestMovesAmongFoundTiles moves a tile past those that are hidden.
func TestMovesAmongFoundTiles(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("x", "A")
	hub.addIn("y", "B", "C")
	hub.addIn("x", "D")
	p := page.open(hub.url+"/?group=x", "")
	p.waitForTiles("a d")
	p.focusOn("a")
	p.pressWith(keyRight, chromedp.ModifierCtrl)
	p.waitForTiles("d a")
	hub.waitForOrder("b c d a")
}

// TestFilterFollowsStates checks that a tile goes when its camera no longer
// matches.
func TestFilterFollowsStates(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B")
	p := page.open(hub.url+"/?filter=live", "")
	p.waitForTiles("a b")
	hub.call("PATCH", "/api/v1/cameras/a", `{"enabled":false}`, nil)
	p.waitForTiles("b")
	hub.call("PATCH", "/api/v1/cameras/a", `{"enabled":true}`, nil)
	p.waitForTiles("a b")
}

// TestKeysAreExplained opens the list of keys, by its key and by its button.
func TestKeysAreExplained(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A")
	p := page.open(hub.url, "")
	p.waitForTiles("a")
	p.press("?")
	p.waitFor(`document.querySelector('#keys-dialog').open`)
	p.screenshot("keys")
	if text := eval[string](p, `document.querySelector('#keys-dialog').innerText`); !strings.Contains(text, "Find a camera") {
		t.Errorf("the dialog says %q", text)
	}
	p.press("2") // it does nothing while the dialog is open
	p.click("#keys-letters")
	p.press(keyEscape)
	p.waitFor(`!document.querySelector('#keys-dialog').open && location.search === ''`)

	// Letters and signs are turned off now, and here for all pages; other keys go on.
	p.focusOn("a")
	p.press("2")
	p.press("?")
	p.press(keyEnter)
	p.waitFor(`location.pathname === '/cameras/a'`)
	if went := eval[string](p, `document.referrer`); went != hub.url+"/" {
		t.Errorf("signs that are turned off have led to %s", went)
	}
	again := page.open(hub.url, "")
	again.waitForTiles("a")
	again.click("#keys")
	again.waitFor(`document.querySelector('#keys-dialog').open && !document.querySelector('#keys-letters').checked`)
	again.click("#keys-letters")
	again.click("#keys-dialog button")
	again.waitFor(`!document.querySelector('#keys-dialog').open`)
	again.press("2")
	again.waitFor(`location.search === '?layout=4'`)
}
