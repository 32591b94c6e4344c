package browsertest

import (
	"fmt"
	"testing"
	"time"
)

// signedIn opens a page of a hub that has no users as a new user who sees one camera.
func signedIn(t *testing.T, hub *hub, role, camera, path string) *tab {
	t.Helper()
	hub.call("POST", "/api/v1/setup", `{"name":"ann","password":"correct horse battery"}`, nil)
	p := startBrowser(t).open(hub.url+"/login", "")
	p.signIn("ann", "correct horse battery")
	p.waitFor(`document.querySelector('#who .me')`)
	made := eval[int](p, fmt.Sprintf(`fetch('/api/v1/users', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(
		{name: 'bob', password: 'another password', role: %s, grants: {all: false, cameras: [%s], groups: []}})}).then((r) => r.status)`, quote(role), quote(camera)))
	if made != 201 {
		t.Fatalf("the user was not made: %d", made)
	}
	p.click("#who button")
	p.waitFor(`location.pathname === '/login' && document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
	p.signIn("bob", "another password")
	p.waitFor(`document.querySelector('#who .me')`)
	p.goTo(hub.url + path)
	p.waitFor(`document.querySelector('#who .me')`)
	return p
}

func (p *tab) signIn(name, password string) {
	p.t.Helper()
	p.waitFor(`document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
	p.fill("#login-name", name)
	p.fill("#login-password", password)
	p.press("\r")
}

// refusals notes each answer to the page that says that its user may not.
const refusals = `
	window.refused = [];
	const ask = window.fetch;
	window.fetch = async (...all) => {
		const answer = await ask(...all);
		if (answer.status === 401 || answer.status === 403) window.refused.push(String(all[0]));
		return answer;
	};`

// TestViewerSeesWhatHisCamerasRecorded uses the timeline as one who may look at one of
// two cameras: bar and calendar work, and nothing is offered that he may not.
func TestViewerSeesWhatHisCamerasRecorded(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East", "West")
	q := signedIn(t, hub, "viewer", "east", "/")
	p := (&browser{t, q.ctx}).open(hub.url+"/", refusals)
	p.waitFor(`document.querySelector('#who .me') && !document.querySelector('#timeline').hidden && document.querySelector('.ribbon .all')`)
	if n := eval[int](p, `document.querySelectorAll('.tile').length`); n != 1 {
		t.Errorf("he sees %d tiles", n)
	}
	for what, selector := range map[string]string{"mark a range": "[aria-label=Mark]", "see exports": ".exports-open", "see the storage": "#storage"} {
		if eval[bool](p, `document.querySelector(`+quote(selector)+`).checkVisibility()`) {
			t.Errorf("a viewer is offered to %s", what)
		}
	}
	p.screenshot("viewer-wall")
	p.click(".transport .date")
	p.waitFor(`document.querySelectorAll('.calendar:popover-open [data-has]').length >= 2`)
	p.screenshot("viewer-calendar")
	day := s.begun.Add(24 * time.Hour).Local().Format(time.DateOnly)
	p.click(`.calendar [data-day="` + day + `"]`)
	p.waitFor(`document.querySelector('.tile.replay.painted')`)

	p.goTo(hub.url + "/cameras/east?at=" + zulu(s.begun.Add(time.Hour)))
	p.waitFor(`document.querySelector('#stage.replay.painted') && !document.querySelector('#timeline').hidden`)
	if eval[bool](p, `[...document.querySelectorAll('[aria-label=Mark], .exports-open')].some((el) => el.checkVisibility())`) {
		t.Error("a viewer is offered to mark or export on the page of a camera")
	}
	if refused := eval[[]string](p, `window.refused`); len(refused) > 0 {
		t.Errorf("the page asks for what he may not see: %v", refused)
	}
}

// TestOperatorIsOfferedWhatHeMay looks at the timeline and the page of storage as one who
// may keep and export recordings, and neither set budgets nor delete.
func TestOperatorIsOfferedWhatHeMay(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East", "West")
	p := signedIn(t, hub, "operator", "east", "/?at="+zulu(s.ended.Add(-time.Hour)))
	p.waitFor(`!document.querySelector('#timeline').hidden && document.querySelector('.exports-open').checkVisibility() && document.querySelector('#storage').checkVisibility()`)
	p.mark()
	if n := eval[int](p, `document.querySelectorAll('#export-dialog fieldset input').length`); n != 1 {
		t.Errorf("he may choose of %d cameras", n)
	}
	p.click(`#export-dialog .primary`)
	p.waitFor(`document.querySelector('#export-dialog .exports [data-state=ready] .files a')`)
	p.goTo(hub.url + "/storage")
	p.waitFor(`document.querySelectorAll('#usage tbody tr').length === 1 && document.querySelector('#exports [data-state=ready]')`)
	if eval[bool](p, `document.querySelector('#budget').checkVisibility() || document.querySelector('#cleanup').checkVisibility()`) {
		t.Error("an operator is offered to set the budget, or to delete")
	}
	p.screenshot("operator-storage")
}
