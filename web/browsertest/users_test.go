package browsertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLifeOfAHub goes the way of a person: the first user on a hub that only this
// machine reaches, signing in, a viewer, a token, a link, and signing out.
func TestLifeOfAHub(t *testing.T) {
	hub, browser := startHub(t), startBrowser(t)
	hub.addSized(`<b onclick="alert(1)">Front "door"</b>`, 320, 180)
	hub.addSized("Workshop", 320, 180)
	p := browser.open(hub.url+"/", "")
	p.waitFor(`document.querySelector('#who a[href="/users"]')`)
	p.screenshot("wall-open")
	p.click(`#who a[href="/users"]`)
	p.waitFor(`document.querySelector('#first')?.checkVisibility() && document.querySelector('#user-grants input') && document.querySelector('#users .none')`)
	p.fill("#user-name", "ann")
	p.fill("#user-password", "short")
	p.click("#user [type=submit]")
	p.waitFor(`document.querySelector('#user-password')?.getAttribute('aria-invalid') === 'true'`)
	p.screenshot("users-first")
	p.fill("#user-password", "correct horse battery")
	p.click("#user [type=submit]")

	// From here on everybody signs in.
	p.waitFor(`location.pathname === '/login' && document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
	p.screenshot("login")
	p.fill("#login-name", "Ann")
	p.fill("#login-password", "wrong password")
	p.press("\r")
	p.waitFor(`document.querySelector('#login .problem')?.textContent?.includes('wrong')`)
	p.fill("#login-password", "correct horse battery")
	p.press("\r")
	p.waitFor(`location.pathname === '/users' && document.querySelectorAll('#users li').length === 1 && document.querySelector('#user-grants input')`)

	p.fill("#user-name", "bob")
	p.fill("#user-password", "another password")
	p.click("#user-sees input[name=all]")
	p.click("#user-grants input[value=workshop]")
	p.screenshot("users")
	p.click("#user [type=submit]")
	p.waitFor(`document.querySelectorAll('#users li').length === 2 && document.querySelector('#users')?.textContent?.includes('workshop')`)

	shareAndToken(t, hub, p)

	p.click("#who button")
	p.waitFor(`location.pathname === '/login' && document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
	p.goTo(hub.url + "/cameras/workshop")
	p.waitFor(`location.pathname === '/login' && document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
	p.fill("#login-name", "bob")
	p.fill("#login-password", "another password")
	p.press("\r")
	p.waitFor(`location.pathname === '/cameras/workshop'`)
	p.goTo(hub.url + "/")
	p.waitFor(`document.querySelectorAll('.tile.fed.painted').length === 1 && document.querySelector('#who .me')`)
	if eval[bool](p, `document.querySelector('#add')?.checkVisibility()`) {
		t.Error("a viewer is offered to add cameras")
	}
	p.screenshot("wall-viewer")
}

// shareAndToken makes a link, which shows a picture, and a token, and revokes that.
func shareAndToken(t *testing.T, hub *hub, p *tab) {
	t.Helper()
	p.goTo(hub.url + "/shares")
	p.waitFor(`document.querySelectorAll('#share-of option').length === 2`)
	p.fill("#share-name", `<img src=x onerror=alert(1)>`)
	p.click("#share [type=submit]")
	p.waitFor(`document.querySelector('#share-made input')?.value.includes('?share=')`)
	p.screenshot("shares")
	link := eval[string](p, `document.querySelectorAll('#share-made input')[1].value`)
	resp, err := http.Get(link)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the link shows %v, %v", resp, err)
	}
	resp.Body.Close()

	p.goTo(hub.url + "/account")
	p.waitFor(`document.querySelectorAll('#sessions li').length === 1`)
	p.fill("#token-name", "Home Assistant")
	p.click("#token [type=submit]")
	p.waitFor(`document.querySelector('#token-made input')?.value.startsWith('camhub_')`)
	p.screenshot("account")
	p.click("#tokens button")
	p.waitFor(`!document.querySelector('#tokens')?.textContent?.includes('Home Assistant')`)
}

// TestLoginLeadsNowhereElse signs in with an address of another site behind it.
func TestLoginLeadsNowhereElse(t *testing.T) {
	hub, browser := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/setup", `{"name":"ann","password":"correct horse battery"}`, nil)
	for _, next := range []string{"//evil.example/", "https://evil.example/", `/\evil.example`, "javascript:alert(1)"} {
		p := browser.open(hub.url+"/login?next="+strings.NewReplacer("/", "%2F", `\`, "%5C", ":", "%3A").Replace(next), "")
		p.waitFor(`document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
		p.fill("#login-name", "ann")
		p.fill("#login-password", "correct horse battery")
		p.press("\r")
		p.waitFor(fmt.Sprintf(`location.href === %s`, quote(hub.url+"/")))
	}
}

// TestNothingToSignInTo opens the pages of signing in, of a hub that needs none of them, and
// then what a viewer may not see.
func TestNothingToSignInTo(t *testing.T) {
	hub, browser := startHub(t), startBrowser(t)
	hub.addSized("Yard", 320, 180)
	p := browser.open(hub.url+"/login", "")
	p.waitFor(`location.pathname === '/' && document.querySelector('#who')`)
	p.goTo(hub.url + "/setup")
	p.waitFor(`location.pathname === '/users'`)
	viewer := signedIn(t, hub, "viewer", "yard", "/")
	viewer.goTo(hub.url + "/users")
	viewer.waitFor(`document.body.innerText.includes('This needs the role admin') && getComputedStyle(document.querySelector('.button')).display !== 'inline'`)
	viewer.screenshot("refused")
	viewer.click(".button")
	viewer.waitFor(`location.pathname === '/' && document.querySelector('#who .me')`)
}

// TestInsecureHubSaysSo opens pages of a hub where nobody has to sign in, on a
// phone.
func TestInsecureHubSaysSo(t *testing.T) {
	hub, browser := startHub(t), startBrowser(t)
	hub.addSized("Workshop", 320, 180)
	hub.stop()
	t.Setenv("CAMHUB_INSECURE_NO_AUTH", "true")
	hub.restart()
	p := browser.open(hub.url+"/", "")
	for _, path := range []string{"/", "/cameras/workshop", "/account", "/users", "/shares"} {
		p.goTo(hub.url + path)
		p.waitFor(`document.querySelector('.insecure')?.textContent?.includes('Nobody has to sign in')`)
		p.screenshot("insecure" + strings.ReplaceAll(path, "/", "-"))
	}
}

// goTo goes to another page in the same tab.
func (p *tab) goTo(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}
