//go:build v4l2

package testvm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tab is a page in a browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// browse opens a page in a browser of its own, which ends with the test.
func browse(t *testing.T, url string) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("Chromium is not installed")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 800))
	ctx, stop := context.WithTimeout(context.Background(), 2*patience)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, opts...)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // closes it and waits, so that its profile can be removed
		stopBrowser()
		stopAllocator()
		stop()
	})
	p := &tab{t, ctx}
	p.do(chromedp.Navigate(url))
	return p
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// waitFor waits until an expression of the page holds.
func (p *tab) waitFor(condition string) {
	p.t.Helper()
	for end := time.Now().Add(patience / 2); !eval[bool](p, `!!(`+condition+`)`); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("never came true: %s\nthe page says: %s", condition, eval[string](p, `document.body.innerText.slice(0, 2000)`))
		}
	}
}

// mouse sends one event of the mouse with its left button held.
func (p *tab) mouse(kind input.DispatchMouseEventType, x, y float64) {
	p.t.Helper()
	params := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1, Buttons: 1}
	if _, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, params); err != nil {
		p.t.Fatal(err)
	}
}

// drag presses the mouse on a slider where its value is, moves it by a part of
// the slider's length, and holds it there.
func (p *tab) drag(slider string, by float64) (x, y float64) {
	p.t.Helper()
	at := eval[[]float64](p, fmt.Sprintf(`(() => {
		const el = document.querySelector('%s');
		el.scrollIntoView({block: 'center'});
		const r = el.getBoundingClientRect();
		return [r.left + r.width * (el.value - el.min) / (el.max - el.min), r.top + r.height / 2, r.width];
	})()`, slider))
	p.mouse(input.DispatchMouseEventTypeMousePressed, at[0], at[1])
	for i := range 20 {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, at[0]+at[2]*by*float64(i+1)/20, at[1])
	}
	return at[0] + at[2]*by, at[1]
}

// bars draws what the page of a camera shows, and returns the brightness of the
// first and of the last bar; nothing while there is none.
const bars = `(() => {
	const from = document.querySelector('#stage canvas, #stage img');
	if (!from || !(from.width || from.naturalWidth)) return [];
	const to = new OffscreenCanvas(160, 120).getContext('2d');
	to.drawImage(from, 0, 0, 160, 120);
	return [10, 150].map((x) => to.getImageData(x, 60, 1, 1).data[0]);
})()`

// showBars waits until a test picture is there.
func (p *tab) showBars() {
	p.t.Helper()
	p.waitFor(`((b) => b[0] > 170 && b[1] < 60)(` + bars + `)`)
}

// shot writes what the page looks like, in a window of that size and a scheme,
// into the folder that CAMHUB_SHOTS names, if it names one: for people to look at.
func (p *tab) shot(name, scheme string, width, height int64) {
	p.t.Helper()
	dir := os.Getenv("CAMHUB_SHOTS")
	if dir == "" {
		return
	}
	ctx := p.ctx
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if err == nil {
		_, err = chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.waitFor(fmt.Sprintf(`innerWidth === %d && document.documentElement.scrollWidth <= %d`, width, width)) // it does not scroll sideways
	image, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image.Data, 0o600); err != nil {
		p.t.Fatal(err)
	}
}
