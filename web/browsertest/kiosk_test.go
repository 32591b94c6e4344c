package browsertest

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// TestFullScreen enters it by the button and by a key; the bar goes while the
// pointer rests, and comes back.
func TestFullScreen(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A", "B")
	p := page.open(hub.url, "")
	p.waitForTiles("a b")
	const barIsAway = `!document.querySelector('.bar').checkVisibility({visibilityProperty: true})`
	p.click("#full")
	p.waitFor(`document.fullscreenElement && document.querySelector('#full').title === 'Leave full screen'`)
	p.waitFor(barIsAway + ` && getComputedStyle(document.querySelector('.tile')).cursor === 'none'`)
	p.waitFor(`document.querySelector('#tiles').getBoundingClientRect().top < 10`) // the tiles have all of it
	p.mouse(input.DispatchMouseEventTypeMouseMoved, point{300, 300}, false)
	p.waitFor(`!(` + barIsAway + `)`)
	p.press("f")
	p.waitFor(`!document.fullscreenElement`)
	p.press("f")
	p.waitFor(`document.fullscreenElement`)
	p.waitFor(barIsAway)
	p.strike("/")
	p.waitFor(`!(` + barIsAway + `) && document.activeElement.id === 'filter'`)
	p.waitForMotion("a")
}

// TestKioskTurns goes through the pages of the groups by itself, and lives
// through a restart of the hub without loading anew.
func TestKioskTurns(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("Hall", "A", "B", "C", "D", "E")
	hub.addIn("Yard", "F")
	p := page.open(hub.url+"/?kiosk=1&rotate=2s&layout=4", "window.sameDocument = true")
	p.waitFor(shown + ` !== ''`)
	for _, want := range []string{"a b c d", "e", "f", "a b c d"} {
		p.waitForTiles(want)
	}
	if eval[bool](p, `document.querySelector('.bar').checkVisibility() || document.querySelector('.tile-menu').checkVisibility()`) {
		t.Error("there is more to see than pictures")
	}
	p.click(tileOf("a") + " .view")
	if path := eval[string](p, `location.pathname`); path != "/" {
		t.Errorf("a click has led to %s, from where nobody comes back", path)
	}
	hub.kill()
	p.waitFor(`!document.querySelector('#unreachable').hidden`)
	hub.restart()
	p.waitFor(`document.querySelector('#unreachable').hidden && document.querySelector('.tile.fed:not([hidden])')`)
	p.waitForTiles("f")
	p.waitForTiles("e")
	if !eval[bool](p, `window.sameDocument === true`) {
		t.Error("the page was loaded anew for the same version")
	}
	p.press(keyEscape)
	p.waitFor(`document.querySelector('.bar')?.checkVisibility() && location.search === '?layout=4'`)

	one := page.open(hub.url+"/?kiosk=1&group=hall&rotate=2s&layout=4", "")
	for _, want := range []string{"a b c d", "e", "a b c d"} {
		one.waitForTiles(want)
	}
}

// TestKioskShowsAllWithoutScrolling has more cameras than a person could see
// well: in a kiosk nobody scrolls.
func TestKioskShowsAllWithoutScrolling(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	for _, group := range []string{"A", "B", "C", "D", "E", "F"} {
		hub.addIn("", group+"1", group+"2", group+"3", group+"4", group+"5", group+"6")
	}
	p := page.open(hub.url+"/?kiosk=1", "")
	p.size(800, 480)
	p.waitFor(`document.querySelectorAll('.tile.fed').length === 36`)
	if eval[bool](p, `document.documentElement.scrollHeight > innerHeight`) {
		t.Error("the page is taller than the window")
	}
	p.screenshot("kiosk")
}

// TestKioskKeepsTheScreenOn has a browser that refuses, as for a low battery: the
// kiosk asks again when it is seen anew.
func TestKioskKeepsTheScreenOn(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A")
	const script = `window.asked = ''; WakeLock.prototype.request = (kind) => { window.asked += kind + ' '; return Promise.reject(new Error('low battery')); };`
	p := page.open(hub.url+"/?kiosk=1", script)
	p.waitFor(`document.querySelector('.tile.fed') && window.asked === 'screen '`)
	eval[bool](p, hide(true))
	eval[bool](p, hide(false))
	p.waitFor(`window.asked === 'screen screen '`)
	wall := page.open(hub.url, script)
	wall.waitFor(`document.querySelector('.tile.fed')`)
	if asked := eval[string](wall, `window.asked`); asked != "" {
		t.Errorf("a wall that is no kiosk has asked for %q", asked)
	}
}

// TestKioskWithAnAddressThatIsWrong shows pictures, and what is wrong.
func TestKioskWithAnAddressThatIsWrong(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A")
	for _, value := range []string{"fast", "0.1s", "-3", "9e9", ""} {
		p := page.open(hub.url+"/?kiosk=1&rotate="+value, "")
		p.waitFor(`document.querySelector('.tile.fed') && document.querySelector('#hints').checkVisibility()`)
		if hint := p.text("#hints"); !strings.Contains(hint, "rotate="+value) || !strings.Contains(hint, "20s") {
			t.Errorf("for %q the page says %q", value, hint)
		}
		p.close()
	}
	p := page.open(hub.url+"/?rotate=5s", "")
	p.waitFor(`document.querySelector('#hints').innerText.includes('kiosk=1')`)
}

// TestUpdateOfTheHub replaces the program by another version: a kiosk loads
// itself anew, another wall offers it.
func TestUpdateOfTheHub(t *testing.T) {
	t.Parallel()
	newer := filepath.Join(t.TempDir(), "camhub")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-X main.release=v99.1.2", "-o", newer, "./cmd/camhub")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build another version: %v\n%s", err, out)
	}
	hub, page := startHub(t), startBrowser(t)
	hub.addIn("", "A")
	kiosk := page.open(hub.url+"/?kiosk=1", "window.loads = Number(sessionStorage.loads ?? 0) + 1; sessionStorage.loads = window.loads")
	wall := page.open(hub.url, "window.sameDocument = true")
	for _, p := range []*tab{kiosk, wall} {
		p.waitFor(`document.querySelector('.tile.fed')`)
	}
	hub.stop()
	kiosk.waitFor(`!document.querySelector('#unreachable').hidden`)
	hub.program = newer
	hub.restart()
	var status struct{ Version string }
	if hub.call("GET", "/api/v1/status", "", &status); status.Version != "v99.1.2" {
		t.Fatalf("the other program has the version %q", status.Version)
	}
	kiosk.waitFor(`window.loads === 2 && document.querySelector('.tile.fed')`)
	kiosk.waitForMotion("a")
	wall.waitFor(`document.querySelector('#hints').innerText.includes('new version')`)
	wall.waitFor(`document.querySelector('.tile.fed')`) // it goes on meanwhile
	if !eval[bool](wall, `window.sameDocument === true`) {
		t.Error("a wall that somebody operates was loaded anew")
	}
	wall.screenshot("updated")
	wall.click("#hints button:not(.quiet)")
	wall.waitFor(`document.querySelector('.tile.fed') && document.querySelector('#hints').childElementCount === 0`)
	if loads := eval[int](kiosk, `window.loads`); loads != 2 {
		t.Errorf("the kiosk has loaded %d times, want 2", loads)
	}
}
