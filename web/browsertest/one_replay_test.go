package browsertest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// barSays is true when the bar and the title of a camera's page say the same of the
// picture, and that fits.
func barSays(pattern string) string {
	return `((text) => ` + pattern + `.test(text) && document.title === 'East: ' + text + ' – camhub')(document.querySelector('#state').textContent.trim())`
}

// TestOneSaysThatItIsRecorded goes to a recording, plays it, stops, goes to where nothing
// is recorded, and back to live: the bar, the title, the picture and the figures never
// say that a recorded picture is live.
func TestOneSaysThatItIsRecorded(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East")
	p := startBrowser(t).open(hub.url+"/cameras/east?at="+zulu(s.ended.Add(-time.Hour)), "")
	const time = `(\w{3} \d+, \d{4}, )?\d+:\d\d:\d\d [AP]M`
	p.waitFor(`document.querySelector('#stage.replay.painted') && ` + barSays(`/^Recorded `+time+`, paused$/`))
	p.waitFor(`document.querySelector('#stage').getAttribute('aria-label') === 'Recording of East' && document.querySelector('#figures-title').textContent.includes('now')`)
	p.waitFor(`[...document.querySelectorAll('#figures div')].find((e) => e.firstChild.textContent === 'Shown here').lastChild.textContent.startsWith('Recorded ')`)
	p.screenshot("one-recorded")
	eval[bool](p, `document.activeElement.blur(), true`)
	p.strike("l")
	p.waitFor(barSays(`/^Recorded ` + time + `$/`))
	p.strike("k")
	p.waitFor(barSays(`/^Recorded ` + time + `, paused$/`))

	// In full screen there is no bar: the picture says it.
	p.click("#full")
	p.waitFor(`document.fullscreenElement && document.querySelector('[data-mark=recorded]').checkVisibility() && document.querySelector('[data-mark=recorded]').innerText.trim().startsWith('Recorded ')`)
	p.strike("f")
	p.waitFor(`!document.fullscreenElement`)

	p.press(kb.End)
	p.waitFor(`document.querySelector('#state').textContent.trim() === 'Live' && document.title === 'East – camhub' && document.querySelector('[data-mark=recorded]').hidden`)
	p.waitFor(`document.querySelector('#stage').getAttribute('aria-label') === 'Picture of East' && document.querySelector('#figures-title').textContent === 'Figures'`)
	p.waitFor(`document.querySelector('#announcer').textContent === 'Live again.'`)
	p.waitFor(`document.querySelector('#stage.painted')`)
	p.click("#pause")
	p.waitFor(barSays(`/^Paused at ` + time + `$/`))
	p.goTo(hub.url + "/cameras/east?at=" + zulu(s.gap.Add(3600e9)))
	p.waitFor(barSays(`/^Nothing recorded at ` + time + `$/`))
}

// TestWallSaysThatItIsRecorded checks the word on tiles: there is nothing else in full screen.
func TestWallSaysThatItIsRecorded(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East")
	hub.add("New")
	p := startBrowser(t).open(hub.url+"/?at="+zulu(s.ended.Add(-time.Hour)), "")
	badge := func(id string) string { return `document.querySelector('` + tileOf(id) + ` .badge')` }
	p.waitFor(badge("east") + `.checkVisibility() && ` + badge("east") + `.textContent === 'Recorded'`)
	p.waitFor(`document.querySelector('` + tileOf("new") + ` .missing').checkVisibility() && !` + badge("new") + `.checkVisibility()`)
	p.click(".to-live")
	p.waitFor(badge("east") + `.textContent === 'Live' && ` + badge("new") + `.checkVisibility()`)
}

// TestOneSaysThatAPasswordCannotBeRead starts a hub without the key of its secrets.
func TestOneSaysThatAPasswordCannotBeRead(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Yard","source":{"kind":"mjpeg","url":"http://127.0.0.1:9/","username":"ann","password":"secret"}}`, nil)
	hub.stop()
	keys, err := filepath.Glob(filepath.Join(hub.data, "*key*"))
	if err != nil || len(keys) == 0 {
		t.Fatalf("no key: %v %v", keys, err)
	}
	for _, key := range keys {
		if err := os.Remove(key); err != nil {
			t.Fatal(err)
		}
	}
	hub.restart()
	p := page.open(hub.url+"/cameras/yard", "")
	p.waitFor(`/password/i.test(document.querySelector('.notice .reason').innerText)`)
	p.screenshot("one-no-key")
}
