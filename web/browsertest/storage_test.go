package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// recordJSON is what the tests read of the rules of a camera's recording.
type recordJSON struct {
	Mode      string
	Schedule  string
	MaxFPS    *float64 `json:"max_fps"`
	KeepDays  *float64 `json:"keep_days"`
	KeepBytes *int64   `json:"keep_bytes"`
}

// record returns the rules of a camera's recording.
func (h *hub) record(id string) recordJSON {
	h.t.Helper()
	var c struct{ Record recordJSON }
	h.call("GET", "/api/v1/cameras/"+id, "", &c)
	return c.Record
}

// storageJSON is what the tests read of the room for recordings.
type storageJSON struct {
	Used    int64
	Cameras []struct {
		Camera string
		Used   int64
		Oldest time.Time
	}
}

// recorded records a camera until some of it is on the disk.
func (h *hub) recorded(ids ...string) {
	h.t.Helper()
	for _, id := range ids {
		h.call("PATCH", "/api/v1/cameras/"+id, `{"record":{"mode":"always"}}`, nil)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var s storageJSON
		h.call("GET", "/api/v1/storage", "", &s)
		full := 0
		for _, c := range s.Cameras {
			if c.Used > 50_000 {
				full++
			}
		}
		if full >= len(ids) {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("not recorded: %+v", s)
		}
	}
}

// TestRecordingIsSetUpByForm paints and writes the hours of a camera, mistypes
// them, and gives it limits.
func TestRecordingIsSetUpByForm(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.tile.fed') && !document.querySelector('.rec').checkVisibility()`)
	zone := "Asia/Kathmandu" // where the hub is not
	if _, ahead := time.Now().Zone(); ahead == (5*60+45)*60 {
		zone = "UTC"
	}
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone})
	p.edit("yard")
	const mode, plan = "#f-record-mode", "#f-record-schedule"
	if eval[bool](p, `document.querySelector('.plan').checkVisibility() || document.querySelector('#f-record-keep_days').checkVisibility()`) {
		t.Error("a camera that is not recorded is asked for hours and limits")
	}
	p.pick(mode, "By a schedule")
	p.waitFor(`document.querySelector('.plan').checkVisibility()`)
	p.waitFor(`/^It is \d\d:\d\d at the hub now/.test(document.querySelector('.hub-clock')?.innerText)`)
	p.paint("Monday", 8, 11)
	p.waitFor(value(plan) + ` === 'mon 08:00-12:00'`)
	eval[bool](p, `document.querySelector('.plan [tabindex="0"]').focus(), true`)
	for _, key := range []string{keyDown, " ", keyHome, keyDown, " "} { // an hour of Tuesday, all of Wednesday
		p.press(key)
	}
	p.waitFor(value(plan) + ` === 'mon 08:00-12:00, tue 08:00-09:00, wed 00:00-24:00'`)
	p.screenshot("record-plan")

	p.fill(plan, "mon-fri 9-17")
	p.press("\t")
	p.waitFor(`document.querySelector('[data-pointer="/record/schedule"] > .error').textContent.includes('“9-17” must be hours')`)
	p.click("#camera-dialog [data-save]") // the hub says it too
	p.waitFor(`document.activeElement.matches('` + plan + `[aria-invalid=true]') && document.querySelector('#camera-dialog').open`)
	p.fill(plan, "mon-fri 08:30-18:00")
	p.waitFor(`document.querySelectorAll('.plan [data-state=partly]').length === 5 && document.querySelectorAll('.plan [data-state=on]').length === 45`)
	p.waitFor(`document.querySelector('[data-pointer="/record/schedule"] > .error').hidden`)
	p.fill("#f-record-max_fps", "2")
	p.fill("#f-record-keep_days", "much")
	p.fill("#f-record-keep_bytes", "1500.5")
	p.pick("#f-record-keep_bytes-unit", "TB")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('[data-pointer="/record/keep_days"] > .error').textContent === 'must be a number'`)
	p.fill("#f-record-keep_days", "7")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('dialog[role=alertdialog]')?.innerText.includes('There is only room for')`)
	p.click("dialog[role=alertdialog] button:last-of-type")
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
	r := hub.record("yard")
	if b, _ := json.Marshal(r); string(b) != `{"Mode":"schedule","Schedule":"mon-fri 08:30-18:00","max_fps":2,"keep_days":7,"keep_bytes":1500500000000000}` {
		t.Errorf("the hub has %s", b)
	}

	p.edit("yard")
	p.pick(mode, "Always")
	p.waitFor(`!document.querySelector('.plan').checkVisibility()`)
	for _, field := range []string{"#f-record-max_fps", "#f-record-keep_days", "#f-record-keep_bytes"} {
		p.fill(field, "\b")
	}
	p.save()
	if r := hub.record("yard"); r != (recordJSON{Mode: "always"}) {
		t.Errorf("the hub has %+v", r)
	}
	p.waitFor(`document.querySelector('.rec').checkVisibility() && document.querySelector('.rec').textContent === 'Recording'`)
	p.screenshot("recording")
}

// value is the text of a field.
func value(selector string) string { return "document.querySelector(" + quote(selector) + ").value" }

// paint draws over the hours of a day with the mouse.
func (p *tab) paint(day string, from, to int) {
	p.t.Helper()
	at := func(hour int) []float64 {
		return eval[[]float64](p, fmt.Sprintf(`(() => {
			const cell = document.querySelector('.plan td[aria-label^="%s %d:00"]');
			cell.scrollIntoView({block: 'center'});
			const r = cell.getBoundingClientRect();
			return [r.x + r.width / 2, r.y + r.height / 2];
		})()`, day, hour))
	}
	a := at(from)
	p.mouse(input.DispatchMouseEventTypeMousePressed, point{a[0], a[1]}, true)
	for h := from; h <= to; h++ {
		a = at(h)
		p.mouse(input.DispatchMouseEventTypeMouseMoved, point{a[0], a[1]}, true)
	}
	p.release(point{a[0], a[1]})
}

// TestLimitsAreForetold asks before limits are saved that delete recordings, or
// that the disk can't hold.
func TestLimitsAreForetold(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("Yard", 1280, 720)
	hub.recorded("yard")
	for deadline := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) { // more than the least limit
		var s storageJSON
		if hub.call("GET", "/api/v1/storage", "", &s); s.Used > 1_200_000 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("too little is recorded")
		}
	}
	p := page.open(hub.url, "")
	p.waitFor(`document.querySelector('.rec')?.checkVisibility()`)
	p.edit("yard")
	p.waitFor(`/^At this rate recordings of this camera are kept for \d/.test(document.querySelector('.forecast').textContent)`)
	p.fill("#f-record-keep_days", "36500")
	p.waitFor(`document.querySelector('.forecast .warning')?.textContent.includes('of the 36500 days of Yard')`)
	p.screenshot("record-warning")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('dialog[role=alertdialog]')?.textContent.includes('of the 36500 days of Yard')`)
	p.press(keyEscape)
	p.waitFor(`!document.querySelector('dialog[role=alertdialog]') && document.querySelector('#camera-dialog').open`)
	if r := hub.record("yard"); r.KeepDays != nil {
		t.Errorf("the hub has %v days before anybody agreed", *r.KeepDays)
	}
	p.fill("#f-record-keep_days", "\b")
	p.fill("#f-record-keep_bytes", "1")
	p.pick("#f-record-keep_bytes-unit", "MiB")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelector('dialog[role=alertdialog]')?.textContent.includes('are deleted at once')`)
	p.click("dialog[role=alertdialog] .danger")
	p.waitFor(`!document.querySelector('#camera-dialog').open`)
	if r := hub.record("yard"); r.KeepBytes == nil || *r.KeepBytes != 1048576 || r.KeepDays != nil {
		t.Errorf("the hub has %+v", r)
	}
	p.edit("yard") // a limit that was there before is no reason to ask
	p.fill("#f-name", "Court")
	p.save()
	p.edit("yard")
	p.fill("#f-record-keep_days", "36500")
	p.click("#camera-dialog [data-save]")
	p.click("dialog[role=alertdialog] button[value=save]")
	p.waitFor(`[...document.querySelectorAll('.note.failed')].some((n) => n.textContent.includes('of the 36500 days of Court'))`)
}

// TestStorageIsManaged uses the page as a person does: looks, unpins, sets the
// budget, and deletes a range.
func TestStorageIsManaged(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	wall := page.open(hub.url, "")
	wall.waitFor(`document.querySelector('#empty').checkVisibility()`)
	wall.click("#storage")
	p := wall
	p.waitFor(`location.pathname === '/storage' && document.querySelector('#nothing')?.checkVisibility() && !document.querySelector('#usage').checkVisibility()`)
	p.screenshot("storage-empty")

	hub.add("Front door")
	hub.addSized("Yard", 640, 360)
	hub.recorded("front-door", "yard")
	hub.call("POST", "/api/v1/pins", `{"cameras":["front-door","yard"],"from":"2020-01-02T15:00:00Z","to":"2020-01-02T15:10:00Z","note":"Parcel <b>"}`, nil)
	p = page.open(hub.url+"/storage", "")
	p.waitFor(`document.querySelectorAll('#usage tbody tr').length === 2 && document.querySelector('#usage [data-camera=yard] th').textContent === 'Yard'`)
	p.waitFor(`/^At this rate the budget holds \d/.test(document.querySelector('#forecast').textContent)`)
	p.waitFor(`/\d MB|\d kB/.test(document.querySelector('#usage [data-camera=yard] .chart').textContent) && document.querySelector('#usage [data-camera=yard] .used').getBoundingClientRect().width > 20`)
	p.screenshot("storage")

	p.waitFor(`document.querySelector('#pins li')?.textContent.includes('Front door, Yard') && document.querySelector('#pins li small').textContent === 'Parcel <b>'`)
	p.click("#pins li button")
	p.click("dialog[role=alertdialog] button[value='']")
	p.waitFor(`!document.querySelector('dialog[role=alertdialog]')`)
	if _, b := hub.Call("GET", "/api/v1/pins", ""); !strings.Contains(string(b), "Parcel") {
		t.Errorf("the pin is gone: %s", b)
	}
	p.click("#pins li button")
	p.click("dialog[role=alertdialog] .danger")
	p.waitFor(`document.querySelectorAll('#pins li').length === 0 && document.querySelector('#pins .hint').checkVisibility() && document.activeElement.id === 'pins-title'`)
	if _, b := hub.Call("GET", "/api/v1/pins", ""); strings.Contains(string(b), "Parcel") {
		t.Errorf("the pin is there: %s", b)
	}
	takeExport(t, hub, p)
	setBudget(t, hub, p)
	cleanUp(t, hub, p)
}

// takeExport downloads an export by its link, and removes it.
func takeExport(t *testing.T, hub *hub, p *tab) {
	t.Helper()
	now := time.Now().UTC()
	hub.call("POST", "/api/v1/exports", fmt.Sprintf(`{"cameras":["yard"],"from":%q,"to":%q}`,
		now.Add(-time.Hour).Format(time.RFC3339), now.Format(time.RFC3339)), nil)
	p.waitFor(`document.querySelector('#exports .files a') && /^Yard, .* ready/.test(document.querySelector('#exports li').innerText.replaceAll('\n', ' ').replaceAll('·', ''))`)
	p.screenshot("storage-export")
	if got := eval[string](p, `fetch(document.querySelector('#exports .files a').href).then((r) => r.arrayBuffer().then((b) => r.status + ' ' + new TextDecoder('latin1').decode(b.slice(4, 8))))`); got != "200 ftyp" {
		t.Errorf("the link leads to %q", got)
	}
	p.click("#exports li > button")
	p.waitFor(`!document.querySelector('#exports li') && document.activeElement.id === 'exports-title'`)
	if _, b := hub.Call("GET", "/api/v1/exports", ""); strings.TrimSpace(string(b)) != `{"exports":[]}` {
		t.Errorf("the hub has %s", b)
	}
}

// setBudget tries budgets that are wrong, too large, and right.
func setBudget(t *testing.T, hub *hub, p *tab) {
	t.Helper()
	budget := func() string {
		_, b := hub.Call("GET", "/api/v1/settings", "")
		return string(b)
	}
	p.fill("#keep-bytes", "lots")
	p.click("#budget [type=submit]")
	p.waitFor(`document.querySelector('[data-pointer="/recordings/keep_bytes"] > .error').textContent === 'must be a number' && document.activeElement.id === 'keep-bytes'`)
	p.fill("#keep-bytes", "0.1")
	p.pick("#keep-bytes-unit", "MB")
	p.click("#budget [type=submit]")
	p.waitFor(`document.querySelector('[data-pointer="/recordings/keep_bytes"] > .error').textContent.includes('at least 1048576')`)
	p.fill("#keep-bytes", "900")
	p.pick("#keep-bytes-unit", "TB")
	p.waitFor(`document.querySelector('#budget [data-says]').textContent.includes('The disk only has room for')`)
	p.screenshot("storage-warning")
	p.click("#budget [type=submit]")
	p.click("dialog[role=alertdialog] button[value='']")
	p.waitFor(`!document.querySelector('dialog[role=alertdialog]')`)
	if now := budget(); !strings.Contains(now, `"keep_bytes":null`) {
		t.Errorf("it was saved all the same: %s", now)
	}
	p.fill("#keep-bytes", "100")
	p.pick("#keep-bytes-unit", "MB")
	p.waitFor(`document.querySelector('#budget [data-says]').textContent === 'Nothing has to be deleted for that.'`)
	p.click("#budget [type=submit]")
	p.waitFor(`document.querySelector('#facts').textContent.includes('of 100 MB')`)
	if now := budget(); !strings.Contains(now, `"keep_bytes":100000000`) {
		t.Errorf("the hub has %s", now)
	}
}

// cleanUp deletes what is recorded of one camera.
func cleanUp(t *testing.T, hub *hub, p *tab) {
	t.Helper()
	p.pick("#cleanup-camera", "Yard")
	p.click("#cleanup [type=submit]")
	p.waitFor(`document.activeElement.id === 'cleanup-from' && document.querySelectorAll('#cleanup .error:not([hidden])').length === 2`)
	at := func(years int) string { return fmt.Sprintf("0101%d\t010000AM", time.Now().Year()+years) }
	p.instant("#cleanup-from", at(4))
	p.instant("#cleanup-to", at(-1))
	p.click("#cleanup [type=submit]")
	p.waitFor(`document.querySelector('#cleanup [data-pointer="/to"] > .error').textContent === 'must be after from'`)
	p.instant("#cleanup-to", at(5))
	p.click("#cleanup [type=submit]")
	p.waitFor(`document.querySelector('#cleanup [data-result]').textContent === 'Nothing is recorded there.'`)

	hub.call("PATCH", "/api/v1/cameras/yard", `{"record":{"mode":"off"}}`, nil) // its file is closed
	p.instant("#cleanup-from", at(-1))
	for deadline := time.Now().Add(patience); ; {
		p.click("#cleanup [type=submit]")
		p.waitFor(`document.querySelector('dialog[role=alertdialog]')?.textContent.includes('of Yard, ')`)
		p.screenshot("storage-delete")
		p.click("dialog[role=alertdialog] .danger")
		p.waitFor(`/deleted/.test(document.querySelector('#cleanup [data-result]').textContent)`)
		// A recording that crossed a minute has two files; one that was being written is left.
		if text := p.text("#cleanup [data-result]"); !strings.HasPrefix(text, "0 files") && !strings.Contains(text, "left:") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("never deleted: %s", p.text("#cleanup [data-result]"))
		}
	}
	p.waitFor(`!document.querySelector('#usage [data-camera=yard]') && document.querySelector('#usage [data-camera=front-door]')`)
	var s storageJSON
	if hub.call("GET", "/api/v1/storage", "", &s); len(s.Cameras) != 1 || s.Cameras[0].Camera != "front-door" {
		t.Errorf("the hub has %+v", s)
	}
}

// instant types a date and a time.
func (p *tab) instant(selector, text string) {
	p.t.Helper()
	eval[bool](p, "document.querySelector("+quote(selector)+").value = '', document.querySelector("+quote(selector)+").focus(), true")
	p.do(chromedp.KeyEvent(text))
	p.waitFor(value(selector) + " !== ''")
}

// TestFailingRecordingIsLoud takes the folder of the recordings away: the tile
// and the page say it with the reason, and say it no more when it is back.
func TestFailingRecordingIsLoud(t *testing.T) {
	t.Parallel()
	axe := fetchAxe(t)
	hub, page := startHub(t), startBrowser(t)
	hub.add("Front door")
	hub.addSized("Yard", 640, 360)
	hub.recorded("front-door", "yard")
	now := time.Now().UTC()
	hub.call("POST", "/api/v1/pins", fmt.Sprintf(`{"cameras":["yard"],"from":%q,"to":%q,"note":"Parcel"}`,
		now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339)), nil)
	wall, p := page.open(hub.url, ""), page.open(hub.url+"/storage", "")
	wall.waitFor(`document.querySelectorAll('.rec:not([hidden])').length === 2`)
	p.waitFor(`document.querySelectorAll('#usage tbody tr').length === 2 && document.querySelector('#pins li')`)
	p.accessible(axe, "storage")

	dir := filepath.Join(hub.data, "recordings")
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // so that it can't be made anew
		t.Fatal(err)
	}
	const unrecorded = `document.querySelector('.tile[data-id=yard] .unrecorded')`
	wall.waitFor(unrecorded + `.checkVisibility() && /^Not recorded\. ./.test(` + unrecorded + `.textContent) && document.querySelector('.tile[data-id=yard] .rec').hidden`)
	wall.accessible(axe, "wall-failing")
	p.waitFor(`document.querySelector('#failing').checkVisibility() && document.querySelector('#failing').textContent.includes('Yard: Not recorded.')`)
	p.accessible(axe, "storage-failing")

	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	wall.waitFor(`document.querySelectorAll('.rec:not([hidden])').length === 2 && !` + unrecorded + `.checkVisibility()`)
	p.waitFor(`!document.querySelector('#failing').checkVisibility()`)
	wall.edit("yard")
	wall.pick("#f-record-mode", "By a schedule")
	wall.fill("#f-record-schedule", "mon-fri 08:30-18:00, sat 22:00-02:00")
	wall.waitFor(`document.querySelector('.plan [data-state=partly]')`)
	wall.accessible(axe, "record-plan")
	wall.size(360, 740, "prefers-color-scheme:dark")
	eval[bool](wall, `document.querySelector('.plan').scrollIntoView({block: 'center'}), true`)
	wall.screenshot("record-plan-phone")
	wall.discard()
}
