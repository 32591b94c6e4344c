//go:build v4l2

package testvm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"camhub/internal/registry"
)

// request asks the hub, and decodes its answer into v if that is not nil.
func request(t *testing.T, method, url, body string, v any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s, %v\n%s", method, url, resp.Status, err, text)
	}
	if v == nil {
		return
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(v); err != nil {
		t.Fatal(err)
	}
}

// device is the device of a camera, as the hub's REST interface has it.
type device struct {
	t   *testing.T
	url string // of its controls
}

// control returns what the driver has for a control, and what the definition
// keeps, if it keeps anything. ok is false when the driver does not answer in time.
func (d device) control(name string) (value int64, stored *int64, ok bool) {
	d.t.Helper()
	var all registry.Controls
	request(d.t, http.MethodGet, d.url, "", &all)
	if all.Problem != "" {
		return 0, nil, false
	}
	for _, c := range all.Controls {
		if c.Name == name {
			if v, has := all.Stored[name]; has {
				stored = &v
			}
			return c.Value, stored, true
		}
	}
	d.t.Fatalf("there is no %s: %+v", name, all)
	return 0, nil, false
}

// waitFor waits until the driver has a value for a control, whatever is kept.
func (d device) waitFor(name string, want int64) {
	d.t.Helper()
	d.wait(name, want, func(*int64) bool { return true })
}

// waitForKept waits until the driver has a value, and the definition too.
func (d device) waitForKept(name string, want int64) {
	d.t.Helper()
	d.wait(name, want, func(stored *int64) bool { return stored != nil && *stored == want })
}

// waitForDefault waits until the driver has a value, and the definition none.
func (d device) waitForDefault(name string, want int64) {
	d.t.Helper()
	d.wait(name, want, func(stored *int64) bool { return stored == nil })
}

func (d device) wait(name string, want int64, is func(stored *int64) bool) {
	d.t.Helper()
	for end := time.Now().Add(patience / 2); ; time.Sleep(100 * time.Millisecond) {
		value, stored, ok := d.control(name)
		if ok && value == want && is(stored) {
			return
		}
		if time.Now().After(end) {
			kept := "nothing"
			if stored != nil {
				kept = strconv.FormatInt(*stored, 10)
			}
			d.t.Fatalf("%s never was as wanted, %d: it is %d (it answers: %v), kept is %s", name, want, value, ok, kept)
		}
	}
}

// row and what is in it, by the name of a control.
func row(name string) string    { return `.control[data-name=` + name + `]` }
func slider(name string) string { return row(name) + ` input[type=range]` }
func number(name string) string { return row(name) + ` input[type=number]` }

// openControls shows the controls of a camera beside its picture.
func openControls(t *testing.T, url, id, some string) *tab {
	t.Helper()
	p := browse(t, url+"/cameras/"+id)
	p.showBars()
	p.waitFor(`document.querySelector('#tune').checkVisibility()`)
	p.do(chromedp.Click("#tune"))
	p.waitFor(`document.querySelector('` + slider(some) + `')?.checkVisibility()`)
	return p
}

// turnControls changes the picture of vivid with the hands of a person.
func turnControls(t *testing.T, url string) {
	d := device{t, url + "/api/v1/cameras/vivid/controls"}
	p := openControls(t, url, "vivid", "brightness")
	before := changes(t, url)

	// While the slider is held the driver has the value, and the picture shows it.
	x, y := p.drag(slider("brightness"), -0.4)
	held := eval[int64](p, `+document.querySelector('`+slider("brightness")+`').value`)
	if held > 60 {
		t.Fatalf("the slider was not dragged: it is at %d", held)
	}
	d.waitFor("brightness", held)
	p.waitFor(`((b) => b.length === 2 && b[0] < 150)(` + bars + `)`)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, x, y)
	d.waitForKept("brightness", held)
	if n := changes(t, url) - before; n < 1 || n > 2 { // a machine that is slow may take the hand for a rest
		t.Errorf("the slider was dragged once, and the definition changed %d times", n)
	}
	p.waitFor(fmt.Sprintf(`document.querySelector('%s').value === '%d'`, number("brightness"), held))

	// By keyboard.
	p.do(chromedp.Focus(slider("brightness")), chromedp.KeyEvent(kb.ArrowRight))
	d.waitForKept("brightness", held+1)
	// What cannot be: nothing is sent, and it is said there.
	p.do(chromedp.SetValue(number("brightness"), ""), chromedp.SendKeys(number("brightness"), "999\r"))
	p.waitFor(`document.querySelector('` + row("brightness") + ` .error').textContent === 'must be from 0 to 255'`)
	// Back to the default.
	p.do(chromedp.Click(row("brightness") + " .head button"))
	d.waitForDefault("brightness", 128)
	p.waitFor(`document.querySelector('` + number("brightness") + `').value === '128'`)
	p.showBars()

	// Somebody else changes something; automatic gain decides the gain.
	request(t, http.MethodPatch, d.url, `{"contrast":77}`, nil)
	p.waitFor(`document.querySelector('` + number("contrast") + `').value === '77'`)
	auto := row("gain_automatic") + " input"
	if eval[bool](p, `!document.querySelector('`+auto+`').checked`) {
		p.do(chromedp.Click(auto))
	}
	p.waitFor(`document.querySelector('` + slider("gain") + `').disabled && document.querySelector('` + row("gain") + ` .hint').textContent === 'Set by “Gain, Automatic” (on).'`)
	p.shot("controls-dark", "dark", 1280, 800)
	p.shot("controls-light", "light", 1280, 800)
	p.shot("controls-phone", "dark", 360, 740)
	p.shot("controls-phone-light", "light", 360, 740)
	p.shot("controls-lying", "dark", 740, 360)
}

// changes counts the events that tell of a change of vivid.
func changes(t *testing.T, url string) int {
	t.Helper()
	var list struct {
		Events []struct{ Type, Camera string }
	}
	request(t, http.MethodGet, url+"/api/v1/events?camera=vivid&type=changed", "", &list)
	return len(list.Events)
}

// turnExposure takes the exposure out of the hands of the USB camera and gives it
// back, and pulls the plug meanwhile.
func turnExposure(t *testing.T, url, hands string) {
	d := device{t, url + "/api/v1/cameras/usb/controls"}
	const mode, shutter = "auto_exposure", "exposure_time_absolute"
	p := openControls(t, url, "usb", shutter)
	p.waitFor(`document.querySelector('` + slider(shutter) + `').disabled && document.querySelector('` + row(shutter) + ` .hint').textContent === 'Set by “Auto Exposure” (Aperture Priority Mode).'`)
	p.do(chromedp.SetValue(row(mode)+" select", "1"))
	eval[bool](p, `document.querySelector('`+row(mode)+` select').dispatchEvent(new Event('change'))`)
	d.waitForKept(mode, 1)
	p.waitFor(`!document.querySelector('` + slider(shutter) + `').disabled`)
	p.do(chromedp.Focus(number(shutter)), chromedp.SetValue(number(shutter), ""), chromedp.SendKeys(number(shutter), "100\r"))
	d.waitForKept(shutter, 100)

	// The plug.
	p.do(chromedp.Focus(slider("brightness")), chromedp.KeyEvent(kb.ArrowRight))
	d.waitForKept("brightness", 129)
	request(t, http.MethodGet, hands+"pull", "", nil)
	p.waitFor(`document.querySelector('#tuning .problem').textContent !== '' && document.querySelector('` + slider("brightness") + `').matches(':disabled')`)
	p.shot("controls-unplugged", "light", 1280, 800)
	request(t, http.MethodGet, hands+"plug", "", nil)
	p.waitFor(`document.querySelector('#tuning .problem').textContent === '' && document.querySelector('` + slider("brightness") + `').matches(':enabled')`)
	p.waitFor(`document.activeElement === document.querySelector('` + slider("brightness") + `')`)
	d.waitForKept("brightness", 129) // it was set again

	// Everything back, also what can't be set any more by then.
	resetAll(t, p)
	d.waitForDefault(mode, 3)
	d.waitForDefault("brightness", 128)
	p.waitFor(`document.querySelector('` + slider(shutter) + `').disabled && document.querySelector('#tuning > button').disabled`)
	if fault := eval[string](p, `[...document.querySelectorAll('#tuning .error')].map((e) => e.textContent).join('')`); fault != "" {
		t.Errorf("the page says %q", fault)
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.waitFor(`document.querySelector('#tuning').hidden && !document.querySelector('#known').classList.contains('tuning')`)
}

// resetAll sets everything back, once more when the driver was too slow for the
// hub: the page says so then, and the button can be pressed again.
func resetAll(t *testing.T, p *tab) {
	t.Helper()
	for range 5 {
		p.do(chromedp.Click("#tuning > button"))
		p.waitFor(`document.querySelector('dialog[open] [value=all]')`)
		p.do(chromedp.Click("dialog[open] [value=all]"))
		p.waitFor(`document.querySelector('.note.failed') || document.querySelector('#tuning > button').disabled`)
		fault := eval[string](p, `document.querySelector('.note.failed')?.textContent ?? ''`)
		if fault == "" {
			return
		}
		if !strings.Contains(fault, "does not answer") {
			t.Fatalf("the page says %q", fault)
		}
		t.Log(fault)
		p.waitFor(`!document.querySelector('.note.failed') && document.querySelector('#tuning > button').matches(':enabled')`)
	}
	t.Fatal("the driver is too slow for the hub every time")
}
