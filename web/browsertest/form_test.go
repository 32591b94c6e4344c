package browsertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// What a person does with keyboard and mouse, wherever they are.
var (
	keys    = func(text string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(text) }
	clickAt = func(x, y float64) chromedp.Action[chromedp.Void] { return chromedp.MouseClickXY(x, y) }
	moveTo  = func(x, y float64) chromedp.Action[chromedp.Void] {
		return chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y)
	}
)

// raw returns what the hub says of one camera, as text and as JSON.
func (h *hub) raw(id string) (string, map[string]any) {
	h.t.Helper()
	var m map[string]any
	h.call("GET", "/api/v1/cameras/"+id, "", &m)
	delete(m, "status")
	b, err := json.Marshal(m)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b), m
}

// edit opens the form of a camera by its menu.
func (p *tab) edit(id string) {
	p.t.Helper()
	p.choose(id, "Edit…")
	p.waitFor(`document.querySelector('#camera-dialog').open`)
}

// pick chooses one of the choices of a select, as a person does by typing.
func (p *tab) pick(selector, text string) {
	p.t.Helper()
	eval[bool](p, "document.querySelector("+quote(selector)+").focus(), true")
	p.press(text)
	p.waitFor(fmt.Sprintf(`document.querySelector(%s).selectedOptions[0].textContent.startsWith(%s)`, quote(selector), quote(text)))
}

// save clicks on Save and waits until the form is gone.
func (p *tab) save() {
	p.t.Helper()
	p.click("#camera-dialog [data-save]")
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
}

// discard closes the form with changes in it, and waits until it is gone.
func (p *tab) discard() {
	p.t.Helper()
	const question = "dialog[role=alertdialog]"
	if !eval[bool](p, "document.querySelector("+quote(question)+") !== null") {
		p.press(keyEscape)
	}
	p.click(question + " .danger")
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
}

// TestEveryFieldIsEdited changes all that there is to a camera by its form.
func TestEveryFieldIsEdited(t *testing.T) {
	t.Parallel()
	cam := startUpstream(t)
	hub, page := startHub(t), startBrowser(t)
	hub.add("Other")
	hub.call("PATCH", "/api/v1/cameras/other", `{"group":"garden"}`, nil)
	hub.call("POST", "/api/v1/cameras", `{"name":"Door","source":{"kind":"mjpeg","url":"`+cam.url()+`-old","password":"secret",
		"headers":{"X-Old":"1","X-Kept":"2"}}}`, nil)
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile[data-id=door]')`)
	p.edit("door")
	p.screenshot("form-network")
	if !eval[bool](p, `document.querySelector('#f-group').list.options[0].value === 'garden' && document.querySelector('#f-id').value === 'door' && document.querySelector('#f-id').readOnly`) {
		t.Error("the group that there is is not offered, or the id can be changed")
	}
	p.fill("#f-name", "Front door")
	p.fill("#f-source-url", cam.url())
	p.fill("#f-source-username", "me")
	p.pick("#f-mode", "Only")
	p.fill("#f-idle_timeout", "90")
	p.fill("#f-group", "outside")
	p.click("#camera-dialog details summary")
	p.click("[data-pointer='/source/tls_insecure'] input")
	p.fill("#f-source-max_frame_bytes", "1000000")
	p.click("[aria-label='Remove the header X-Old']")
	p.click("[data-pointer='/source/headers'] > button")
	p.do(keys("X-New"))
	p.fill("[data-pointer='/source/headers/X-New'] input:nth-of-type(2)", "3")
	p.screenshot("form-advanced")
	p.save()
	text, c := hub.raw("door")
	source := c["source"].(map[string]any)
	for name, want := range map[string]any{
		"url": cam.url(), "username": "me", "password_set": true, "tls_insecure": true, "max_frame_bytes": 1e6,
	} {
		if source[name] != want {
			t.Errorf("%s is %v, want %v", name, source[name], want)
		}
	}
	for _, part := range []string{`"headers_set":["X-Kept","X-New"]`, `"name":"Front door"`, `"mode":"on_demand"`, `"idle_timeout":"1m30s"`, `"group":"outside"`, `"id":"door"`} {
		if !strings.Contains(text, part) {
			t.Errorf("no %s in %s", part, text)
		}
	}

	p.edit("door")
	p.click("[data-pointer='/source/password'] input[type=checkbox]")
	p.click("[data-pointer='/enabled'] input")
	p.click("#camera-dialog [value=emulated]")
	p.pick("#f-source-pattern", "Slides")
	p.fill("#f-source-folder", "zoo")
	p.fill("#f-source-fps", "2")
	p.screenshot("form-demo")
	if !eval[bool](p, `document.querySelector('#f-source-width').closest('[hidden]') !== null`) {
		t.Error("the width of a clock is asked of slides")
	}
	p.save()
	_, c = hub.raw("door")
	want := map[string]any{"kind": "emulated", "pattern": "slides", "folder": "zoo", "fps": 2.0, "width": 1280.0, "height": 720.0}
	if source = c["source"].(map[string]any); fmt.Sprint(source) != fmt.Sprint(want) || c["enabled"] != false {
		t.Errorf("it is %v", c)
	}
	p.waitFor(`document.querySelector('.tile[data-id=door][data-state=disabled]')`)
}

// TestFaultsStandAtTheirFields has the hub refuse several fields at once.
func TestFaultsStandAtTheirFields(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile[data-id=yard]')`)
	p.edit("yard")
	p.click("#camera-dialog [value=snapshot]")
	p.fill("#f-name", " ")
	p.fill("#f-source-url", "ftp://h/")
	p.fill("#f-source-interval", "9999")
	p.click("#camera-dialog summary")
	p.click("[data-pointer='/source/headers'] > button")
	p.do(keys("Host"))
	p.click("#camera-dialog summary") // closed, with a fault inside
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelectorAll('#camera-dialog .error:not([hidden])').length === 4`)
	p.screenshot("form-faults")
	faulty := eval[[]string](p, `[...document.querySelectorAll('#camera-dialog .error:not([hidden])')].map(e => e.closest('.field').dataset.pointer)`)
	if want := []string{"/name", "/source/url", "/source/interval", "/source/headers/Host"}; !slices.Equal(faulty, want) {
		t.Errorf("faults at %v, want %v", faulty, want)
	}
	if !eval[bool](p, `document.activeElement.id === 'f-name' && document.querySelectorAll('#camera-dialog [aria-invalid=true]').length === 4 && document.querySelector('#camera-dialog details').open`) {
		t.Error("the first fault has no focus, or one can't be seen")
	}
	p.fill("#f-name", "Yard")
	p.waitFor(`document.querySelector('#e-name-error').hidden && !document.querySelector('#e-source-url-error').hidden`)
	p.fill("#f-source-interval", "soon") // is told without the hub
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('#e-source-interval-error').textContent === 'must be a number' && document.querySelectorAll('#camera-dialog [aria-invalid=true]').length === 1`)

	p.discard()
	p.click("#add")
	p.click("[data-by-hand]")
	p.click("#camera-dialog [value=emulated]")
	p.fill("#f-name", "Twin")
	p.click("#camera-dialog summary")
	p.fill("#f-id", "yard")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.activeElement.matches('#f-id[aria-invalid=true]') && document.querySelector('#e-id-error').innerText.includes('"yard"')`)
	p.fill("#f-id", "twin")
	p.save()
	if hub.order() != "yard twin" {
		t.Errorf("the hub has %s", hub.order())
	}
}

// TestUnsavedChangesAreKept tries every way to lose them by accident.
func TestUnsavedChangesAreKept(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile[data-id=yard]')`)
	p.edit("yard")
	p.press(keyEscape) // nothing was changed
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
	p.edit("yard")
	p.fill("#f-name", "Garden")
	const asked = `document.querySelector('dialog[role=alertdialog]')`
	for name, leave := range map[string]func(){
		"Escape":  func() { p.press(keyEscape) },
		"Cancel":  func() { p.click("#camera-dialog .buttons [data-close]") },
		"the x":   func() { p.click("#camera-dialog header [data-close]") },
		"history": func() { eval[bool](p, `document.querySelector('#camera-dialog').requestClose(), true`) },
	} {
		for range 3 { // a browser heeds only the first Escape that a page refuses
			leave()
			p.waitFor(asked)
			p.press(keyEscape)
			p.waitFor("!" + asked)
		}
		if !eval[bool](p, `document.querySelector('#camera-dialog').open && document.querySelector('#f-name').value === 'Garden'`) {
			t.Fatalf("%s has lost the changes", name)
		}
	}
	p.do(clickAt(5, 450)) // beside it
	if !eval[bool](p, `document.querySelector('#camera-dialog').open && !`+asked) {
		t.Error("a click beside the form did something")
	}
	p.press(keyEscape)
	p.waitFor(asked)
	p.screenshot("form-unsaved")
	p.press("\r") // the first choice loses nothing
	p.waitFor(`document.querySelector('#camera-dialog').open && !` + asked)
	p.discard()
	p.edit("yard")
	if name := eval[string](p, `document.querySelector('#f-name').value`); name != "Yard" {
		t.Errorf("the name is %q", name)
	}
}

// TestTwoPeopleEdit has a camera changed by somebody else while its form is open.
func TestTwoPeopleEdit(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile[data-id=yard]')`)
	const asked = `document.querySelector('dialog[role=alertdialog]')`
	try := func(theirs string) {
		p.edit("yard")
		p.fill("#f-name", "Mine")
		hub.call("PATCH", "/api/v1/cameras/yard", theirs, nil)
		p.click("#camera-dialog [data-save]")
		p.waitFor(asked)
	}
	try(`{"name":"Theirs","group":"theirs"}`)
	p.screenshot("form-conflict")
	if text := p.text("dialog[role=alertdialog] p"); !strings.Contains(text, "They changed: Name, Group.") {
		t.Errorf("it says %q", text)
	}
	p.press(keyEscape)
	p.waitFor(`document.querySelector('#f-name').value === 'Mine' && !` + asked)
	p.click("#camera-dialog [data-save]")
	p.click("dialog[role=alertdialog] [value=mine]")
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
	if _, c := hub.raw("yard"); c["name"] != "Mine" || c["group"] != "theirs" {
		t.Errorf("after mine it is %v", c)
	}
	try(`{"name":"Theirs","mode":"on_demand"}`)
	p.click("dialog[role=alertdialog] [value=theirs]")
	p.waitFor(`document.querySelector('#f-name').value === 'Theirs' && document.querySelector('#f-mode').value === 'on_demand'`)
	p.fill("#f-name", "Agreed")
	p.save()
	if _, c := hub.raw("yard"); c["name"] != "Agreed" || c["mode"] != "on_demand" {
		t.Errorf("after theirs it is %v", c)
	}
	p.edit("yard")
	p.fill("#f-name", "Late")
	hub.call("DELETE", "/api/v1/cameras/yard", "", nil)
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('#camera-dialog .problem:not([hidden])')?.innerText.includes('no camera')`)
}

// TestDuplicateHasThePassword copies a camera whose password the page never sees.
func TestDuplicateHasThePassword(t *testing.T) {
	t.Parallel()
	cam := camera(t, guarded, false)
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Garden","group":"outside","source":{"kind":"mjpeg","url":"`+cam.URL+`/live.mjpg","username":"admin","password":"opensesame"}}`, nil)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile[data-id=yard]')`)
	p.choose("garden", "Duplicate…")
	p.waitFor(`document.querySelector('#camera-dialog').open && document.querySelector('#f-name').value === 'Garden (copy)' && document.querySelector('#f-group').value === 'outside'`)
	p.do(keys("Terrace")) // the name is selected
	p.save()
	p.waitFor(`document.querySelector('.tile[data-id=terrace][data-state=live].fed')`)
	p.waitForMotion("terrace")
	if hub.order() != "garden terrace yard" {
		t.Errorf("the hub has %s", hub.order())
	}
}

// TestRefusalsAreSentences has every call of the forms fail in every way, and
// sees that a sentence says so where it belongs, and that what was typed stays.
func TestRefusalsAreSentences(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	front := startFront(t, hub)
	p := page.open(front.url, "")
	p.waitFor(`document.querySelector('.tile[data-id=yard]')`)
	problem := func(status int, detail string) http.HandlerFunc {
		return says(status, "application/problem+json", fmt.Sprintf(`{"title":"T","status":%d,"detail":%q}`, status, detail))
	}
	ways := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"413":                 {problem(413, "The body has more than 1048576 bytes."), "more than 1048576 bytes"},
		"415":                 {problem(415, "The body must be application/json."), "must be application/json"},
		"422 without a field": {says(422, "application/problem+json", `{"detail":"Bad.","errors":[{"pointer":"/x","detail":"is not known"}]}`), "x is not known"},
		"429":                 {problem(429, "Too many probes at once."), "Too many probes"},
		"503":                 {problem(503, "The hub is stopping."), "hub is stopping"},
		"a proxy's 502":       {says(502, "text/html", "<h1>Bad Gateway</h1>"), "status 502"},
		"a 200 of another":    {says(200, "text/html", "<h1>It works!</h1>"), "status 200"},
		"no answer":           {hangsUp, "did not answer"},
	}
	p.edit("yard")
	p.fill("#f-name", "New")
	for name, way := range ways {
		front.answer("PATCH /api/v1/cameras/yard", way.answer)
		p.click("#camera-dialog [data-save]")
		p.waitFor(`document.querySelector('#camera-dialog .problem:not([hidden])')?.textContent.includes(` + quote(way.want) + `)`)
		if !eval[bool](p, `document.querySelector('#camera-dialog').open && document.querySelector('#f-name').value === 'New' && document.activeElement.matches('.problem')`) {
			t.Errorf("%s: the form is gone, or does not say so to all", name)
		}
	}
	p.screenshot("form-refused")
	front.answer("PATCH /api/v1/cameras/yard", nil)
	p.save()

	p.click("#add")
	for _, way := range ways {
		if way.want == "status 200" {
			continue // it has no result, which is no answer
		}
		front.answer("POST /api/v1/probe", way.answer)
		p.fill("#a-url", "10.0.0.5")
		p.press("\r")
		p.waitFor(`document.querySelector('#add-dialog .problem:not([hidden])')?.textContent.includes(` + quote(way.want) + `)`)
	}
	p.press(keyEscape)

	for _, way := range ways {
		if way.want == "status 200" {
			continue
		}
		front.answer("DELETE /api/v1/cameras/yard", way.answer)
		want := way.want
		if want == "x is not known" {
			want = "Bad."
		}
		p.choose("yard", "Remove")
		p.waitFor(`[...document.querySelectorAll('.note.failed')].some(n => n.textContent.includes(` + quote(want) + `))`)
		if eval[bool](p, `document.querySelector('.undo') !== null`) {
			t.Error("what did not happen can be undone")
		}
	}
}
