package browsertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// point is a place in the window, in CSS pixels.
type point struct{ X, Y float64 }

// at returns a point of an element: 0, 0 is its top left corner, 1, 1 the other.
func (p *tab) at(selector string, x, y float64) point {
	p.t.Helper()
	return eval[point](p, fmt.Sprintf(`(() => {
		const r = document.querySelector(%s).getBoundingClientRect();
		return {X: r.left + r.width * %g, Y: r.top + r.height * %g};
	})()`, quote(selector), x, y))
}

// mouse sends one event of the mouse with its left button held or not.
func (p *tab) mouse(kind input.DispatchMouseEventType, to point, held bool) {
	p.t.Helper()
	params := input.DispatchMouseEventParams{Type: kind, X: to.X, Y: to.Y, Button: input.MouseButtonNone}
	if held || kind != input.DispatchMouseEventTypeMouseMoved {
		params.Button, params.ClickCount = input.MouseButtonLeft, 1
	}
	if held {
		params.Buttons = 1
	}
	call(p, input.DispatchMouseEvent, params)
}

// drag presses the mouse at a point and moves it to another, and holds it there.
func (p *tab) drag(from, to point) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMouseMoved, from, false)
	p.mouse(input.DispatchMouseEventTypeMousePressed, from, true)
	for i := range 5 {
		f := float64(i+1) / 5
		p.mouse(input.DispatchMouseEventTypeMouseMoved, point{from.X + (to.X-from.X)*f, from.Y + (to.Y-from.Y)*f}, true)
	}
}

// release lets the mouse go.
func (p *tab) release(at point) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMouseReleased, at, false)
}

// finger sends one event of a finger; without a point it is lifted.
func (p *tab) finger(kind input.DispatchTouchEventType, at ...point) {
	p.t.Helper()
	points := []*input.TouchPoint{}
	for _, a := range at {
		points = append(points, &input.TouchPoint{X: a.X, Y: a.Y})
	}
	call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
}

// swipe moves a finger that is down.
func (p *tab) swipe(from, to point) {
	p.t.Helper()
	for i := range 6 {
		f := float64(i+1) / 6
		p.finger(input.DispatchTouchEventTypeTouchMove, point{from.X + (to.X-from.X)*f, from.Y + (to.Y-from.Y)*f})
	}
}

// pressWith presses a key while others are held.
func (p *tab) pressWith(key string, held ...chromedp.Modifier) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(held...)))
}

// strike presses a key that has a character as a keyboard does: what the page
// does with the key keeps it from being typed. (KeyEvent types it in any case.)
func (p *tab) strike(key string) {
	p.t.Helper()
	for _, params := range []input.DispatchKeyEventParams{
		{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key, UnmodifiedText: key},
		{Type: input.DispatchKeyEventTypeKeyUp, Key: key},
	} {
		call(p, input.DispatchKeyEvent, params)
	}
}

// size gives the window a size and a screen that is as a person likes it, such as
// "prefers-color-scheme:dark".
func (p *tab) size(width, height int64, likes ...string) {
	p.t.Helper()
	metrics := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 500}
	call(p, emulation.SetDeviceMetricsOverride, metrics)
	var media emulation.SetEmulatedMediaParams
	for _, like := range likes {
		name, value, _ := strings.Cut(like, ":")
		media.Features = append(media.Features, &emulation.MediaFeature{Name: name, Value: value})
	}
	call(p, emulation.SetEmulatedMedia, media)
	p.waitFor(fmt.Sprintf("innerWidth === %d", width))
}

// shown is an expression of the ids of the tiles that can be seen, in order.
const shown = `[...document.querySelectorAll('.tile:not([hidden])')].map(e => e.dataset.id).join(' ')`

// waitForTiles waits until these tiles are on the page, in this order.
func (p *tab) waitForTiles(ids string) {
	p.t.Helper()
	p.waitFor(shown + " === " + quote(ids))
}

// focusOn gives a camera's tile the focus.
func (p *tab) focusOn(camera string) {
	p.t.Helper()
	eval[bool](p, "document.querySelector("+quote(tileOf(camera)+" .view")+").focus(), true")
}

// focused is an expression of the id of the camera whose tile has the focus.
const focused = `document.activeElement?.closest('.tile')?.dataset.id`

// order returns the wall order that the hub has.
func (h *hub) order() string {
	h.t.Helper()
	var ids []string
	for _, c := range h.cameras() {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

// waitForOrder waits until the hub has an order.
func (h *hub) waitForOrder(want string) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); h.order() != want; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("the hub has the order %q, want %q", h.order(), want)
		}
	}
}

// addIn defines small emulated cameras in a group, which may be "".
func (h *hub) addIn(group string, names ...string) {
	h.t.Helper()
	for _, name := range names {
		h.call("POST", "/api/v1/cameras", fmt.Sprintf(`{"name":%s,"group":%s,"source":{"kind":"emulated","width":320,"height":180,"fps":5}}`,
			quote(name), quote(group)), nil)
	}
}

// More keys that have no character.
const (
	keyLeft, keyRight, keyUp = kb.ArrowLeft, kb.ArrowRight, kb.ArrowUp
	keyPageDown, keyPageUp   = kb.PageDown, kb.PageUp
	keyHome, keyEnd          = kb.Home, kb.End
	keyEnter                 = kb.Enter
)
