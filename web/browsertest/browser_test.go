package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// process is a running browser without windows that a person could see.
type process struct {
	ctx  context.Context
	stop func() // ends it and waits; removes its profile
}

var errNoBrowser = errors.New("no Chromium is installed")

// launch runs a browser with an empty profile.
func launch() (process, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return process{}, errNoBrowser
	}
	profile, err := os.MkdirTemp("", "camhub-browser-")
	if err != nil {
		return process{}, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, // the pages are ours, and containers often forbid the sandbox
		chromedp.DisableGPU, chromedp.WindowSize(1600, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, end := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop := func() {
		within, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		chromedp.Cancel(within) // closes it and waits, so that its profile can be removed
		cancel()
		end()
		os.RemoveAll(profile)
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return process{}, err
	}
	return process{ctx, stop}, nil
}

// shared is the browser of all tests that need none of their own: a browser
// takes seconds to start. The first of them starts it, TestMain ends it.
var shared struct {
	once    sync.Once
	browser process
	err     error
}

// stopShared ends the shared browser, if it was started.
func stopShared() {
	if shared.browser.stop != nil {
		shared.browser.stop()
	}
}

// browser is a person's browser: it knows nothing of other tests.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// startBrowser gives a test a profile of its own in the shared browser.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	shared.once.Do(func() { shared.browser, shared.err = launch() })
	must(t, shared.err)
	ctx, cancel := chromedp.NewContext(shared.browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx))
	return &browser{t, ctx}
}

// startOwnBrowser runs a browser until the test ends, for tests that look at its
// processes, or at what it does in its first profile alone.
func startOwnBrowser(t *testing.T) *browser {
	t.Helper()
	p, err := launch()
	must(t, err)
	t.Cleanup(p.stop)
	return &browser{t, p.ctx}
}

// must ends a test without a browser: it is skipped where there is none, unless
// CI=true says that there must be one.
func must(t *testing.T, err error) {
	t.Helper()
	switch {
	case errors.Is(err, errNoBrowser) && os.Getenv("CI") != "true":
		t.Skip(err, ": the pages are not tested in a browser")
	case err != nil:
		t.Fatal("start the browser: ", err)
	}
}

// open shows a page in a new window. The script, if not "", runs before those of
// the page. The test fails if the page throws, opens a dialog or breaks its
// Content-Security-Policy.
func (b *browser) open(url, script string) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewWindow(true))
	p := &tab{t: b.t, ctx: ctx, close: cancel}
	b.t.Cleanup(func() {
		p.check()
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil { // opens the window, which ends with ctx
		b.t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, p.note); err != nil {
		b.t.Fatal(err)
	}
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // whatever window is in front
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	p.do(chromedp.Navigate(url))
	return p
}
