package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// TestMarkBeginsShort marks on the band of a whole day: the range is of minutes and
// recorded, and both of its ends can be taken.
func TestMarkBeginsShort(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East")
	for _, from := range []struct {
		what string
		at   time.Time
	}{{"in a recording", s.ended.Add(-time.Hour)}, {"where nothing is recorded", s.resumed.Add(-10 * time.Minute)}} {
		p := startBrowser(t).open(hub.url+"/?at="+zulu(from.at), "")
		p.size(1440, 900)
		p.waitFor(`document.querySelector('.tile.replay') && document.querySelector('.ribbon .all')`)
		p.click(`[aria-label=Mark]`)
		p.waitFor(`document.querySelectorAll('.handle').length === 2`)
		p.screenshot("mark-day")
		ends := eval[[2]int64](p, `[...document.querySelectorAll('.handle')].map((h) => Number(h.getAttribute('aria-valuenow')))`)
		begin, end := time.Unix(ends[0], 0), time.Unix(ends[1], 0)
		if d := end.Sub(begin); d < time.Minute || d > 2*time.Minute+time.Second {
			t.Errorf("%s: %v are marked", from.what, d)
		}
		inside := func(a, b time.Time) bool { return !begin.Before(a.Add(-time.Minute)) && !end.After(b.Add(time.Minute)) }
		if !inside(s.begun, s.gap) && !inside(s.resumed, s.ended) {
			t.Errorf("%s: %v to %v is marked, which is not recorded", from.what, begin, end)
		}
		for i := range 2 {
			if !eval[bool](p, fmt.Sprintf(`((h, {left, top, width, height}) => document.elementFromPoint(left + width / 2, top + height / 2) === h)(
				...[document.querySelectorAll('.handle')[%d]].flatMap((h) => [h, h.getBoundingClientRect()]))`, i)) {
				t.Errorf("%s: the end %d of the range lies under something", from.what, i)
			}
		}
	}
}

// TestTimelineOnAPhone has two rows of controls there, which fingers can hit.
func TestTimelineOnAPhone(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East")
	p := startBrowser(t).open(hub.url+"/?at="+zulu(s.begun.Add(time.Hour)), "")
	p.waitFor(`document.querySelector('.tile.replay.painted') && document.querySelector('.exports-open').checkVisibility()`)
	for _, width := range []int64{360, 390, 414} {
		p.size(width, 800)
		p.screenshot(fmt.Sprintf("timeline-phone-%d", width))
		p.waitFor(`(() => {
			const boxes = [...document.querySelectorAll('.transport :is(button, select)')].filter((el) => el.checkVisibility()).map((el) => el.getBoundingClientRect());
			const rows = new Set(boxes.map((b) => Math.round(b.top / 10)));
			return boxes.length >= 10 && rows.size <= 2 && boxes.every((b) => b.width >= 39.9 && b.height >= 39.9 && b.left >= 0 && b.right <= innerWidth);
		})()`)
	}
}

// TestNarrowTileKeepsWords shows cameras that are offline in tiles that have no room for
// the reason: what is shown of it are whole words, and all of it is there for a mouse and
// for a screen reader.
func TestNarrowTileKeepsWords(t *testing.T) {
	t.Parallel()
	hub, browser := startHub(t), startBrowser(t)
	for i := range 9 {
		hub.call("POST", "/api/v1/cameras", fmt.Sprintf(`{"name":"Camera %d","source":{"kind":"mjpeg","url":"http://127.0.0.1:9/"}}`, i), nil)
	}
	p := browser.open(hub.url+"/?layout=columns-3", "")
	p.waitFor(`document.querySelectorAll('.tile[data-state=offline]').length === 9`)
	const full = `The camera refused the connection: nothing listens at this address and port.`
	cut := false
	for _, size := range [][2]int64{{360, 740}, {600, 800}, {820, 1180}, {1600, 900}} {
		p.size(size[0], size[1], "prefers-color-scheme:dark")
		p.waitFor(`[...document.querySelectorAll('.reason')].every((el) => {
			const shown = (el.querySelector('[aria-hidden]') ?? el).textContent, full = ` + quote(full) + `;
			const whole = shown === full || shown === '' || shown.endsWith('…') && /^[ :]/.test(full.slice(shown.length - 1)) && full.startsWith(shown.slice(0, -1));
			const read = shown === full || el.querySelector('.unseen').textContent === full;
			const tile = el.closest('.tile'), [a, b, c] = [el, tile, tile.querySelector('.name')].map((e) => e.getBoundingClientRect());
			return whole && read && tile.querySelector('.view').title === full && a.top >= b.top && a.bottom <= c.top + 1 && el.scrollHeight <= el.clientHeight + 2;
		})`)
		cut = cut || eval[bool](p, `document.querySelector('.reason [aria-hidden]') !== null`)
		p.screenshot(fmt.Sprintf("narrow-%d", size[0]))
	}
	if !cut {
		t.Error("no tile was too small: nothing was tried")
	}
	if eval[bool](p, `document.querySelector('.reason [aria-hidden]') !== null`) {
		t.Error("there is room for all of it now, and it is cut still")
	}
}

// letters sets the size of letters that a person has chosen in the browser; 16 is usual.
func (p *tab) letters(px int64) {
	p.t.Helper()
	call(p, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: px}})
}

// TestLargeLetters has letters of twice the size on all pages: they are larger, and
// nothing is wider than the window.
func TestLargeLetters(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "Front door", "Garden", "Stairs to the cellar")
	hub.call("POST", "/api/v1/cameras", `{"name":"Old printer","source":{"kind":"mjpeg","url":"http://127.0.0.1:9/"}}`, nil)
	p := startBrowser(t).open(hub.url, "")
	at := "?at=" + zulu(s.ended.Add(-time.Hour))
	for _, look := range []struct{ name, path, ready string }{
		{"wall", "/" + at, `document.querySelectorAll('.tile.replay.painted').length === 3`},
		{"camera", "/cameras/front-door" + at, `document.querySelector('#stage.replay.painted')`},
		{"offline", "/cameras/old-printer", `document.querySelector('#stage[data-state=offline]')`},
		{"edit", "/?edit=front-door", `document.querySelector('dialog[open]')`},
		{"storage", "/storage", `document.querySelectorAll('#usage tbody tr').length === 3`},
		{"account", "/account", `document.querySelector('#who a')`},
		{"users", "/users", `document.querySelector('#who a')`},
		{"shares", "/shares", `document.querySelector('#shares li')`},
	} {
		p.letters(16)
		p.size(1440, 900)
		p.goTo(hub.url + look.path)
		p.waitFor(look.ready)
		usual := eval[float64](p, `parseFloat(getComputedStyle(document.body).fontSize)`)
		p.letters(32)
		for _, size := range [][2]int64{{1440, 900}, {390, 844}} {
			p.size(size[0], size[1])
			p.waitFor(fmt.Sprintf(`parseFloat(getComputedStyle(document.body).fontSize) > %v`, 1.5*usual))
			p.waitFor(fmt.Sprintf(`document.documentElement.scrollWidth <= %d`, size[0]))
			p.screenshot(fmt.Sprintf("letters-%s-%d", look.name, size[0]))
		}
	}
}

// TestHighContrast looks at the wall with the colours of a person's own: what only a
// ground or a colour says can be seen still.
func TestHighContrast(t *testing.T) {
	t.Parallel()
	hub, s := startSeeded(t, "East")
	p := startBrowser(t).open(hub.url+"/?at="+zulu(s.ended.Add(-time.Hour)), "")
	p.size(1440, 900, "forced-colors:active", "prefers-color-scheme:dark")
	p.waitFor(`document.querySelector('.tile.replay.painted') && document.querySelector('.ribbon .all')`)
	const ground = `getComputedStyle(document.querySelector('.to-live')).backgroundColor`
	off := eval[string](p, ground)
	p.click(`[aria-label=Mark]`)
	p.waitFor(`document.querySelectorAll('.handle').length === 2 && getComputedStyle(document.querySelector('.handle'), '::before').backgroundColor !== getComputedStyle(document.body).backgroundColor`)
	p.screenshot("contrast-mark")
	p.click(".to-live")
	p.waitFor(ground + " !== " + quote(off))
	p.click(".transport .date")
	p.waitFor(`document.querySelector('.calendar:popover-open [data-has]')`)
	p.screenshot("contrast-calendar")
	if !eval[bool](p, `getComputedStyle(document.querySelector('.tile'), '::after').borderTopStyle === 'solid'`) {
		t.Error("a tile has no edge")
	}
}
