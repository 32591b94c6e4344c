package browsertest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
)

// axeVersion is the version of axe-core (https://github.com/dequelabs/axe-core)
// that looks at the pages.
const axeVersion = "4.14.1"

// fetchAxe returns the script, from the package registry or npm's own cache.
func fetchAxe(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("npm is needed: ", err)
		}
		t.Skip("npm is not installed: nobody looks whether the pages are accessible")
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), npm, "pack", "--prefer-offline", "--silent", "--pack-destination", dir, "axe-core@"+axeVersion)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm pack: %v\n%s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "axe-core-"+axeVersion+".tgz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(unzipped); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			t.Fatal("the package holds no axe.min.js")
		} else if err != nil {
			t.Fatal(err)
		}
		if h.Name != "package/axe.min.js" {
			continue
		}
		var script bytes.Buffer
		if _, err := io.Copy(&script, files); err != nil {
			t.Fatal(err)
		}
		return script.String()
	}
}

// finding is one rule that a page breaks.
type finding struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

// looks are the ways in which a page is looked at.
var looks = []struct {
	name          string
	scheme        string
	width, height int
}{
	{"dark", "dark", 1440, 900},
	{"light", "light", 1440, 900},
	{"phone", "dark", 360, 740},
	{"phone-light", "light", 360, 740},
}

// accessible fails the test for each serious or critical finding of axe-core
// about the page as it is now, in both schemes, wide and on a phone.
func (p *tab) accessible(axe, scene string) {
	p.t.Helper()
	for _, look := range looks {
		call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(look.width), Height: int64(look.height), DeviceScaleFactor: 1,
		})
		p.waitFor(fmt.Sprintf(`innerWidth === %d && matchMedia('(prefers-color-scheme: %s)').matches`, look.width, look.scheme))
		if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > look.width {
			p.t.Errorf("%s, %s: the page is %d px wide and scrolls sideways", scene, look.name, wide)
		}
		p.screenshot("axe-" + scene + "-" + look.name)
		p.audit(axe, scene+", "+look.name)
	}
	call(p, emulation.ClearDeviceMetricsOverride, cdp.Empty{})
}

// audit fails the test for each serious or critical finding of axe-core about
// the page as it is now.
func (p *tab) audit(axe, scene string) {
	p.t.Helper()
	if !eval[bool](p, `window.axe !== undefined`) {
		eval[bool](p, axe+";true")
	}
	found := eval[[]finding](p, `axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map(
		({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(({html, failureSummary}) => ({html, failureSummary}))})))`)
	for _, f := range found {
		report := p.t.Logf
		if f.Impact == "serious" || f.Impact == "critical" {
			report = p.t.Errorf
		}
		for _, n := range f.Nodes {
			report("%s: %s (%s): %s\n%.300s\n%s", scene, f.ID, f.Impact, f.Help, n.HTML, n.FailureSummary)
		}
	}
}

// TestPagesAreAccessible has axe-core look at every page and every dialog.
func TestPagesAreAccessible(t *testing.T) {
	axe := fetchAxe(t)
	cam := startUpstream(t)
	hub, page := startHub(t), startBrowser(t)
	front := startFront(t, hub)
	front.answer("GET /api/v1/devices", says(http.StatusOK, "application/json", `{"devices":[
		{"kind":"v4l2","device":"/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_5F4D3A7F-video-index0","name":"HD Pro Webcam C920","in_use_by":[],"formats":[
			{"fourcc":"MJPG","name":"Motion-JPEG","supported":true,"sizes":[{"width":1920,"height":1080,"fps":[30,15]}]}]},
		{"kind":"v4l2","device":"/dev/video7","name":"Grabber","problem":"The device can't be opened: join the group video.","formats":null},
		{"kind":"v4l2","device":"/dev/video8","name":"Old one","in_use_by":["live"],"formats":[]}]}`))
	p := page.open(front.url, "")
	p.waitFor(`document.querySelector('#empty').checkVisibility() && document.querySelectorAll('#empty .device').length === 3`)
	p.accessible(axe, "empty")

	hub.add("Live")
	for name, more := range map[string]string{
		"Offline with a name that is much longer than any tile is wide": `"source":{"kind":"mjpeg","url":"http://127.0.0.1:9/","password":"p","headers":{"X-Key":"k"}}`,
		"Asleep": `"mode":"on_demand","group":"outside","source":{"kind":"emulated"}`,
		"Off":    `"enabled":false,"source":{"kind":"emulated"}`,
	} {
		hub.call("POST", "/api/v1/cameras", `{"name":"`+name+`",`+more+`}`, nil)
	}
	offline := "offline-with-a-name-that-is-much-longer-than-any-tile-is"
	for _, c := range hub.cameras() {
		if strings.HasPrefix(c.ID, "offline") {
			offline = c.ID
		}
	}
	p.waitFor(`document.querySelectorAll('.tile').length === 4 && document.querySelector('.tile[data-id=live].fed') && document.querySelector('.tile[data-state=offline]')`)
	p.accessible(axe, "wall")
	axeDialogs(p, axe, cam.url(), offline)

	p.choose("off", "Remove")
	p.waitFor(`document.querySelector('.undo')`)
	p.choose("live", "Restart")
	p.waitFor(`document.querySelector('.note')`)
	p.accessible(axe, "undo")
	front.answer("GET /api/v1/cameras", hangsUp)
	p.waitFor(`!document.querySelector('#unreachable').hidden`)
	p.accessible(axe, "unreachable")

	large := page.openOne(hub, "live")
	large.waitFor(`document.querySelectorAll('#lately li').length > 0`)
	large.accessible(axe, "camera")
	large.press("?")
	large.waitFor(`document.querySelector('#keys-dialog').open`)
	large.accessible(axe, "camera-keys")
	large.press(keyEscape)
	large.pressSpace()
	large.waitFor(`document.querySelector('#stage.paused')`)
	large.accessible(axe, "camera-paused")
	p = page.open(hub.url+"/cameras/"+offline, "")
	p.waitFor(`document.querySelector('#stage[data-state=offline]')`)
	p.accessible(axe, "camera-offline")
	p = page.open(hub.url+"/cameras/nosuch", "")
	p.waitFor(`!document.querySelector('#unknown').hidden`)
	p.accessible(axe, "camera-unknown")
}

// axeDialogs opens the dialogs of the wall one after the other.
func axeDialogs(p *tab, axe, working, offline string) {
	p.click(tileOf("live") + " .tile-menu")
	p.waitFor(`document.querySelector('#tile-menu:popover-open')`)
	p.audit(axe, "menu") // which closes when the window changes
	p.press(keyEscape)

	p.choose(offline, "Why is it offline?")
	p.waitFor(`document.querySelector('#why-dialog .verdict')`)
	p.accessible(axe, "why")
	p.click("#why-dialog [data-close]")

	p.click("#keys")
	p.waitFor(`document.querySelector('#keys-dialog').open`)
	p.accessible(axe, "keys")
	p.click("#keys-dialog button")

	p.click("#add")
	p.waitFor(`document.querySelectorAll('#add-dialog .device').length === 3`)
	p.accessible(axe, "add")
	p.fill("#a-url", "rtsp://10.0.0.5/")
	p.press("\r")
	p.waitFor(`document.querySelector('#a-url[aria-invalid=true]')`)
	p.accessible(axe, "add-fault")
	p.fill("#a-url", working)
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .preview')?.naturalWidth === 320`)
	p.accessible(axe, "add-found")
	p.click("[data-by-hand]")
	for _, kind := range []string{"v4l2", "picamera", "emulated"} {
		p.click("#camera-dialog [value=" + kind + "]")
		p.click("#camera-dialog summary")
		p.accessible(axe, "form-"+kind)
	}
	p.press(keyEscape)
	p.waitFor(`document.querySelector('dialog[role=alertdialog]')`)
	p.accessible(axe, "question")
	p.discard()

	p.edit(offline)
	p.click("#camera-dialog summary")
	p.fill("#f-name", " ")
	p.click("[data-pointer='/source/headers'] > button")
	p.do(keys("Host"))
	p.fill("#f-source-url", "ftp://h/")
	p.click("#camera-dialog [data-save]")
	p.waitFor(`document.querySelectorAll('#camera-dialog .error:not([hidden])').length === 3`)
	p.accessible(axe, "form-faults")
	p.discard()
}
