package browsertest

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeVersion is the version of axe-core (https://github.com/dequelabs/axe-core)
// that looks at the pages.
const axeVersion = "4.14.1"

// fetchAxe returns the script, from the package registry or npm's own cache. It
// asks once for all tests.
func fetchAxe(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("npm is needed: ", err)
		}
		t.Skip("npm is not installed: nobody looks whether the pages are accessible")
	}
	script, err := axeScript()
	if err != nil {
		t.Fatal(err)
	}
	return script
}

var axeScript = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "camhub-axe-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("npm", "pack", "--prefer-offline", "--silent", "--pack-destination", dir, "axe-core@"+axeVersion)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack: %w\n%s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "axe-core-"+axeVersion+".tgz"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	for files := tar.NewReader(unzipped); ; {
		h, err := files.Next()
		if err != nil {
			return "", fmt.Errorf("look for axe.min.js in the package: %w", err)
		}
		if h.Name == "package/axe.min.js" {
			script, err := io.ReadAll(files)
			return string(script), err
		}
	}
})

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
		p.waitFor(fmt.Sprintf(`document.documentElement.scrollWidth <= %d`, look.width)) // it does not scroll sideways
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

// mixedHub has a camera in each state; it returns the id of the one that is
// offline.
func mixedHub(t *testing.T) (*hub, string) {
	t.Helper()
	hub := startHub(t)
	hub.add("Live")
	for name, more := range map[string]string{
		"Offline with a name that is much longer than any tile is wide": `"source":{"kind":"mjpeg","url":"http://127.0.0.1:9/","password":"p","headers":{"X-Key":"k"}}`,
		"Asleep": `"mode":"on_demand","group":"outside","source":{"kind":"emulated"}`,
		"Off":    `"enabled":false,"source":{"kind":"emulated"}`,
	} {
		hub.call("POST", "/api/v1/cameras", `{"name":"`+name+`",`+more+`}`, nil)
	}
	for _, c := range hub.cameras() {
		if strings.HasPrefix(c.ID, "offline") {
			return hub, c.ID
		}
	}
	t.Fatal("the camera that is offline has no id of its own")
	return nil, ""
}

// threeDevices is what a hub says that has a camera, one that can't be opened, and
// one that is in use.
const threeDevices = `{"devices":[
	{"kind":"v4l2","device":"/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_5F4D3A7F-video-index0","name":"HD Pro Webcam C920","in_use_by":[],"formats":[
		{"fourcc":"MJPG","name":"Motion-JPEG","supported":true,"sizes":[{"width":1920,"height":1080,"fps":[30,15]}]}]},
	{"kind":"v4l2","device":"/dev/video7","name":"Grabber","problem":"The device can't be opened: join the group video.","formats":null},
	{"kind":"v4l2","device":"/dev/video8","name":"Old one","in_use_by":["live"],"formats":[]}]}`

// mixedWall shows a wall of cameras in all states, on a machine with devices.
func mixedWall(t *testing.T) (p *tab, front *front, offline string) {
	t.Helper()
	hub, offline := mixedHub(t)
	front = startFront(t, hub)
	front.answer("GET /api/v1/devices", says(http.StatusOK, "application/json", threeDevices))
	p = startBrowser(t).open(front.url, "")
	p.waitFor(`document.querySelectorAll('.tile').length === 4 && document.querySelector('.tile[data-id=live].fed') && document.querySelector('.tile[data-state=offline]')`)
	return p, front, offline
}

// TestWallIsAccessible has axe-core look at the wall: empty, full, and in trouble.
func TestWallIsAccessible(t *testing.T) {
	t.Parallel()
	axe := fetchAxe(t)
	p, front, offline := mixedWall(t)
	p.accessible(axe, "wall")
	p.click(tileOf("live") + " .tile-menu")
	p.waitFor(`document.querySelector('#tile-menu:popover-open')`)
	p.audit(axe, "menu") // which closes when the window changes
	p.press(keyEscape)
	p.choose(offline, "Why is it offline?")
	p.waitFor(`document.querySelector('#why-dialog .verdict')`)
	p.accessible(axe, "why")
	p.click("#why-dialog [data-close]")
	p.choose("off", "Remove")
	p.waitFor(`document.querySelector('.undo')`)
	p.choose("live", "Restart")
	p.waitFor(`document.querySelector('.note')`)
	p.accessible(axe, "undo")
	front.answer("GET /api/v1/cameras", hangsUp)
	p.waitFor(`!document.querySelector('#unreachable').hidden`)
	p.accessible(axe, "unreachable")

	empty := startFront(t, startHub(t))
	empty.answer("GET /api/v1/devices", says(http.StatusOK, "application/json", threeDevices))
	p.do(chromedp.Navigate(empty.url))
	p.waitFor(`document.querySelector('#empty').checkVisibility() && document.querySelectorAll('#empty .device').length === 3`)
	p.accessible(axe, "empty")
}

// TestCameraPageIsAccessible has axe-core look at the page of one camera.
func TestCameraPageIsAccessible(t *testing.T) {
	t.Parallel()
	axe := fetchAxe(t)
	hub, offline := mixedHub(t)
	page := startBrowser(t)
	p := page.openOne(hub, "live")
	p.waitFor(`document.querySelectorAll('#lately li').length > 0`)
	p.accessible(axe, "camera")
	p.press("?")
	p.waitFor(`document.querySelector('#keys-dialog').open`)
	p.accessible(axe, "camera-keys")
	p.press(keyEscape)
	p.waitFor(`!document.querySelector('#keys-dialog').open`)
	p.pressSpace()
	p.waitFor(`document.querySelector('#stage.paused')`)
	p.accessible(axe, "camera-paused")
	gone := page.open(hub.url+"/cameras/"+offline, "")
	gone.waitFor(`document.querySelector('#stage[data-state=offline]')`)
	gone.accessible(axe, "camera-offline")
	gone.do(chromedp.Navigate(hub.url + "/cameras/nosuch"))
	gone.waitFor(`!document.querySelector('#unknown').hidden`)
	gone.accessible(axe, "camera-unknown")
}

// TestAddingIsAccessible has axe-core look at the dialogs by which a camera is
// added, and at the list of keys.
func TestAddingIsAccessible(t *testing.T) {
	t.Parallel()
	axe, cam := fetchAxe(t), startUpstream(t)
	p, _, _ := mixedWall(t)
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
	p.fill("#a-url", cam.url())
	p.press("\r")
	p.waitFor(`document.querySelector('#add-dialog .preview')?.naturalWidth === 320`)
	p.accessible(axe, "add-found")
}

// TestFormIsAccessible has axe-core look at the form of a camera.
func TestFormIsAccessible(t *testing.T) {
	t.Parallel()
	axe := fetchAxe(t)
	p, _, offline := mixedWall(t)
	p.click("#add")
	p.waitFor(`document.querySelectorAll('#add-dialog .device').length === 3`)
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
