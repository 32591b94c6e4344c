package browsertest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// mark marks a range around the time that the slider is at, and opens the dialog of
// exports for it.
func (p *tab) mark() {
	p.t.Helper()
	p.click(`[aria-label=Mark]`)
	p.waitFor(`document.querySelectorAll('.handle').length === 2`)
	p.click(`.choosing .primary`)
	p.waitFor(`document.querySelector('#export-dialog').open`)
}

// TestExportIsFoundAgain makes an export, closes the dialog and the page, and finds it
// again: its progress, its file with the checksum, and its end. Nobody polls for it.
func TestExportIsFoundAgain(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East", "West")
	page := startBrowser(t)
	p := page.open(hub.url+"/?at="+zulu(s.ended.Add(-30*time.Minute)), "")
	p.waitFor(`!document.querySelector('#timeline').hidden && document.querySelector('.exports-open').checkVisibility()`)
	p.mark()
	p.click(`#export-dialog [value=west]`) // only one of the two
	p.screenshot("export-choice")
	p.click(`#export-dialog .primary`)
	p.waitFor(`document.querySelector('#export-dialog .exports [data-state=ready] .files a')`)
	if !eval[bool](p, `document.querySelector('#export-dialog .exports').innerText.includes('East, ') && !document.querySelector('#export-dialog .exports').innerText.includes('West')`) {
		t.Error("it is of other cameras: ", p.text("#export-dialog .exports"))
	}
	p.screenshot("export-ready")
	href := eval[string](p, `document.querySelector('#export-dialog .files a').href`)
	sum := downloaded(t, href)
	p.click(`#export-dialog .buttons button`)
	p.waitFor(`!document.querySelector('#export-dialog').open`)

	p.goTo(hub.url + "/")
	p.waitFor(`document.querySelector('.exports-open')?.checkVisibility()`)
	p.click(`.exports-open`)
	p.waitFor(`document.querySelector('#export-dialog .exports [data-state=ready] code')`)
	if eval[bool](p, `document.querySelector('#export-dialog fieldset').checkVisibility() || document.querySelector('#export-dialog .primary').checkVisibility()`) {
		t.Error("the list asks for cameras though no range is marked")
	}
	if got := p.text("#export-dialog code"); got != sum {
		t.Errorf("the checksum is %q, want %q", got, sum)
	}
	p.click(`#export-dialog .exports li > button`)
	p.waitFor(`!document.querySelector('#export-dialog .exports li') && document.activeElement.matches('#export-dialog h3')`)
	if _, b := hub.Call("GET", "/api/v1/exports", ""); strings.TrimSpace(string(b)) != `{"exports":[]}` {
		t.Errorf("the hub has %s", b)
	}
	// The stream, and one look when the page was opened.
	if asked := eval[int](p, `performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/api/v1/exports')).length`); asked > 2 {
		t.Errorf("the page has asked %d times", asked)
	}
}

// downloaded takes a file, and returns its checksum.
func downloaded(t *testing.T, href string) string {
	t.Helper()
	resp, err := http.Get(href)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	sum := sha256.New()
	if n, err := io.Copy(sum, resp.Body); err != nil || n < 1000 {
		t.Fatalf("%d bytes: %v", n, err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// TestExportIsCancelled begins one that takes long, which goes on when the dialog is
// closed and the page is opened anew, and cancels it.
func TestExportIsCancelled(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Parallel()
	hub, s := startSeeded(t, "East")
	page := startBrowser(t)
	p := page.open(hub.url+"/?at="+zulu(s.ended.Add(-30*time.Minute)), "")
	p.waitFor(`!document.querySelector('#timeline').hidden && document.querySelector('.exports-open').checkVisibility()`)
	hub.call("POST", "/api/v1/exports", fmt.Sprintf(`{"cameras":["east"],"from":%q,"to":%q,"format":"mp4-h264"}`, zulu(s.begun), zulu(s.ended)), nil)
	p.click(`.exports-open`) // it is of somebody else, and shown all the same
	p.waitFor(`document.querySelector('#export-dialog .exports [data-state=running] progress')?.value > 0`)
	p.screenshot("export-running")
	p.click(`#export-dialog .buttons button`)
	p.waitFor(`/^\d+ %$/.test(document.querySelector('.exports-open').innerText) && /^1 export under way/.test(document.querySelector('.exports-open').title)`)
	p.goTo(hub.url + "/")
	p.waitFor(`/^\d+ %$/.test(document.querySelector('.exports-open')?.innerText ?? '')`)
	p.click(`.exports-open`)
	p.waitFor(`document.querySelector('#export-dialog .exports [data-state=running]')`)
	p.click(`#export-dialog .exports li > button`)
	p.waitFor(`!document.querySelector('#export-dialog .exports li')`)
	if _, b := hub.Call("GET", "/api/v1/exports", ""); strings.TrimSpace(string(b)) != `{"exports":[]}` {
		t.Errorf("the hub has %s", b)
	}
}
