package live

import "time"

// The bounds of a window, in bytes.
const (
	firstWindow = 64 << 10
	minWindow   = 32 << 10
	maxWindow   = 8 << 20
)

// ackTarget is how long after it was sent a picture is to be acknowledged. What
// is under way for longer lies in a queue, on the link or in the browser, and
// only makes pictures old.
const ackTarget = 200 * time.Millisecond

// leastCut bounds how much one late acknowledgement takes from a window: a
// browser may have been busy with something else.
const leastCut = 0.25

// window says how many bytes of pictures may be under way on one connection. It
// grows while acknowledgements come well within ackTarget and shrinks in
// proportion when they come later. Use newWindow; it is not safe for concurrent
// use.
type window struct {
	size  float64
	cutAt time.Time // when it shrank last
}

func newWindow() window { return window{size: firstWindow} }

// bytes returns the size.
func (w *window) bytes() int { return int(w.size) }

// acked takes note of an acknowledgement at now for n bytes that were sent at
// sentAt. filled says that at least half of the window was in use then: one
// that is not in use learns nothing about the link, and must not grow.
func (w *window) acked(now, sentAt time.Time, n int, filled bool) {
	took := now.Sub(sentAt)
	switch {
	case took <= ackTarget && filled:
		room := 1 - float64(took)/float64(ackTarget)
		w.size = min(maxWindow, w.size+float64(n)*room)
	case took > ackTarget && sentAt.After(w.cutAt):
		// What was sent before the last cut tells of the window before it.
		w.size = max(minWindow, w.size*max(leastCut, float64(ackTarget)/float64(took)))
		w.cutAt = now
	}
}
