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

// window says how many bytes of pictures may be under way on one connection. It
// grows while acknowledgements come well within ackTarget, and shrinks to what
// the connection carries in that time when they come later. Use newWindow; it is
// not safe for concurrent use.
type window struct{ size float64 }

func newWindow() window { return window{firstWindow} }

// bytes returns the size.
func (w *window) bytes() int { return int(w.size) }

// acked takes note of a picture of n bytes that was acknowledged so long after
// it was sent. queue is what was under way then, with the picture itself. Where
// that was little, a quick answer says nothing about a larger window.
func (w *window) acked(took time.Duration, n, queue int) {
	switch {
	case took > ackTarget:
		carried := float64(queue) * float64(ackTarget) / float64(took)
		w.size = max(minWindow, min(w.size, carried))
	case 2*queue >= w.bytes():
		room := 1 - float64(took)/float64(ackTarget)
		w.size = min(maxWindow, w.size+float64(n)*room)
	}
}
