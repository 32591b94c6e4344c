package browsertest

import (
	"strings"
	"testing"
)

// unplugged is a camera whose device is not there: a real hub without a camera
// can say no more of its controls than that.
const unplugged = `{"name":"Desk","source":{"kind":"v4l2","device":"/dev/video731","controls":{"brightness":3}}}`

// TestControlsOfUnpluggedCamera shows the panel of a local camera: it says why
// nothing can be changed, and lies beside the picture, or below it on a phone.
func TestControlsOfUnpluggedCamera(t *testing.T) {
	t.Parallel()
	axe := fetchAxe(t)
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", unplugged, nil)
	hub.addIn("", "Demo")
	p := one{page.open(hub.url+"/cameras/desk", "")}
	p.waitFor(`document.querySelector('#tune').checkVisibility() && document.querySelector('#tune').getAttribute('aria-expanded') === 'false'`)
	p.press("a")
	p.waitFor(`document.querySelector('#tuning').checkVisibility() && document.querySelector('#tune').getAttribute('aria-expanded') === 'true'`)
	p.waitFor(`document.activeElement === document.querySelector('#tuning h2') && !document.querySelector('#beside').checkVisibility()`)
	p.waitFor(`document.querySelector('#tuning .problem').textContent !== '' && !document.querySelector('#tuning > button').checkVisibility()`)
	var known struct{ Problem string }
	hub.call("GET", "/api/v1/cameras/desk/controls", "", &known)
	if said := p.text("#tuning .problem"); known.Problem == "" || said != known.Problem {
		t.Errorf("the page says %q, the hub %q", said, known.Problem)
	}
	p.accessible(axe, "controls")
	p.window(360, 740, 1, true)
	p.waitFor(`innerWidth === 360`)
	if stage, panel := p.box("#stage"), p.box("#tuning"); stage.Height < 120 || panel.Y < stage.Y+stage.Height-1 || panel.Y+panel.Height > 741 {
		t.Errorf("on a phone the picture is at %+v and the panel at %+v", stage, panel)
	}
	p.window(1280, 800, 1, false)
	p.waitFor(`innerWidth === 1280`)
	if stage, panel := p.box("#stage"), p.box("#tuning"); panel.X < stage.X+stage.Width-1 {
		t.Errorf("the picture is at %+v and the panel at %+v", stage, panel)
	}

	// Escape leaves the panel, not the page; the button for details takes its place.
	p.press(keyEscape)
	p.waitFor(`document.querySelector('#tuning').hidden && document.activeElement === document.querySelector('#tune')`)
	p.click("#tune")
	p.waitFor(`document.querySelector('#details').getAttribute('aria-expanded') === 'false'`)
	p.click("#details")
	p.waitFor(`document.querySelector('#tuning').hidden && document.querySelector('#beside').checkVisibility() && document.querySelector('#details').getAttribute('aria-expanded') === 'true'`)

	// A camera of another kind has none, and the panel goes when it is left for one.
	p.click("#tune")
	p.waitFor(`!document.querySelector('#tuning').hidden`)
	p.click("#next")
	p.waitFor(`location.pathname === '/cameras/demo' && document.querySelector('#tune').hidden && document.querySelector('#tuning').hidden`)
	p.press("a")
	p.waitForPicture()
	if !eval[bool](p.tab, `document.querySelector('#tuning').hidden`) {
		t.Error("a camera without controls shows some")
	}
}

// TestControlsAreForAdmins checks that nobody is shown a button that the hub would
// refuse, and that the page does not ask either.
func TestControlsAreForAdmins(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startOwnBrowser(t)
	hub.call("POST", "/api/v1/cameras", unplugged, nil)
	hub.call("POST", "/api/v1/users", `{"name":"ann","role":"admin","password":"correct horse battery"}`, nil)
	for _, step := range []struct{ name, role string }{{"ann", "admin"}, {"olga", "operator"}} {
		p := page.open(hub.url+"/login?next=/cameras/desk", "")
		p.waitFor(`document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
		p.fill("#login-name", step.name)
		p.fill("#login-password", "correct horse battery")
		p.press("\r")
		p.waitFor(`location.pathname === '/cameras/desk' && document.querySelector('#who .me')?.textContent === '` + step.name + `'`)
		asked := `performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/controls')).length`
		if step.role == "admin" {
			p.waitFor(`document.querySelector('#tune').checkVisibility() && ` + asked + ` > 0`)
			created := eval[string](p, `fetch('/api/v1/users', {method: 'POST', headers: {'Content-Type': 'application/json'},
				body: JSON.stringify({name: 'olga', role: 'operator', grants: {all: true}, password: 'correct horse battery'})}).then((r) => r.text())`)
			if !strings.Contains(created, `"olga"`) {
				t.Fatalf("no operator: %s", created)
			}
			p.click("#who button")
			p.waitFor(`location.pathname === '/login'`)
			continue
		}
		p.waitFor(`document.querySelector('#restart').checkVisibility()`) // what an operator may do is there
		p.press("a")
		if eval[bool](p, `document.querySelector('#tune').checkVisibility() || !document.querySelector('#tuning').hidden || `+asked+` > 0`) {
			t.Error("an operator is offered what the hub refuses")
		}
	}
}
