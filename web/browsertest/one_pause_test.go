package browsertest

import (
	"bytes"
	"context"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	downloads "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// countMessages counts what the page is sent over the wall socket.
const countMessages = `window.messages = 0;
	const Before = WebSocket;
	window.WebSocket = class extends Before {
		constructor(...a) { super(...a); this.addEventListener('message', () => window.messages++); }
	};`

// TestOnePauses holds a picture: it stands still, says so with its time, costs
// nothing, can be zoomed and saved, and is live again at once.
func TestOnePauses(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addSized("Yard", 1920, 1080)
	p := one{page.open(hub.url+"/cameras/yard", countMessages)}
	p.window(800, 700, 1, false)
	p.waitForPicture()
	p.waitFor(`document.querySelector('.feed').naturalWidth === 960`)
	files := p.downloads()

	p.pressSpace()
	p.waitFor(`/^Paused at \d+:\d\d:\d\d [AP]M$/.test(document.querySelector('[data-mark=paused]').innerText.trim())`)
	waitForViewers(t, hub, 0)
	p.waitFor(`document.querySelector('.feed').naturalWidth === 1920`) // the copy gave way to the camera's own picture
	held, sent := p.fingerprint(".feed"), eval[int](p.tab, `window.messages`)
	before := eval[string](p.tab, `document.querySelector('.feed').src`)
	p.waitFor(`performance.now() > ` + eval[string](p.tab, `String(performance.now() + 2000)`))
	if now := p.fingerprint(".feed"); now != held {
		t.Error("the picture moves while it is paused")
	}
	if y := eval[float64](p.tab, `scrollY`); y != 0 {
		t.Errorf("Space has scrolled the page to %v as well", y)
	}
	if now := eval[int](p.tab, `window.messages`); now != sent {
		t.Errorf("%d messages came while it was paused", now-sent)
	}
	p.press("+")
	if p.scale() < 1.4 {
		t.Error("a picture that is paused can't be zoomed")
	}
	p.screenshot("one-paused")
	p.click("#save")
	name, saved := files.next()
	if !strings.HasPrefix(name, "Yard 20") || !strings.HasSuffix(name, ".jpg") {
		t.Errorf("the file is called %q", name)
	}
	if shown := eval[int](p.tab, `atob(`+quote(before)+`.split(',')[1]).length`); shown != len(saved) {
		t.Errorf("a picture of %d bytes was saved, that of %d is shown", len(saved), shown)
	}

	p.pressSpace()
	p.waitFor(`document.querySelector('[data-mark=paused]').hidden`)
	p.waitForPicture()
	p.waitForMotion()
	waitForViewers(t, hub, 1)
	p.click("#pause")
	p.waitFor(`document.querySelector('#stage.paused') && document.querySelector('#pause').innerText.trim() === 'Resume'`)
	p.pressSpace() // the button has the focus: it is pressed once, not twice
	p.waitFor(`!document.querySelector('#stage.paused') && document.querySelector('#pause').innerText.trim() === 'Pause'`)
	p.waitForMotion()
}

// TestOneSavesPictures saves the camera's own picture though a copy is shown, and
// the last one of a camera that is gone.
func TestOneSavesPictures(t *testing.T) {
	t.Parallel()
	hub, cam, page := startHub(t), startUpstream(t), startBrowser(t)
	hub.addSized("Big/Yard:1", 1920, 1080)
	hub.call("POST", "/api/v1/cameras", `{"name":"Gate","source":{"kind":"mjpeg","url":"`+cam.url()+`"}}`, nil)
	p := page.openOne(hub, hub.cameras()[0].ID)
	p.window(800, 700, 1, false)
	p.waitFor(`document.querySelector('.feed').naturalWidth === 960`)
	files := p.downloads()
	p.press("s")
	name, b := files.next()
	if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != 1920 || !strings.HasPrefix(name, "Big-Yard-1 20") {
		t.Errorf("%q is %d wide, %v", name, c.Width, err)
	}
	p.press(keyRight)
	p.waitFor(`document.querySelector('#name').innerText === 'Gate'`)
	p.waitForPicture()
	cam.off()
	p.waitFor(`document.querySelector('#stage[data-state=offline]')`)
	p.press("s")
	name, b = files.next()
	if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != 320 || !strings.HasPrefix(name, "Gate 20") {
		t.Errorf("%q is %d wide, %v", name, c.Width, err)
	}
}

// TestOneSaysWhyNothingIsSaved asks for a picture of a camera that never gave one.
func TestOneSaysWhyNothingIsSaved(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	silent := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(silent.Close)
	hub.call("POST", "/api/v1/cameras", `{"name":"Gate","source":{"kind":"mjpeg","url":"`+silent.URL+`"}}`, nil)
	p := one{page.open(hub.url+"/cameras/gate", "")}
	p.waitFor(`document.querySelector('#stage[data-state=offline]')`)
	p.press("s")
	p.waitFor(`document.querySelector('.note.failed')?.innerText.includes('no picture')`)
	p.pressSpace() // there is nothing to hold
	if eval[bool](p.tab, `document.querySelector('#stage').classList.contains('paused')`) {
		t.Error("nothing is paused")
	}
}

// TestOneCopiesTheAddress copies the feed's address where the clipboard is, and
// offers it where it is not, as on plain HTTP between two machines.
func TestOneCopiesTheAddress(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	for _, clipboard := range []bool{true, false} {
		script := `window.copied = ''; Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (t) => { window.copied = t; }}})`
		if !clipboard {
			script = `Object.defineProperty(navigator, 'clipboard', {value: undefined})`
		}
		p := one{page.open(hub.url+"/cameras/yard", script)}
		p.waitForPicture()
		p.click("#copy")
		want := hub.url + "/cameras/yard/feed"
		if clipboard {
			p.waitFor(`window.copied === ` + quote(want) + ` && document.querySelector('#by-hand').hidden`)
		} else {
			p.waitFor(`document.activeElement.matches('#feed-address') && getSelection().toString() === ` + quote(want))
		}
	}
}

// folder is where a page's downloads come.
type folder struct {
	t    *testing.T
	path string
	seen map[string]bool
}

// downloads has the page's downloads come into a folder.
func (p one) downloads() *folder {
	p.t.Helper()
	f := &folder{p.t, p.t.TempDir(), map[string]bool{}}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	profile := chromedp.FromContext(p.ctx).BrowserContextID
	how := downloads.SetDownloadBehaviorParams{Behavior: downloads.SetDownloadBehaviorBehaviorAllow, BrowserContextID: profile, DownloadPath: f.path}
	if _, err := chromedp.CallBrowser(ctx, downloads.SetDownloadBehavior, how); err != nil {
		p.t.Fatal(err)
	}
	return f
}

// next waits for the next file and returns its name and contents.
func (f *folder) next() (string, []byte) {
	f.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(f.path, "*.jpg"))
		if err != nil {
			f.t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil || f.seen[file] || !bytes.HasSuffix(b, []byte{0xff, 0xd9}) {
				continue // it is being written
			}
			f.seen[file] = true
			return filepath.Base(file), b
		}
	}
	f.t.Fatal("no file came")
	return "", nil
}
