package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
)

// freezing makes each live camera look frozen while window.frozen is a time.
const freezing = `
	window.frozen = null;
	const parse = JSON.parse;
	JSON.parse = (text) => parse(text, (key, value) => {
		if (key === 'status' && value?.state === 'live') value.frozen_since = window.frozen;
		return value;
	});`

// TestFrozenPictureIsMarked checks that a tile and a camera's page say it in
// words, with an icon, and say it no more when the picture moves again.
func TestFrozenPictureIsMarked(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A")
	p := page.open(hub.url, freezing)
	p.waitFor(`document.querySelector('.tile.fed') && !document.querySelector('.mark').checkVisibility()`)
	eval[bool](p, `window.frozen = new Date(Date.now() - 125000).toISOString(), true`)
	p.waitFor(`document.querySelector('.mark').checkVisibility() && document.querySelector('.mark').textContent === 'Same picture for 2 min'`)
	p.waitFor(`document.querySelector('#announcer').textContent === 'A: the picture does not change'`)
	if !eval[bool](p, `document.querySelector('.mark .icon').checkVisibility()`) {
		t.Error("there is no icon")
	}
	p.screenshot("frozen")
	one := page.open(hub.url+"/cameras/a", freezing)
	one.waitFor(`document.querySelector('#stage.fed') && document.querySelector('[data-mark=frozen]').hidden`)
	eval[bool](one, `window.frozen = new Date(Date.now() - 125000).toISOString(), true`)
	one.waitFor(`document.querySelector('[data-mark=frozen]').innerText.trim() === 'Same picture for 2 min'`)
	one.waitFor(`document.querySelector('#announcer').textContent === 'A: the picture does not change'`)
	one.screenshot("one-frozen")
	eval[bool](one, `window.frozen = null, true`)
	one.waitFor(`document.querySelector('[data-mark=frozen]').hidden`)
	eval[bool](p, `window.frozen = null, true`)
	p.waitFor(`!document.querySelector('.mark').checkVisibility()`)
}

// TestTileSurvivesABrowserThatTellsNothing loses the events of a picture: the
// tile goes on after some seconds.
func TestTileSurvivesABrowserThatTellsNothing(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A")
	p := page.open(hub.url, `
		window.deaf = false;
		for (const name of ['load', 'error']) document.addEventListener(name, (event) => {
			if (window.deaf && event.target instanceof HTMLImageElement) event.stopImmediatePropagation();
		}, true);`)
	p.waitForMotion("a")
	eval[bool](p, `window.deaf = true, true`)
	p.waitFor(`/ old$/.test(document.querySelector('.age').textContent)`)
	eval[bool](p, `window.deaf = false, true`)
	p.waitForMotion("a")
	p.waitFor(`document.querySelector('.age').textContent === ''`)
}

// TestInstallable asks the browser what keeps the wall from being installed.
func TestInstallable(t *testing.T) {
	t.Parallel()
	hub, browser := startHub(t), startOwnBrowser(t) // profiles beside the first one can't install anything
	p := browser.open(hub.url, "")
	manifest := call(p, page.GetAppManifest, page.GetAppManifestParams{})
	if !strings.HasSuffix(manifest.URL, "/static/manifest.webmanifest") || len(manifest.Errors) != 0 {
		t.Errorf("the manifest is %q, with the faults %v", manifest.URL, manifest.Errors)
	}
	faults := call(p, page.GetInstallabilityErrors, cdp.Empty{})
	for _, fault := range faults.InstallabilityErrors {
		t.Errorf("can't be installed: %s %v", fault.ErrorID, fault.ErrorArguments)
	}
}

// TestWallInEverySize looks at a wall of cameras of different shapes, one of
// them offline, in windows from a phone to a large screen: nothing is wider than
// the window, no tile lies over another, and each says what it is.
func TestWallInEverySize(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	for _, c := range []struct {
		name          string
		width, height int
	}{{"Front door", 640, 360}, {"Garden", 640, 480}, {"Stairs", 360, 640}, {"Yard", 960, 360}} {
		hub.addSized(c.name, c.width, c.height)
	}
	camera := startUpstream(t)
	camera.off()
	hub.call("POST", "/api/v1/cameras", fmt.Sprintf(`{"name":"Kitchen","group":"inside","source":{"kind":"mjpeg","url":%q}}`, camera.url()), nil)
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('[data-id=kitchen][data-state=offline]')`)
	for _, w := range []struct {
		name          string
		width, height int64
		likes         []string
	}{
		{"phone-dark", 360, 740, []string{"prefers-color-scheme:dark"}},
		{"phone-light", 360, 740, []string{"prefers-color-scheme:light"}},
		{"phone-wide", 740, 360, []string{"prefers-color-scheme:dark"}},
		{"tablet", 820, 1180, []string{"prefers-color-scheme:light"}},
		{"wide-dark", 1600, 900, []string{"prefers-color-scheme:dark"}},
		{"wide-light", 1600, 900, []string{"prefers-color-scheme:light"}},
		{"still", 1280, 720, []string{"prefers-reduced-motion:reduce", "prefers-color-scheme:dark"}},
		{"huge", 3840, 2160, []string{"prefers-color-scheme:dark"}},
	} {
		p.size(w.width, w.height, w.likes...)
		for _, layout := range []string{"0", "2", "5"} {
			p.press(layout)
			p.screenshot(w.name + "-" + layout)
			p.waitFor(fits)
		}
		p.press("0")
		if w.name == "still" {
			p.waitFor(`document.getAnimations().length === 0`)
		}
	}
}

// fits is true when tiles lie beside each other, inside the window's width, and
// each shows its name.
const fits = `(() => {
	const tiles = [...document.querySelectorAll('.tile:not([hidden])')];
	const places = tiles.map((t) => t.getBoundingClientRect());
	const apart = places.every((p, i) => places.slice(0, i).every((o) => o.right <= p.left || p.right <= o.left || o.bottom <= p.top || p.bottom <= o.top));
	const named = tiles.every((t) => t.querySelector('.name').checkVisibility() && t.querySelector('.name').clientWidth > 20);
	return tiles.length >= 4 && apart && named && document.documentElement.scrollWidth <= innerWidth && places.every((p) => p.left >= 0 && p.right <= innerWidth);
})()`
