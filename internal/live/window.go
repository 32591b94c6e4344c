package live

import "time"

// The bounds of a window, in bytes. One picture may be under way in any case.
const (
	firstWindow = 64 << 10
	minWindow   = 8 << 10
	maxWindow   = 8 << 20
)

const (
	// queueTarget is how long pictures may wait on their way, on the link or in
	// the browser, beyond the time that one takes alone. What waits longer only
	// makes pictures old, and what never waits leaves the link idle.
	queueTarget = 100 * time.Millisecond
	// aloneLasts is for how long it is believed how long one picture takes alone.
	aloneLasts = 10 * time.Second
	// tryEvery is how often one picture more goes than there is room for, when that
	// is room for few: one alone can't tell a slow link from a far one.
	tryEvery = time.Second
	few      = 3
)

// window says how many bytes of pictures may be under way on one connection:
// what the connection carries in the time that a picture takes alone and in
// queueTarget, or half of that time if it is more. So the window fits links that are near and far, quick and slow.
// Both times are measured with each acknowledgement, after the idea of BBR
// (Cardwell and others, ACM Queue 14/5, 2016). Use newWindow; it is not safe for
// concurrent use.
type window struct {
	size  float64
	rate  float64       // bytes a second that are carried; 0 before the first picture
	alone time.Duration // that a picture takes alone, until it is acknowledged

	least    time.Duration // the same, in the period that runs; 0: none came yet
	since    time.Time     // when that period began
	emptying time.Time     // since when the way is let run empty to measure alone, or zero
	heard    time.Time     // when the last acknowledgement came
	tried    time.Time     // when a picture went last though there was no room
}

func newWindow() window { return window{size: firstWindow} }

// bytes returns the size.
func (w *window) bytes() int {
	if !w.emptying.IsZero() {
		return int(min(w.size, w.rate*w.alone.Seconds()/2))
	}
	return int(w.size)
}

// admits reports whether a picture of n bytes may go when so many pictures and
// bytes are under way.
func (w *window) admits(n, pictures, bytes int, now time.Time) bool {
	switch {
	case pictures == 0, bytes+n <= w.bytes():
		return true
	case pictures <= few && w.emptying.IsZero() && w.heard.After(w.tried) && now.Sub(w.tried) >= tryEvery:
		w.tried = now
		return true
	}
	return false
}

// queue returns how long pictures may wait on their way.
func (w *window) queue() time.Duration { return max(queueTarget, w.alone/2) }

// acked takes note of a picture that was sent and is acknowledged now. queue is
// what was under way when it was sent, with the picture itself.
func (w *window) acked(sent, now time.Time, queue int) {
	took := max(now.Sub(sent), time.Millisecond)
	w.heard = now
	w.measureAlone(sent, now, took)
	carried := float64(queue) / took.Seconds()
	switch late := took > w.alone+w.queue()/2; {
	case carried > w.rate:
		w.rate = carried
	case late: // else there was not enough to tell
		w.rate += (carried - w.rate) / 4
	}
	w.size = min(max(w.rate*(w.alone+w.queue()).Seconds(), minWindow), maxWindow)
}

// measureAlone keeps the shortest time of the periods before and now. When one
// has shown long times alone, they may be due to what waits: then the way is
// emptied until a picture has shown how long it takes with nothing before it.
func (w *window) measureAlone(sent, now time.Time, took time.Duration) {
	if w.least == 0 || took < w.least {
		w.least = took
	}
	if w.alone == 0 || took < w.alone {
		w.alone = took
	}
	switch {
	case w.since.IsZero():
		w.since = now
	case !w.emptying.IsZero():
		if !sent.Before(w.emptying) {
			w.alone, w.least, w.since, w.emptying = took, 0, now, time.Time{}
		}
	case now.Sub(w.since) < aloneLasts:
	case w.least <= w.alone+w.queue()/2:
		w.alone, w.least, w.since = w.least, 0, now
	default:
		w.emptying = now
	}
}
