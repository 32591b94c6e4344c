package browsertest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestOneExplainsAnOutage has a camera go away and come back while it is watched.
func TestOneExplainsAnOutage(t *testing.T) {
	t.Parallel()
	hub, cam, page := startHub(t), startUpstream(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Gate","source":{"kind":"mjpeg","url":"`+cam.url()+`"}}`, nil)
	p := page.openOne(hub, "gate")
	cam.off()
	p.waitFor(`document.querySelector('#stage[data-state=offline]') && document.querySelector('.notice .reason').innerText !== ''`)
	p.waitFor(`/^(Next try in \d+ s|Trying again…)$/.test(document.querySelector('.retry').innerText)`)
	p.waitFor(`document.querySelector('#announcer').textContent.includes('Offline')`)
	if filter := eval[string](p.tab, `getComputedStyle(document.querySelector('.frame')).filter`); !strings.Contains(filter, "grayscale") {
		t.Errorf("the last picture is shown with the filter %q, want grey", filter)
	}
	p.waitFor(`document.querySelector('#lately li[data-type=offline]')?.innerText.includes('Went offline: ')`)
	p.screenshot("one-offline")
	p.window(360, 640, 2, true)
	p.scheme("dark")
	p.waitFor(`innerWidth === 360`)
	p.screenshot("one-offline-phone")
	for _, b := range []string{"#why", "#again"} {
		if box := p.box(b); box.X < 0 || box.X+box.Width > 360 {
			t.Errorf("%s is at %+v, out of a window of 360", b, box)
		}
	}
	p.window(1600, 900, 1, false)
	p.click("#why")
	p.waitFor(`document.querySelector('#why-dialog').open && document.querySelector('#why-dialog .verdict')?.innerText.includes('nothing listens')`)
	p.press(keyEscape) // closes the dialog, and does not leave the page
	p.waitFor(`!document.querySelector('#why-dialog').open`)
	p.click("#again")
	cam.on()
	p.waitForPicture()
	p.waitForMotion()
	p.waitFor(`/^Back after \d+ s offline/.test(document.querySelector('#lately li').innerText.trim())`)
	if path := eval[string](p.tab, `location.pathname`); path != "/cameras/gate" {
		t.Errorf("the page went to %s", path)
	}
}

// TestOneIsMended takes the address that the hub finds for a wrong one.
func TestOneIsMended(t *testing.T) {
	t.Parallel()
	cam := camera(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "MJPG-Streamer/0.2")
		if r.URL.RequestURI() != "/?action=stream" {
			http.NotFound(w, r)
			return
		}
		serveColours(w, r)
	}, false)
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Attic","source":{"kind":"mjpeg","url":"`+cam.URL+`/wrong"}}`, nil)
	p := one{page.open(hub.url+"/cameras/attic", "")}
	p.click("#why")
	p.waitFor(`document.querySelector('#why-dialog .preview')?.naturalWidth === 320`)
	p.click("[data-take]")
	p.waitForPicture()
	p.waitForMotion()
}

// TestOneSaysThatACameraConnects shows a camera that takes its time, and hangs.
func TestOneSaysThatACameraConnects(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	cam := camera(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=pictures")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, false)
	hub.call("POST", "/api/v1/cameras", `{"name":"Slow","source":{"kind":"mjpeg","url":"`+cam.URL+`"}}`, nil)
	p := one{page.open(hub.url+"/cameras/slow", "")}
	p.waitFor(`document.querySelector('#stage[data-state=connecting]') && /^Connecting for \d+ s$/.test(document.querySelector('.notice p').innerText)`)
	p.screenshot("one-connecting")
}

// TestOneOldPicture shows a camera that stops within its stream.
func TestOneOldPicture(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	cam := camera(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=pictures")
		for n := range 20 {
			_, _ = io.WriteString(w, "--pictures\r\nContent-Type: image/jpeg\r\n\r\n"+string(colour(n))+"\r\n")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(50 * time.Millisecond)
		}
		<-r.Context().Done()
	}, false)
	hub.call("POST", "/api/v1/cameras", `{"name":"Hall","source":{"kind":"mjpeg","url":"`+cam.URL+`"}}`, nil)
	p := one{page.open(hub.url+"/cameras/hall", "")}
	p.waitFor(`/^\d+(\.\d)? s old$/.test(document.querySelector('[data-mark=old]').innerText.trim())`)
	p.waitFor(`document.querySelector('#stage[data-state=stale]')`)
	p.waitFor(`!document.querySelector('#why').hidden && document.querySelector('.notice').checkVisibility()`)
	p.screenshot("one-stale")
}

// TestOneBrokenPicture shows pictures that no browser can decode.
func TestOneBrokenPicture(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := one{page.open(hub.url+"/cameras/yard", `Uint8Array.prototype.toBase64 = () => 'AAAA'`)}
	p.waitFor(`document.querySelector('[data-mark=old]').innerText.trim() === 'This picture can’t be shown'`)
	p.pressSpace()
	if eval[bool](p.tab, `document.querySelector('#stage').classList.contains('paused')`) {
		t.Error("a picture that can't be shown is held")
	}
}

// TestOneIsTurnedOffAndOn turns a camera off and on again from its page.
func TestOneIsTurnedOffAndOn(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.openOne(hub, "yard")
	p.click("#disable")
	p.waitFor(`document.querySelector('#stage[data-state=disabled]') && !document.querySelector('#turn-on').hidden`)
	p.screenshot("one-disabled")
	p.click("#turn-on")
	p.waitForPicture()
	p.waitForMotion()
	p.click("#restart")
	p.waitFor(`document.querySelector('.note')?.innerText.includes('restarts')`)
	p.waitForMotion()
}

// TestOneWakesACamera opens the page of a camera that sleeps until it is watched.
func TestOneWakesACamera(t *testing.T) {
	t.Parallel()
	hub, cam, page := startHub(t), startUpstream(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Gate","mode":"on_demand","idle_timeout":"1s","source":{"kind":"mjpeg","url":"`+cam.url()+`"}}`, nil)
	if state := hub.cameras()[0].Status.State; state != "idle" {
		t.Fatalf("unwatched it is %s", state)
	}
	p := page.openOne(hub, "gate")
	p.waitForMotion()
	p.pressSpace()
	p.waitFor(`document.querySelector('#figures dd').innerText === 'Asleep' && document.querySelector('#state').innerText.trim().startsWith('Paused at ')`)
	if eval[bool](p.tab, `document.querySelector('.notice').checkVisibility()`) {
		t.Error("the picture that is held has something over it")
	}
	p.pressSpace()
	p.waitForPicture()
	p.waitForMotion()
}

// TestOneThatIsNotThere opens the page of no camera, and has one removed and come
// back while it is watched.
func TestOneThatIsNotThere(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	p := one{page.open(hub.url+"/cameras/yard", "")}
	p.waitFor(`document.querySelector('#unknown').innerText.includes('No camera has the id “yard”')`)
	p.waitFor(`document.activeElement.matches('#unknown a')`)
	p.screenshot("one-unknown")
	hub.add("Yard")
	p.waitForPicture()
	hub.call("DELETE", "/api/v1/cameras/yard", "", nil)
	p.waitFor(`document.querySelector('#unknown').innerText.includes('Somebody removed “Yard”') && !document.querySelector('#stage').checkVisibility()`)
	hub.add("Yard")
	p.waitForPicture()
	p.waitForMotion()
	hub.call("DELETE", "/api/v1/cameras/yard", "", nil)
	p.click("#unknown a")
	p.waitFor(`location.pathname === '/' && document.querySelector('#empty')`)
}

// TestOneHubGoesAway stops and kills the hub under the page.
func TestOneHubGoesAway(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := one{page.open(hub.url+"/cameras/yard", "window.sameDocument = true")}
	p.waitForPicture()
	for _, stop := range []func(){hub.stop, func() { hub.kill() }} {
		stop()
		p.waitFor(`!document.querySelector('#unreachable').hidden && document.querySelector('#stage.unknown:not(.fed)')`)
		p.screenshot("one-hub-away")
		hub.restart()
		p.waitFor(`document.querySelector('#unreachable').hidden && !document.querySelector('#stage.unknown')`)
		p.waitForPicture()
		p.waitForMotion()
		events := eval[int](p.tab, `document.querySelectorAll('#lately li').length`)
		p.click("#disable") // the stream of events is there again too
		p.waitFor(`document.querySelectorAll('#lately li').length > ` + strconv.Itoa(events))
		p.click("#turn-on")
		p.waitForPicture()
	}
	if !eval[bool](p.tab, `window.sameDocument === true`) {
		t.Error("the page was loaded anew")
	}
}

// TestOneHiddenLetsGo checks that the page takes nothing while nobody sees it.
func TestOneHiddenLetsGo(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.openOne(hub, "yard")
	eval[bool](p.tab, hide(true))
	waitForViewers(t, hub, 0)
	eval[bool](p.tab, hide(false))
	p.waitForMotion()
}
