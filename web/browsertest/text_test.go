package browsertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"camhub/internal/rawpeer"
)

// watchScripts runs before the scripts of a page: what a hostile text would call is
// there and keeps that it was called, as what the policy of the page forbade is.
const watchScripts = `
	window.ran = [];
	for (const name of ['alert', 'confirm', 'prompt', 'hit']) window[name] = (...of) => { window.ran.push(name + of); };
	addEventListener('securitypolicyviolation', (e) => window.ran.push('policy ' + e.violatedDirective), true);`

// hostileTexts are texts that run something where they are taken for markup, for
// a part of an attribute, of an address, of a script or of a style. Each is short
// enough for a name, and holds the word that it is found by.
var hostileTexts = []string{
	`<img src=x onerror=hit(1)> mark`,
	`"><svg onload=hit(2)> mark`,
	`' autofocus onfocus='hit(3)' x=' mark`,
	`</title></textarea></script><script>hit(4)</script> mark`,
	`javascript:hit(5)//mark`,
	`${hit(6)}{{hit(6)}}<%= hit(6) %> mark`,
	`</style><style>*{display:none}</style> mark`,
	`<a href="//evil.example" id=tiles name=who>mark</a>`, // of an id that pages look for
	`&lt;img src=x onerror=hit(7)&gt;&#60;mark`,
	"mark" + strings.Repeat("W", 90),
}

// checkText fails when a text of outside did more than to be shown, or when none
// is shown: each place is looked at by a window for a desk and by one for a hand.
func (p *tab) checkText(place string) {
	p.t.Helper()
	for _, size := range [][2]int64{{1280, 900}, {390, 844}} {
		p.size(size[0], size[1])
		if ran := eval[[]string](p, `window.ran`); len(ran) > 0 {
			p.t.Errorf("%s: %q", place, ran)
		}
		foreign := eval[[]string](p, `[...document.querySelectorAll('*')].filter((e) =>
			e.matches('iframe, object, embed, base, style, script:not([src^="/static/"]), img[src="x"], a[href^="//"], [name=who]') ||
			[...e.attributes].some((a) => a.name.startsWith('on') || ['href', 'src', 'action', 'formaction'].includes(a.name) && /^\s*(javascript|data:text|vbscript):?/i.test(a.value))
		).map((e) => e.outerHTML.slice(0, 200))`)
		if len(foreign) > 0 {
			p.t.Errorf("%s: elements were made of a text: %q", place, foreign)
		}
		if twice := eval[int](p, `document.querySelectorAll('#tiles').length`); twice > 1 {
			p.t.Errorf("%s: a text is an element that the page looks for", place)
		}
		if wide := eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
			p.t.Errorf("%s: the page is %d pixels wider than its window of %d: %q", place, wide, size[0], eval[[]string](p, tooWide))
		}
	}
	if !eval[bool](p, `document.body.innerText.includes('mark') || [...document.querySelectorAll('input, option')].some((e) => (e.value + e.label).includes('mark'))`) {
		p.t.Errorf("%s: nothing hostile is shown:\n%s", place, eval[string](p, `document.body.innerText`))
	}
	p.size(1280, 900)
}

// tooWide is an expression of what is wider than the window.
const tooWide = `[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(-3).map((e) => e.outerHTML.slice(0, 200))`

// hostileAnswers are what cameras answer that want to be seen.
func hostileAnswers(t *testing.T) (urls []string) {
	const text = `<img src=x onerror=hit(8)>"><script>hit(9)</script> mark`
	for _, answer := range []string{
		"HTTP/1.1 500 " + text + "\r\nServer: " + text + "\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 404 \u202e" + text + "\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>" + text + "</title><h1>" + text + "</h1><img src='javascript:hit(10)'>",
		"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"" + strings.ReplaceAll(text, `"`, `\"`) + "\"\r\nWWW-Authenticate: " + text + "\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: javascript:hit(11)//mark\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: " + text + "\r\nServer: " + text + "\r\nConnection: close\r\n\r\n" + text,
		"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=\"" + text + "\"\r\nConnection: close\r\n\r\n--x\r\n" + text + ": " + text + "\r\n\r\n",
		text + "\r\n\r\n",
	} {
		urls = append(urls, rawpeer.Says(t, answer))
	}
	return urls
}

// hostileHub has cameras, groups, recordings, pins and events of hostile names, and
// cameras that answer with hostile texts. It returns the ids of two of the cameras:
// one that shows pictures, and all that answer.
func hostileHub(t *testing.T) (h *hub, live string, answering []string) {
	t.Helper()
	h = startHub(t)
	add := func(name, group string, source map[string]any) (id string) {
		var c struct{ ID string }
		h.call("POST", "/api/v1/cameras", object(t, map[string]any{"name": name, "group": group, "source": source}), &c)
		return c.ID
	}
	for i, text := range hostileTexts {
		live = add(text, hostileTexts[(i+1)%len(hostileTexts)], map[string]any{"kind": "emulated", "width": 64, "height": 48, "fps": 2})
	}
	for i, url := range hostileAnswers(t) {
		kind := []string{"mjpeg", "snapshot"}[i%2]
		answering = append(answering, add(fmt.Sprintf("Answer %d %s", i, hostileTexts[i]), "", map[string]any{"kind": kind, "url": url + "/?a=<img+src=x+onerror=hit(12)>"}))
	}
	h.call("PATCH", "/api/v1/cameras/"+live, `{"record":{"mode":"always"}}`, nil)
	now := time.Now()
	for _, text := range hostileTexts {
		h.call("POST", "/api/v1/pins", object(t, map[string]any{"cameras": []string{live}, "note": text,
			"from": now.Add(-time.Hour).Format(time.RFC3339), "to": now.Add(time.Hour).Format(time.RFC3339)}), nil)
	}
	return h, live, answering
}

// object returns a JSON object.
func object(t *testing.T, v map[string]any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestHostileTextsAreText shows what is hostile on every page of a hub without a
// login: nothing of it runs, becomes an element, or breaks the page.
func TestHostileTextsAreText(t *testing.T) {
	t.Parallel()
	hub, live, answering := hostileHub(t)
	browser := startBrowser(t)
	p := browser.open(hub.url+"/", watchScripts)
	p.waitFor(fmt.Sprintf(`document.querySelectorAll('.tile.fed').length >= 3 && document.querySelectorAll('.tile[data-state=offline]').length === %d`, len(answering)))
	p.checkText("the wall")
	p.screenshot("hostile-wall")
	for _, id := range answering {
		p.choose(id, "Why is it offline?")
		p.waitFor(`document.querySelector('#why-dialog .verdict')`)
		p.checkText("why " + id + " is offline")
		p.press(keyEscape)
		p.waitFor(`!document.querySelector('#why-dialog').open`)
	}
	for _, id := range append(answering, live) {
		p.goTo(hub.url + "/cameras/" + id)
		p.waitFor(`document.querySelector('#name')?.textContent?.includes('mark')`)
		p.checkText("the page of " + id)
	}
	p.goTo(hub.url + "/?edit=" + live)
	p.waitFor(`document.querySelector('#camera-dialog')?.open`)
	p.checkText("the form")
	hub.recorded(live)
	p.goTo(hub.url + "/storage")
	p.waitFor(fmt.Sprintf(`document.querySelectorAll('#pins li').length === %d && document.querySelector('#usage tbody th')`, len(hostileTexts)))
	p.checkText("the storage")
	p.screenshot("hostile-storage")
	p.goTo(hub.url + "/?add=" + strings.ReplaceAll(hostileTexts[0], " ", "%20"))
	p.waitFor(`document.querySelector('#add-dialog')?.open`)
	p.checkText("an address to add")
}

// TestHostileTextsOfPeople signs in to a hub whose links, tokens, groups and
// browsers have hostile names.
func TestHostileTextsOfPeople(t *testing.T) {
	t.Parallel()
	hub, live, _ := hostileHub(t)
	const login = `{"name":"ann","password":"correct horse battery"}`
	hub.call("POST", "/api/v1/setup", login, nil)
	cookie := hostileSignIn(t, hub.url, login)
	send := func(path string, body map[string]any) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", hub.url+path, strings.NewReader(object(t, body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", cookie)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != http.StatusCreated {
			t.Fatalf("%s %v: %s", path, body, resp.Status)
		}
	}
	later := time.Now().Add(time.Hour).Format(time.RFC3339)
	for i, text := range hostileTexts {
		send("/api/v1/shares", map[string]any{"name": text, "camera": live, "expires_at": later})
		send("/api/v1/tokens", map[string]any{"name": text})
		send("/api/v1/users", map[string]any{"name": fmt.Sprint("user", i), "password": "something long", "role": "viewer",
			"grants": map[string]any{"groups": []string{text}, "cameras": []string{live}}})
	}

	browser := startBrowser(t)
	p := browser.open(hub.url+"/login?next="+strings.ReplaceAll(hostileTexts[0], " ", "%20"), watchScripts)
	p.waitFor(`document.querySelector('#login [type=submit]')?.textContent === 'Sign in'`)
	p.fill("#login-name", hostileTexts[0])
	p.fill("#login-password", "correct horse battery")
	p.press("\r")
	p.waitFor(`document.querySelector('#login .problem')?.textContent?.includes('wrong')`)
	p.checkText("the login")
	p.fill("#login-name", "ann")
	p.press("\r")
	p.waitFor(`location.pathname === '/' && document.querySelector('.tile')`)
	for path, ready := range map[string]string{
		"/users":   fmt.Sprintf(`document.querySelectorAll('#users li').length === %d && document.querySelector('#user-grants input')`, len(hostileTexts)+1),
		"/shares":  fmt.Sprintf(`document.querySelectorAll('#shares li').length === %d && document.querySelector('#share-of option')`, len(hostileTexts)),
		"/account": fmt.Sprintf(`document.querySelectorAll('#tokens li').length === %d && document.querySelectorAll('#sessions li').length >= 2`, len(hostileTexts)),
	} {
		p.goTo(hub.url + path)
		p.waitFor(ready)
		p.checkText(path)
		p.screenshot("hostile" + strings.ReplaceAll(path, "/", "-"))
	}
}

// hostileSignIn signs in with a browser of a hostile name, and returns its cookie.
func hostileSignIn(t *testing.T, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", url+"/api/v1/session", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", hostileTexts[0])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("sign in: %s", resp.Status)
	}
	return strings.Split(resp.Header.Get("Set-Cookie"), ";")[0]
}
