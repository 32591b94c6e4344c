package browsertest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
)

// axis returns the part of time that the band shows.
func (p *tab) axis() (from, to time.Time) {
	p.t.Helper()
	a := eval[[2]float64](p, `['aria-valuemin', 'aria-valuemax'].map((n) => Number(document.querySelector('.ribbon').getAttribute(n)))`)
	return time.Unix(int64(a[0]), 0), time.Unix(int64(a[1]), 0)
}

// TestTimelineByFingers drags with one finger, and zooms with two: the times that are
// under them stay there.
func TestTimelineByFingers(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East")
	y, m, d := s.begun.Local().AddDate(0, 0, 1).Date() // a day that is over
	p := startBrowser(t).open(hub.url+"/?at="+zulu(time.Date(y, m, d, 12, 0, 0, 0, time.Local)), "")
	p.size(360, 740)
	p.waitFor(`document.querySelector('.tile.replay.painted') && document.querySelector('.ribbon .all')`)
	from, to := p.axis()
	timeAt := func(share float64) time.Time { return from.Add(time.Duration(share * float64(to.Sub(from)))) }
	if to.Sub(from) < 23*time.Hour {
		t.Fatalf("the band is from %v to %v", from, to)
	}
	p.finger(input.DispatchTouchEventTypeTouchStart, p.at(".ribbon", 0.5, 0.5))
	p.swipe(p.at(".ribbon", 0.5, 0.5), p.at(".ribbon", 0.2, 0.5))
	p.screenshot("timeline-finger")
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	p.waitForSlider(timeAt(0.2), 10*time.Minute)
	if a, b := p.axis(); !a.Equal(from) || !b.Equal(to) {
		t.Errorf("one finger has moved the band to %v–%v", a, b)
	}

	// From the middle third to almost all of it.
	left, right := timeAt(0.4), timeAt(0.6)
	for i := range 9 {
		apart := 0.1 + 0.04*float64(i)
		kind := input.DispatchTouchEventTypeTouchMove
		if i == 0 {
			kind = input.DispatchTouchEventTypeTouchStart
		}
		a, b := p.at(".ribbon", 0.5-apart, 0.5), p.at(".ribbon", 0.5+apart, 0.5)
		p.fingers(kind, a, b)
	}
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	var atLeft, atRight float64
	p.poll("two fingers spread the band", func() bool {
		from, to := p.axis()
		share := func(at time.Time) float64 { return float64(at.Sub(from)) / float64(to.Sub(from)) }
		atLeft, atRight = share(left), share(right)
		return math.Abs(atLeft-0.08) <= 0.05 && math.Abs(atRight-0.92) <= 0.05
	}, func() string {
		return fmt.Sprintf("they took %v and %v to %.2f and %.2f of it", left, right, atLeft, atRight)
	})
}

// waitForSlider waits until the slider stands at a time that is recorded, or as near
// as that: the page takes what fingers do with the next picture that it draws.
func (p *tab) waitForSlider(want time.Time, near time.Duration) {
	p.t.Helper()
	var at time.Time
	var live bool
	p.poll("the slider follows a finger", func() bool {
		at, live = p.sliderAt()
		return !live && at.Sub(want).Abs() <= near
	}, func() string { return fmt.Sprintf("it is at %v, live %v, want %v", at, live, want) })
}

// poll asks until something is so, and fails the test with what was instead.
func (p *tab) poll(what string, is func() bool, instead func() string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("never: %s: %s", what, instead())
		}
	}
}

// fingers sends one event of two fingers.
func (p *tab) fingers(kind input.DispatchTouchEventType, a, b point) {
	p.t.Helper()
	call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{
		{X: a.X, Y: a.Y, ID: new(1.0)}, {X: b.X, Y: b.Y, ID: new(2.0)},
	}})
}

// TestTimelineIsAccessible has axe-core look at the band, the calendar, a marked range
// and the dialog of exports, on the wall and on the page of a camera.
func TestTimelineIsAccessible(t *testing.T) {
	t.Parallel()
	axe := fetchAxe(t)
	hub, s := startSeeded(t, "East", "West")
	hub.call("POST", "/api/v1/pins", fmt.Sprintf(`{"cameras":["east"],"from":%q,"to":%q,"note":"Parcel"}`, zulu(s.begun), zulu(s.begun.Add(time.Hour))), nil)
	p := startBrowser(t).open(hub.url+"/?at="+zulu(s.ended.Add(-time.Hour)), "")
	p.waitFor(`document.querySelectorAll('.tile.replay.painted').length === 2 && document.querySelector('.ribbon .all')`)
	p.accessible(axe, "timeline")
	p.click(".transport .date")
	p.waitFor(`document.querySelector('.calendar:popover-open [data-has]')`)
	p.audit(axe, "calendar") // which closes when the window changes
	p.press(keyEscape)
	p.click(`[aria-label=Mark]`)
	p.waitFor(`document.querySelectorAll('.handle').length === 2`)
	p.accessible(axe, "timeline-marked")
	p.click(`.choosing .primary`)
	p.waitFor(`document.querySelector('#export-dialog').open`)
	p.accessible(axe, "export")
	p.click(`#export-dialog .primary`)
	p.waitFor(`document.querySelector('#export-dialog .files a')`)
	p.accessible(axe, "export-ready")
	p.goTo(hub.url + "/cameras/east?at=" + zulu(s.gap.Add(time.Hour)))
	p.waitFor(`!document.querySelector('[data-mark=missing]').hidden && document.querySelector('.ribbon .all')`)
	p.accessible(axe, "timeline-camera")
	p.goTo(hub.url + "/storage")
	p.waitFor(`document.querySelector('#exports .files a') && document.querySelector('#pins li')`)
	p.accessible(axe, "storage-full")
}

// apart is true when no control of the timeline lies over another.
const apart = `(() => {
	const places = [...document.querySelectorAll('.transport :is(button, select, .instant)')].filter((el) => el.checkVisibility()).map((el) => el.getBoundingClientRect());
	return places.every((p, i) => places.slice(0, i).every((o) => o.right <= p.left + 1 || p.right <= o.left + 1 || o.bottom <= p.top + 1 || p.bottom <= o.top + 1));
})()`

// TestTimelineInEverySize looks at all pages with recordings in windows from a phone to a
// large screen: nothing is wider than the window, and nothing moves by itself for those
// who do not want that.
func TestTimelineInEverySize(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East", "West", "Front door with a long name", "Yard")
	p := startBrowser(t).open(hub.url+"/?at="+zulu(s.ended.Add(-time.Hour)), "")
	at := "?at=" + zulu(s.ended.Add(-time.Hour))
	for _, page := range []struct{ name, path, ready string }{
		{"wall", "/" + at, `document.querySelectorAll('.tile.replay.painted').length === 4 && document.querySelector('.ribbon .all')`},
		{"camera", "/cameras/east" + at, `document.querySelector('#stage.replay.painted') && document.querySelector('.ribbon .all')`},
		{"export", "/" + at, `document.querySelectorAll('.tile.replay.painted').length === 4 && document.querySelector('.exports-open').checkVisibility()`},
		{"storage", "/storage", `document.querySelectorAll('#usage tbody tr').length === 4`},
	} {
		p.size(1440, 900, "prefers-color-scheme:dark")
		p.goTo(hub.url + page.path)
		p.waitFor(page.ready)
		if page.name == "export" {
			p.mark()
			p.click(`#export-dialog .primary`)
			p.waitFor(`document.querySelector('#export-dialog .files a')`)
			p.click(`#export-dialog .buttons button`)
			p.click(`.choosing .primary`)
		}
		for _, size := range [][2]int64{{360, 740}, {820, 1180}, {1440, 900}, {3840, 2160}} {
			for _, scheme := range []string{"dark", "light"} {
				p.size(size[0], size[1], "prefers-color-scheme:"+scheme, "prefers-reduced-motion:reduce")
				p.waitFor(fmt.Sprintf(`document.documentElement.scrollWidth <= %d && document.getAnimations().length === 0`, size[0]))
				p.waitFor(`[...document.querySelectorAll('.transport button, .transport select')].every((el) => !el.checkVisibility() || el.getBoundingClientRect().right <= innerWidth && el.getBoundingClientRect().left >= 0)`)
				p.waitFor(apart)
				p.screenshot(fmt.Sprintf("size-%s-%d-%s", page.name, size[0], scheme))
			}
		}
	}
}
