package browsertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// untidy is a camera that says the size of its pictures wrongly, and announces
// another boundary than it sends.
func untidy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=other")
	for n := 0; ; n++ {
		fmt.Fprintf(w, "--pictures\nContent-Type: image/jpeg\n\n%s\n", colour(n))
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// figure is the text of a row of the table.
func figure(name string) string {
	return fmt.Sprintf(`([...document.querySelectorAll('#figures div')].find((e) => e.firstChild.textContent === %s)?.lastChild.textContent ?? '')`, quote(name))
}

// TestOneFigures compares what stands beside the picture with what the hub says.
func TestOneFigures(t *testing.T) {
	t.Parallel()
	cam := camera(t, untidy, false)
	hub, page := startHub(t), startBrowser(t)
	hub.call("POST", "/api/v1/cameras", `{"name":"Gate","group":"out","source":{"kind":"mjpeg","url":"`+cam.URL+`"}}`, nil)
	p := page.openOne(hub, "gate")
	for name, want := range map[string]string{
		"State": `=== 'Live'`, "Size": `=== '320 × 180'`, "Viewers": `=== '1'`, "Group": `=== 'out'`, "Kind": `=== 'mjpeg'`,
		"Missed by slow viewers": `=== '0'`, "Attempts to connect": `=== '1'`,
	} {
		p.waitFor(figure(name) + want)
	}
	p.waitFor(`parseFloat(` + figure("Pictures a second") + `) > 7 && parseFloat(` + figure("Bit rate") + `) > 0`)
	p.waitFor(`/^\d+ ms$/.test(` + figure("Age of the picture") + `)`)

	// Each quirk has its sentence.
	var known struct{ Quirks []struct{ Name, Text string } }
	hub.call("GET", "/api/v1/quirks", "", &known)
	var status struct{ Quirks []string }
	hub.call("GET", "/api/v1/cameras/gate/status", "", &status)
	if len(status.Quirks) == 0 {
		t.Fatal("the hub tolerates nothing")
	}
	for _, q := range known.Quirks {
		for _, name := range status.Quirks {
			if q.Name == name {
				p.waitFor(`document.querySelector('#quirks').innerText.includes(` + quote(q.Text) + `)`)
			}
		}
	}

	// The plots move, and say in words what they draw.
	const points = `[...document.querySelectorAll('.plot path')].map((e) => (e.getAttribute('d').match(/[ML]/g) ?? []).length)`
	p.waitFor(points + `.every((n) => n > 4)`)
	p.waitFor(`/^Pictures a second over the last two minutes: now \d+(\.\d)?, least \d+(\.\d)?, most \d+(\.\d)?$/.test(document.querySelector('.plot svg').getAttribute('aria-label'))`)
	p.screenshot("one-light")
	p.scheme("dark")
	p.screenshot("one-dark")
	hub.add("Other")
	p.waitFor(`!document.querySelector('#next').hidden`)
	p.press(keyRight)
	p.waitFor(`document.querySelector('#name').innerText === 'Other' && document.querySelector('#quirks').hidden`)
	p.waitFor(points + `.every((n) => n < 4)`) // of the other camera
}

// TestOneTellsWhatHappened lists events, older ones on demand, and new ones as
// they come, of this camera alone.
func TestOneTellsWhatHappened(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	hub.add("Other")
	for i := range 25 {
		patchCamera(hub, "yard", fmt.Sprintf(`{"group":"g%d"}`, i))
	}
	p := page.openOne(hub, "yard")
	const shown = `[...document.querySelectorAll('#lately li')]`
	p.waitFor(figure("Shown here") + ` !== ''`) // the last of the rows above, which moves what is below
	p.waitFor(shown + `.length === 10`)
	p.click("[data-older]")
	p.waitFor(shown + `.length === 20`)
	p.click("[data-older]")
	p.waitFor(shown + `.length > 25 && document.querySelector('[data-older]').hidden && ` + shown + `.at(-1).dataset.type === 'added'`)
	before := eval[int](p.tab, shown+`.length`)
	patchCamera(hub, "other", `{"group":"x"}`)
	patchCamera(hub, "yard", `{"group":"x"}`)
	p.waitFor(fmt.Sprintf(`%s.length === %d && %[1]s[0].innerText.includes('Its settings were changed')`, shown, before+1))
	if ids := eval[bool](p.tab, shown+`.every((e, i, all) => i === 0 || Number(all[i - 1].dataset.id) > Number(e.dataset.id))`); !ids {
		t.Error("the events are not in order")
	}
	patchCamera(hub, "yard", `{"name":"Back <b>yard"}`)
	p.waitFor(`document.querySelector('#name').innerText === 'Back <b>yard' && document.title.startsWith('Back <b>yard')`)
}

// TestOneKeys opens the help, and turns letters off.
func TestOneKeys(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("Yard", 640, 360)
	p := page.openOne(hub, "yard")
	p.press("?")
	p.waitFor(`document.querySelector('#keys-dialog').open && document.querySelectorAll('#keys-dialog kbd').length > 8`)
	p.screenshot("one-keys")
	p.press("+") // goes to nobody
	p.click("#keys-letters")
	p.press(keyEscape)
	p.waitFor(`!document.querySelector('#keys-dialog').open`)
	p.press("+")
	if s := p.scale(); s != 1 {
		t.Errorf("a sign that is turned off has zoomed to %v", s)
	}
	p.pressSpace()
	p.waitFor(`document.querySelector('#stage.paused')`)
	again := page.openOne(hub, "yard") // the browser remembers
	again.press("+")
	again.press("i")
	if s := again.scale(); s != 1 {
		t.Errorf("another page does not know that letters are turned off: %v", s)
	}
	again.click("#keys")
	again.click("#keys-letters")
	again.press(keyEscape)
	again.waitFor(`!document.querySelector('#keys-dialog').open`)
	again.press("+")
	again.waitFor(`document.querySelector('#reset').innerText === '1.5×'`)
	again.press("i")
	again.waitFor(`!document.querySelector('#beside').checkVisibility() && document.querySelector('#details').getAttribute('aria-expanded') === 'false'`)
	third := page.openOne(hub, "yard")
	third.waitFor(`!document.querySelector('#beside').checkVisibility()`)
	third.click("#details")
	third.waitFor(`document.querySelector('#beside').checkVisibility()`)
}

// TestOneFullScreen enters and leaves full screen; what lies over the picture
// goes while nobody moves.
func TestOneFullScreen(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("Yard", 1280, 720)
	p := page.openOne(hub, "yard")
	p.press("f")
	p.waitFor(`document.fullscreenElement?.id === 'viewer' && document.querySelector('#full').innerText.trim() === 'Leave full screen'`)
	p.waitFor(`Math.abs(document.querySelector('#stage').clientHeight - innerHeight) < 2`)
	p.waitFor(`getComputedStyle(document.querySelector('.tools')).opacity === '0'`)
	p.pull(200, 200, 30, 30)
	p.waitFor(`getComputedStyle(document.querySelector('.tools')).opacity === '1'`)
	p.screenshot("one-full")
	p.press("f")
	p.waitFor(`document.fullscreenElement === null && document.querySelector('#full').innerText.trim() === 'Full screen'`)
	p.click("#full")
	p.waitFor(`document.fullscreenElement !== null`)
	p.press(keyEscape) // leaves full screen, and not the page
	p.waitFor(`document.fullscreenElement === null`)
	p.waitForMotion()
	if path := eval[string](p.tab, `location.pathname`); path != "/cameras/yard" {
		t.Errorf("the page went to %s", path)
	}
}

// patchCamera changes a camera by a merge patch.
func patchCamera(h *hub, id, body string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), "PATCH", h.url+"/api/v1/cameras/"+id, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/merge-patch+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("PATCH %s: status %d", body, resp.StatusCode)
	}
}
