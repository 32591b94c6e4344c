package browsertest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// undoOf is the selector of the button that brings a camera back.
func undoOf(name string) string { return `.undo [aria-label="Undo: bring ` + name + ` back"]` }

// TestRemovalIsUndone removes a camera by keyboard, sees it go in another tab,
// and takes it back.
func TestRemovalIsUndone(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	for _, name := range []string{"A", "B", "C"} {
		hub.add(name)
	}
	hub.call("PUT", "/api/v1/cameras/b", `{"name":"B","group":"g","source":{"kind":"mjpeg","url":"http://127.0.0.1:9/","password":"secret","headers":{"X-Key":"k"}}}`, nil)
	_, before := hub.raw("b")
	p, other := page.open(hub.url, ""), page.open(hub.url, "")
	for _, p := range []*tab{p, other} {
		p.waitFor(`document.querySelectorAll('.tile').length === 3`)
	}
	p.press("\t") // the keyboard is in use
	eval[bool](p, `document.querySelector('.tile[data-id=b] .tile-menu').focus(), true`)
	p.press("\r")
	p.waitFor(`document.activeElement.textContent === 'Open large'`)
	p.press(keyEnd)
	p.press("\r")
	p.waitFor(`document.activeElement.matches(` + quote(undoOf("B")) + `)`)
	other.waitFor(`!document.querySelector('.tile[data-id=b]')`)
	p.waitFor(`!document.querySelector('.tile[data-id=b]')`)
	p.screenshot("undo")
	if hub.order() != "a c" {
		t.Errorf("the hub has %s", hub.order())
	}
	p.press("\r")
	p.waitFor(`document.activeElement.matches('.tile[data-id=b] .tile-menu') && !document.querySelector('.undo')`)
	other.waitFor(`[...document.querySelectorAll('.tile')].map(e => e.dataset.id).join('') === 'abc'`)
	_, after := hub.raw("b")
	if hub.order() != "a b c" || after["created_at"] != before["created_at"] || after["group"] != "g" {
		t.Errorf("the hub has %s, and %v", hub.order(), after)
	}
	if s := after["source"].(map[string]any); s["password_set"] != true || len(s["headers_set"].([]any)) != 1 {
		t.Errorf("the secrets are gone: %v", s)
	}
}

// TestUndoRunsOut counts down, but not while somebody is at the button.
func TestUndoRunsOut(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("A")
	hub.add("B")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelectorAll('.tile').length === 2`)
	p.choose("a", "Remove")
	p.waitFor(`parseInt(document.querySelector('.undo .seconds')?.textContent) <= 8`) // it counts when nobody is there
	if eval[bool](p, `document.querySelector('.undo').contains(document.activeElement)`) {
		t.Error("the focus has jumped away from the mouse")
	}
	eval[bool](p, `document.querySelector('.undo').scrollIntoView(), true`)
	at := eval[[]float64](p, `(() => { const r = document.querySelector('.undo p').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	p.do(moveTo(at[0], at[1]))
	p.waitFor(`document.querySelector('.undo:hover')`)
	left := p.text(".undo .seconds")
	time.Sleep(2500 * time.Millisecond)
	if now := p.text(".undo .seconds"); now != left {
		t.Errorf("it went on from %s to %s under the mouse", left, now)
	}
	p.do(moveTo(800, 300))
	p.waitFor(`!document.querySelector('.undo')`)
	if hub.order() != "b" {
		t.Errorf("the hub has %s", hub.order())
	}

	p.choose("b", "Remove")
	p.waitFor(`document.querySelector(` + quote(undoOf("B")) + `)`)
	hub.add("B") // somebody takes its name
	p.click(undoOf("B"))
	p.waitFor(`[...document.querySelectorAll('.note.failed')].some(n => n.textContent.includes('There is a camera "b" already.'))`)
	p.click(".undo .quiet")
	p.waitFor(`!document.querySelector('.undo')`)
}

// TestFirstCameraTakesOneClick fills an empty wall by an address, and by what is
// plugged in.
func TestFirstCameraTakesOneClick(t *testing.T) {
	t.Parallel()
	cam := startUpstream(t)
	hub, page := startHub(t), startBrowser(t)
	front := startFront(t, hub)
	p := page.open(front.url, "")
	p.waitFor(`document.querySelector('#empty').checkVisibility() && document.querySelector('#who a')`) // and what an admin may is shown
	if eval[bool](p, `document.querySelector('#empty [data-devices]').checkVisibility()`) {
		t.Error("devices are shown that nobody has found")
	}
	p.screenshot("empty")
	p.fill("#first-url", strings.TrimPrefix(cam.url(), "http://"))
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog').open && document.querySelector('#add-dialog .preview')?.naturalWidth === 320`)
	p.fill("#a-name", "Found")
	p.screenshot("add-found")
	p.press("\r")
	p.waitFor(`document.querySelector('.tile[data-id=found][data-state=live].fed') && document.querySelector('#empty').hidden`)
	p.choose("found", "Remove")
	p.waitFor(`document.querySelector('#empty').checkVisibility()`)

	// A device whose kind this hub reads over the network: all but the list of
	// devices is real.
	front.answer("GET /api/v1/devices", says(http.StatusOK, "application/json", `{"devices":[
		{"kind":"mjpeg","device":"`+cam.url()+`","name":"HD <b>Webcam","in_use_by":[],"formats":[
			{"fourcc":"YUYV","name":"YUYV 4:2:2","supported":true,"sizes":[{"width":640,"height":480,"fps":[30]}]},
			{"fourcc":"MJPG","name":"Motion-JPEG","supported":true,"sizes":[{"width":1920,"height":1080,"fps":[30,15]},{"width":1280,"height":720,"fps":[60]}]},
			{"fourcc":"H264","name":"H.264","supported":false,"sizes":[{"width":3840,"height":2160,"fps":[30]}]}]},
		{"kind":"v4l2","device":"/dev/video7","name":"Grabber","problem":"The device can't be opened: join the group video.","formats":null},
		{"kind":"martian","device":"x","name":"From a later version"}]}`))
	again := page.open(front.url, "")
	again.waitFor(`document.querySelectorAll('#empty .device').length === 2`)
	again.screenshot("empty-devices")
	if text := again.text("#empty .device"); !strings.Contains(text, "HD <b>Webcam") || !strings.Contains(text, "1920 × 1080, 30 pictures a second") {
		t.Errorf("the device is shown as %q", text)
	}
	if eval[bool](again, `document.querySelector('#empty .device:nth-child(2) button') !== null || !document.querySelector('#empty .device:nth-child(2)').innerText.includes('group video')`) {
		t.Error("a device that can't be opened is offered, or does not say why not")
	}
	again.click("#empty .device button")
	again.waitFor(`document.querySelector('.tile[data-state=live].fed') && document.querySelector('.tile .name').textContent === 'HD <b>Webcam'`)
	again.waitForMotion(hub.cameras()[0].ID)
}

// TestDevicesAreLookedAt adds a local device by the dialog, after a preview.
func TestDevicesAreLookedAt(t *testing.T) {
	t.Parallel()
	cam := startUpstream(t)
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	front := startFront(t, hub)
	list := func(users string) http.HandlerFunc {
		return says(http.StatusOK, "application/json", `{"devices":[
			{"kind":"mjpeg","device":"`+cam.url()+`","name":"Webcam","in_use_by":[`+users+`],"formats":[]},
			{"kind":"v4l2","device":"/dev/nosuch","name":"Grabber","in_use_by":[],"formats":[
				{"fourcc":"YUYV","name":"YUYV 4:2:2","supported":true,"sizes":[{"width":640,"height":480,"fps":[30,15]}]}]}]}`)
	}
	front.answer("GET /api/v1/devices", list(""))
	p := page.open(front.url, "")
	p.click("#add")
	p.waitFor(`document.querySelectorAll('#add-dialog .device').length === 2`)
	p.click("#add-dialog .device:nth-child(2) summary")
	p.waitFor(`document.querySelector("#add-dialog .modes tbody")?.checkVisibility()`)
	if got := eval[string](p, `[...document.querySelectorAll("#add-dialog .modes td")].map((cell) => cell.textContent).join(" | ")`); got != "YUYV 4:2:2 | 640 × 480 | 30, 15" {
		t.Errorf("the table says %q", got)
	}
	p.screenshot("device-modes")
	p.click("#add-dialog .device:nth-child(2) button")
	p.waitFor(`document.querySelector('#add-dialog .problem:not([hidden]), #add-dialog .verdict:not(.works)')`) // it is not there
	p.click("#add-dialog .device button")
	p.waitFor(`document.querySelector('#add-dialog .preview')?.naturalWidth === 320 && document.querySelector('#a-name').value !== ''`)
	p.screenshot("add-device")
	p.fill("#a-name", "Desk")
	p.press("\r")
	p.waitFor(`document.querySelector('.tile[data-id=desk][data-state=live].fed')`)
	front.answer("GET /api/v1/devices", list(`"desk","gone"`))
	p.click("#add")
	p.waitFor(`document.querySelector('#add-dialog .device').innerText.includes('In use by Desk, gone') && !document.querySelector('#add-dialog .device:first-child button')`)
	p.screenshot("add-devices")
	p.click("[data-by-hand]")
	p.click("#camera-dialog [value=v4l2]") // is offered where devices are looked for
	p.screenshot("form-usb")
	p.click("#camera-dialog [value=picamera]")
	p.screenshot("form-pi")
}

// TestLinksLeadToDialogs follows the links of other pages.
func TestLinksLeadToDialogs(t *testing.T) {
	t.Parallel()
	cam := startUpstream(t)
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url+"/?edit=yard&group=x", "")
	p.waitFor(`document.querySelector('#camera-dialog').open && document.querySelector('#f-name').value === 'Yard' && location.search === '?group=x'`)
	p = page.open(hub.url+"/?edit=nobody", "")
	p.waitFor(`document.querySelector('.note.failed')?.textContent.includes('no camera "nobody"') && location.search === ''`)
	p = page.open(hub.url+"/?add="+cam.url(), "")
	p.waitFor(`document.querySelector('#add-dialog').open && document.querySelector('#a-url').value === ` + quote(cam.url()) + ` && document.activeElement.matches('[data-look]')`)
	if eval[bool](p, `document.querySelector('#add-dialog .step, #add-dialog .verdict')?.checkVisibility() ?? false`) {
		t.Error("a link from elsewhere has the hub look at an address")
	}
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .preview')`)

	p = page.open(hub.url+"/cameras/yard", "")
	eval[bool](p, `location.href = '/?add=`+cam.url()+`', true`) // a page of the hub
	p.waitFor(`document.querySelector('#add-dialog .preview')?.naturalWidth === 320`)
}
