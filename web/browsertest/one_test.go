package browsertest

import (
	"fmt"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
)

// one is the page of one camera, with the hands of its user.
type one struct{ *tab }

// openOne shows the page of a camera and waits for its first picture.
func (b *browser) openOne(h *hub, camera string) one {
	b.t.Helper()
	p := one{b.open(h.url+"/cameras/"+camera, "")}
	p.waitForPicture()
	return p
}

// waitForPicture waits until a live picture is on the stage.
func (p one) waitForPicture() {
	p.t.Helper()
	p.waitFor(`document.querySelector('#stage[data-state=live].fed') && document.querySelector('.feed').naturalWidth > 0`)
}

// window makes the window another size, with so many pixels of the screen in one
// of the page.
func (p one) window(width, height int, ratio float64, mobile bool) {
	p.t.Helper()
	call(p.tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: ratio, Mobile: mobile})
	call(p.tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: mobile})
}

// scheme makes the page believe that the person prefers light or dark.
func (p one) scheme(name string) {
	p.t.Helper()
	call(p.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

// box is where something is in the window.
type box struct{ X, Y, Width, Height float64 }

// middle returns the middle of a box.
func (b box) middle() (x, y float64) { return b.X + b.Width/2, b.Y + b.Height/2 }

// box returns where an element is.
func (p one) box(selector string) box {
	p.t.Helper()
	return eval[box](p.tab, fmt.Sprintf(`(({x, y, width, height}) => ({x, y, width, height}))(document.querySelector(%s).getBoundingClientRect())`, quote(selector)))
}

// wheel turns the mouse's wheel by so many pixels; up is negative.
func (p one) wheel(x, y, by float64) {
	p.t.Helper()
	// A DeltaX of 0 would be left out, and the browser wants one.
	call(p.tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 0.01, DeltaY: by})
}

// pull drags with the mouse, and lets go.
func (p one) pull(x, y, dx, dy float64) {
	p.t.Helper()
	p.drag(point{x, y}, point{x + dx, y + dy})
	p.release(point{x + dx, y + dy})
}

// doubleClick clicks twice with the mouse.
func (p one) doubleClick(x, y float64) {
	p.t.Helper()
	for n := range int64(2) {
		for _, typ := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
			call(p.tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: typ, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: n + 1})
		}
	}
}

// touch puts fingers down, moves them in steps 20 ms apart, and takes them up. The
// time of each step is told to the browser, so that a slow machine has quick
// fingers too.
func (p one) touch(from, to []point) {
	p.t.Helper()
	p.touchAt(time.Now(), from, to)
}

// doubleTap taps twice with a finger: the second begins 150 ms after the first ends.
func (p one) doubleTap(x, y float64) {
	p.t.Helper()
	at := time.Now()
	p.touchAt(at, []point{{x, y}}, []point{{x, y}})
	p.touchAt(at.Add(250*time.Millisecond), []point{{x, y}}, []point{{x, y}})
}

// touchAt does what touch does, from a time on.
func (p one) touchAt(at time.Time, from, to []point) {
	p.t.Helper()
	send := func(typ input.DispatchTouchEventType, points []*input.TouchPoint) {
		e := input.DispatchTouchEventParams{Type: typ, TouchPoints: points, Timestamp: input.TimeSinceEpoch(float64(at.UnixMilli()) / 1000)}
		call(p.tab, input.DispatchTouchEvent, e)
		at = at.Add(20 * time.Millisecond)
	}
	const steps = 5
	for i := range steps {
		typ := input.DispatchTouchEventTypeTouchMove
		if i == 0 {
			typ = input.DispatchTouchEventTypeTouchStart
		}
		var points []*input.TouchPoint
		for n, a := range from {
			part, id := float64(i)/(steps-1), float64(n)
			points = append(points, &input.TouchPoint{X: a.X + (to[n].X-a.X)*part, Y: a.Y + (to[n].Y-a.Y)*part, ID: &id})
		}
		send(typ, points)
	}
	send(input.DispatchTouchEventTypeTouchEnd, []*input.TouchPoint{})
}

// pressSpace presses Space as a keyboard does: a page that takes the key keeps
// its character, which would scroll, from being sent.
func (p one) pressSpace() {
	p.t.Helper()
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Text: " ", Key: " ", Code: "Space", WindowsVirtualKeyCode: 32}
	call(p.tab, input.DispatchKeyEvent, key)
	key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
	call(p.tab, input.DispatchKeyEvent, key)
}

// waitForMotion waits until the pixels have changed several times.
func (p one) waitForMotion() {
	p.t.Helper()
	p.waitForMotionOf(".feed")
}

// scale returns how many times the picture is larger than whole.
func (p one) scale() float64 {
	p.t.Helper()
	return eval[float64](p.tab, `Math.round(1000 * (({width}) => width / parseFloat(document.querySelector('.feed').style.width))(document.querySelector('.feed').getBoundingClientRect())) / 1000`)
}

// covers fails the test if a part of the stage could show the picture and does not.
func (p one) covers() {
	p.t.Helper()
	stage, picture := p.box("#stage"), p.box(".feed")
	const slack = 1.5
	across := picture.X <= stage.X+slack && picture.X+picture.Width >= stage.X+stage.Width-slack
	down := picture.Y <= stage.Y+slack && picture.Y+picture.Height >= stage.Y+stage.Height-slack
	if picture.Width >= stage.Width && !across || picture.Height >= stage.Height && !down {
		p.t.Errorf("the picture %+v leaves a gap on the stage %+v", picture, stage)
	}
}
