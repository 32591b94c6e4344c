package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience bounds the wait for anything on a page.
const patience = 90 * time.Second

// tab is one page in a window of its own: windows that lie side by side are all
// visible, where tabs of one window would hide each other.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close func()

	mu     sync.Mutex // guards faults
	faults []string   // exceptions, dialogs and what the policy of the page forbade
}

// note keeps the events that no page of ours may cause.
func (p *tab) note(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.faults = append(p.faults, "exception: "+text)
	case *page.EventJavascriptDialogOpening:
		p.faults = append(p.faults, "dialog: "+e.Message)
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, "Content Security Policy") {
			p.faults = append(p.faults, "policy: "+e.Entry.Text)
		}
	}
}

// check fails the test for what note has kept.
func (p *tab) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		p.t.Error(fault)
	}
	p.faults = nil
}

// do runs actions on the page.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// call calls the browser.
func call[P, R any](p *tab, f cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	answer, err := chromedp.Call(ctx, f, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// eval returns the value of an expression, for which it waits if it is a promise.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// waitFor waits until a condition, an expression, holds. The page's text is
// shown if it does not in time. A question that a navigation cuts is asked again.
func (p *tab) waitFor(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for ; ; time.Sleep(100 * time.Millisecond) {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		switch {
		case err == nil && there:
			return
		case ctx.Err() != nil:
			p.t.Fatalf("never true: %s\nthe page says:\n%s", condition, eval[string](p, "document.body.innerText"))
		case err != nil && !strings.Contains(err.Error(), "Inspected target navigated"):
			p.t.Fatalf("%s: %v", condition, err)
		}
	}
}

// text returns the text of the element that a selector finds.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%s).textContent", quote(selector)))
}

// click waits for an element and clicks on it with the mouse.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill replaces the text of a field by what a person types.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.waitFor("document.querySelector(" + quote(selector) + ").checkVisibility()")
	eval[bool](p, "document.querySelector("+quote(selector)+").select(), true") // focuses it too
	p.do(chromedp.KeyEvent(text))
}

// choose opens the menu of a camera and clicks on one of its items.
func (p *tab) choose(camera, item string) {
	p.t.Helper()
	for range 10 { // what a menu offers follows a change of the camera
		p.click(tileOf(camera) + " .tile-menu")
		p.waitFor("document.querySelector('#tile-menu:popover-open')")
		n := eval[int](p, fmt.Sprintf(`[...document.querySelectorAll('#tile-menu button')].findIndex(b => b.textContent === %s) + 1`, quote(item)))
		if n > 0 {
			p.click(fmt.Sprintf("#tile-menu button:nth-child(%d)", n))
			return
		}
		p.press(keyEscape)
		p.waitFor("!document.querySelector('#tile-menu:popover-open')")
	}
	p.t.Fatalf("the menu of %s has no %q", camera, item)
}

// fingerprint returns a number that differs between two pictures that an element
// shows, made of their pixels.
func (p *tab) fingerprint(selector string) int {
	p.t.Helper()
	return eval[int](p, fmt.Sprintf(`(() => {
		const picture = document.querySelector(%s);
		const canvas = new OffscreenCanvas(64, 36).getContext('2d');
		canvas.drawImage(picture, 0, 0, 64, 36);
		return canvas.getImageData(0, 0, 64, 36).data.reduce((a, v) => (a * 31 + v) | 0, 0);
	})()`, quote(selector)))
}

// waitForMotion waits until the pixels of a tile have changed several times.
func (p *tab) waitForMotion(camera string) {
	p.t.Helper()
	p.waitForMotionOf(tileOf(camera) + " .feed")
}

// waitForMotionOf waits until the pixels of an element have changed several times.
func (p *tab) waitForMotionOf(selector string) {
	p.t.Helper()
	p.waitFor("document.querySelector(" + quote(selector) + ")?.naturalWidth > 0")
	seen := map[int]bool{}
	for deadline := time.Now().Add(patience); len(seen) < 4; time.Sleep(50 * time.Millisecond) {
		seen[p.fingerprint(selector)] = true
		if time.Now().After(deadline) {
			p.t.Fatalf("%s showed %d different pictures, want 4", selector, len(seen))
		}
	}
}

// tileOf is the selector of a camera's tile.
func tileOf(camera string) string { return `.tile[data-id="` + camera + `"]` }

// quote makes a JavaScript string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(b)
}

// Keys that have no character.
const (
	keyDown   = kb.ArrowDown
	keyEscape = kb.Escape
)

// press presses a key.
func (p *tab) press(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key))
}

// screenshot writes what the page looks like into the folder that CAMHUB_SHOTS
// names, if it names one: for people to look at.
func (p *tab) screenshot(name string) {
	p.t.Helper()
	dir := os.Getenv("CAMHUB_SHOTS")
	if dir == "" {
		return
	}
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o600); err != nil {
		p.t.Fatal(err)
	}
}
