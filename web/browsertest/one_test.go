package browsertest

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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

// waitThere waits until a condition holds on a page that is on its way: a
// question that a navigation cuts is asked again.
func (p one) waitThere(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if err == nil && there {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("never true: %s: %v", condition, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// window makes the window another size, with so many pixels of the screen in one
// of the page.
func (p one) window(width, height int, ratio float64, mobile bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	size := emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: ratio, Mobile: mobile}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
		p.t.Fatal(err)
	}
	touch := emulation.SetTouchEmulationEnabledParams{Enabled: mobile}
	if _, err := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, touch); err != nil {
		p.t.Fatal(err)
	}
}

// scheme makes the page believe that the person prefers light or dark.
func (p one) scheme(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
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

// mouse sends one event of the mouse.
func (p one) mouse(e input.DispatchMouseEventParams) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, input.DispatchMouseEvent, e); err != nil {
		p.t.Fatal(err)
	}
}

// wheel turns the mouse's wheel by so many pixels; up is negative.
func (p one) wheel(x, y, by float64) {
	p.t.Helper()
	// A DeltaX of 0 would be left out, and the browser wants one.
	p.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 0.01, DeltaY: by})
}

// drag pulls with the mouse, in four steps.
func (p one) drag(x, y, dx, dy float64) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMousePressed, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	for i := 1.0; i <= 4; i++ {
		p.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x + dx*i/4, Y: y + dy*i/4, Button: input.MouseButtonLeft, Buttons: 1})
	}
	p.mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseReleased, X: x + dx, Y: y + dy, Button: input.MouseButtonLeft, ClickCount: 1})
}

// doubleClick clicks twice with the mouse.
func (p one) doubleClick(x, y float64) {
	p.t.Helper()
	for n := range int64(2) {
		for _, typ := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
			p.mouse(input.DispatchMouseEventParams{Type: typ, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: n + 1})
		}
	}
}

// point is where a finger is.
type point struct{ x, y float64 }

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
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		e := input.DispatchTouchEventParams{Type: typ, TouchPoints: points, Timestamp: input.TimeSinceEpoch(float64(at.UnixMilli()) / 1000)}
		if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, e); err != nil {
			p.t.Fatal(err)
		}
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
			points = append(points, &input.TouchPoint{X: a.x + (to[n].x-a.x)*part, Y: a.y + (to[n].y-a.y)*part, ID: &id})
		}
		send(typ, points)
	}
	send(input.DispatchTouchEventTypeTouchEnd, []*input.TouchPoint{})
}

// pressSpace presses Space as a keyboard does: a page that takes the key keeps
// its character, which would scroll, from being sent.
func (p one) pressSpace() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Text: " ", Key: " ", Code: "Space", WindowsVirtualKeyCode: 32}
	if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, key); err != nil {
		p.t.Fatal(err)
	}
	key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
	if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, key); err != nil {
		p.t.Fatal(err)
	}
}

// pressShift presses a key with shift.
func (p one) pressShift(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierShift)))
}

// picture returns a number that differs between two pictures on the stage.
func (p one) picture() int {
	p.t.Helper()
	return eval[int](p.tab, `(() => {
		const canvas = new OffscreenCanvas(64, 36).getContext('2d');
		canvas.drawImage(document.querySelector('.feed'), 0, 0, 64, 36);
		return canvas.getImageData(0, 0, 64, 36).data.reduce((a, v) => (a * 31 + v) | 0, 0);
	})()`)
}

// waitForMotion waits until the pixels have changed several times.
func (p one) waitForMotion() {
	p.t.Helper()
	seen := map[int]bool{}
	for deadline := time.Now().Add(patience); len(seen) < 4; time.Sleep(50 * time.Millisecond) {
		seen[p.picture()] = true
		if time.Now().After(deadline) {
			p.t.Fatalf("the stage showed %d different pictures, want 4", len(seen))
		}
	}
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

const keyLeft, keyRight, keyUp = kb.ArrowLeft, kb.ArrowRight, kb.ArrowUp
