package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestLifeOfACamera goes the way of a new user: the empty wall, a mistake in the
// form, a first camera, its outage and return, a new name, and its removal.
func TestLifeOfACamera(t *testing.T) {
	t.Parallel()
	hub, camera, page := startHub(t), startUpstream(t), startBrowser(t)
	p := page.open(hub.url, "")

	p.click("#empty [data-add]")
	p.click("#add-dialog [data-by-hand]")
	p.fill("#f-name", "Porch")
	p.fill("#f-source-url", "not an address")
	p.fill("#f-source-username", "me")
	p.fill("#f-source-password", "secret")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.activeElement.matches('#f-source-url[aria-invalid=true]')`)
	if why := eval[string](p, `document.getElementById(document.activeElement.getAttribute('aria-describedby').split(' ')[0]).textContent`); why == "" {
		t.Error("the field with the mistake does not say what is wrong")
	}

	p.fill("#f-source-url", camera.url())
	p.click("#camera-dialog [data-save]")
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
	p.waitFor(`document.querySelector('.tile[data-id=porch][data-state=live].fed')`)
	p.waitForMotion("porch")
	eval[bool](p, `window.sameDocument = true`)

	camera.off()
	p.waitFor(`document.querySelector('.tile[data-id=porch][data-state=offline]')`)
	p.waitFor(`document.querySelector('.tile[data-id=porch] .reason').innerText !== ''`)
	if shown, told := p.text(tileOf("porch")+" .reason"), hub.cameras()[0].Status.Error; told == nil || shown == "" {
		t.Errorf("the tile says %q, the hub %v", shown, told)
	}
	p.waitFor(`/^(Next try in \d+ s|Trying again…)$/.test(document.querySelector('.tile[data-id=porch] .retry').innerText)`)
	if filter := eval[string](p, `getComputedStyle(document.querySelector('.tile[data-id=porch] .view')).filter`); !strings.Contains(filter, "grayscale") {
		t.Errorf("the last picture is shown with the filter %q, want grey", filter)
	}
	if !eval[bool](p, `document.querySelector('.tile[data-id=porch]').classList.contains('painted')`) {
		t.Error("the last picture is gone")
	}

	camera.on()
	p.waitFor(`document.querySelector('.tile[data-id=porch][data-state=live].fed')`)
	p.waitForMotion("porch")
	if !eval[bool](p, `window.sameDocument === true`) {
		t.Error("the page was loaded anew")
	}

	p.choose("porch", "Edit…")
	p.waitFor(`document.querySelector('#camera-dialog').open`)
	p.fill("#f-name", "Back porch")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('.tile[data-id=porch] .name').textContent === 'Back porch'`)
	if !hub.cameras()[0].Source.PasswordSet {
		t.Error("a new name has cost the password")
	}

	p.choose("porch", "Remove")
	p.waitFor(`!document.querySelector('#empty').hidden && !document.querySelector('.tile')`)
}

func TestDemoCameraTakesOneClick(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	p := page.open(hub.url, "")
	p.click("#demo")
	p.waitFor(`document.querySelector('.tile[data-state=live].fed')`)
	p.waitForMotion(hub.cameras()[0].ID)
}

// TestHiddenPageLetsGo checks that a page that nobody sees takes no pictures.
func TestHiddenPageLetsGo(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile.fed')`)
	eval[bool](p, hide(true))
	waitForViewers(t, hub, 0)
	eval[bool](p, hide(false))
	waitForViewers(t, hub, 1)
	p.waitForMotion("yard")
}

// hide makes a page believe that its window went out of sight, or came back.
func hide(hidden bool) string {
	return fmt.Sprintf(`Object.defineProperty(document, 'hidden', {value: %v, configurable: true}), document.dispatchEvent(new Event('visibilitychange'))`, hidden)
}

func waitForViewers(t *testing.T, hub *hub, want int) {
	t.Helper()
	for deadline := time.Now().Add(patience); hub.viewers() != want; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d viewers, want %d", hub.viewers(), want)
		}
	}
}

// TestNamesAreText checks that markup in a name stays text wherever it is shown.
func TestNamesAreText(t *testing.T) {
	t.Parallel()
	const name = `<img src=x onerror=alert(1)>`
	hub, page := startHub(t), startBrowser(t)
	hub.add(name)
	id := hub.cameras()[0].ID
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile[data-state=live]')`)
	if got := p.text(".tile .name"); got != name {
		t.Errorf("the tile is called %q", got)
	}
	large := page.openOne(hub, id)
	if got := large.text("#name"); got != name {
		t.Errorf("the heading is %q", got)
	}
	p.choose(id, "Remove")
	p.waitFor(`document.querySelector('.undo')`)
	if got := p.text(".undo p"); !strings.Contains(got, name) {
		t.Errorf("the note is %q", got)
	}
	for _, p := range []*tab{p, large.tab} {
		if n := eval[int](p, `document.querySelectorAll('img[onerror], img[src="x"]').length`); n != 0 {
			t.Errorf("%d elements were made of the name", n)
		}
	}
}

func TestHubThatWasAwayIsNoticedAndFoundAgain(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "window.sameDocument = true")
	p.waitFor(`document.querySelector('.tile.fed')`)
	for _, stop := range []func(){hub.stop, func() { hub.kill() }} {
		stop()
		p.waitFor(`!document.querySelector('#unreachable').hidden && document.querySelector('.tile.unknown')`)
		if eval[bool](p, `document.querySelector('.tile').classList.contains('fed')`) {
			t.Error("the tile does not know that its pictures ended")
		}
		p.waitFor(`performance.now() > 0 && document.querySelector('#unreachable p').innerText.includes('for 6 s')`) // pauses have grown
		hub.restart()
		began := time.Now()
		p.waitFor(`document.querySelector('#unreachable').hidden && document.querySelector('.tile.fed')`)
		if took := time.Since(began); took > 15*time.Second { // the longest pause is 8 s
			t.Errorf("the wall was live again %v after the hub", took)
		}
		p.waitForMotion("yard")
	}
	if !eval[bool](p, `window.sameDocument === true`) {
		t.Error("the page was loaded anew")
	}
}

func TestOrderIsChangedByTheMenu(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	for _, name := range []string{"A", "B", "C"} {
		hub.add(name)
	}
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelectorAll('.tile').length === 3`)
	p.choose("a", "Move later")
	p.waitFor(`[...document.querySelectorAll('.tile')].map(e => e.dataset.id).join('') === 'bac'`)
	hub.waitForOrder("b a c")
}

func TestCameraIsTurnedOffAndOn(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile.fed')`)
	p.choose("yard", "Turn off")
	p.waitFor(`document.querySelector('.tile[data-state=disabled]')`)
	p.choose("yard", "Turn on")
	p.waitFor(`document.querySelector('.tile[data-state=live].fed')`)
	p.waitForMotion("yard")
}

func TestMenuByKeyboard(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile-menu')`)
	eval[bool](p, `document.querySelector('.tile-menu').focus(), true`)
	p.press("\r")
	p.waitFor(`document.activeElement.textContent === 'Open large'`)
	p.press(keyDown)
	p.waitFor(`document.activeElement.textContent === 'Edit…'`)
	p.press(keyEscape)
	p.waitFor(`document.activeElement.matches('.tile-menu') && !document.querySelector('#tile-menu:popover-open')`)
}
