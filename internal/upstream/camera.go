package upstream

import (
	"context"
	"net"
	"sync/atomic"
)

// Camera is an HTTP camera as a user configured it, with what its answers have
// taught. Make one of each configuration and keep it for its life, so that a
// camera that needs care is not tried the plain way at every attempt. It is
// safe for concurrent use.
type Camera struct {
	opt  Options
	dial func(ctx context.Context, network, address string) (net.Conn, error) // nil but in tests

	tolerant  atomic.Pointer[string] // the quirk for which the tolerant client asks; nil: it does not
	closing   atomic.Bool            // each request needs a connection of its own
	anyLength atomic.Bool            // the lengths of answers are wrong
}

// New returns the camera of options that Check found no fault in. It does no
// input or output.
func New(o Options) *Camera {
	return &Camera{opt: o}
}

// MaxFrameBytes returns the user's bound on a picture.
func (c *Camera) MaxFrameBytes() int { return c.opt.MaxFrameBytes }

// Client returns a client for one attempt. onQuirk, if not nil, is called with what
// had to be tolerated, each once, from within Get and reads of a body. The
// caller closes the client.
func (c *Camera) Client(onQuirk func(name string)) *Client {
	cl := &Client{cam: c, onQuirk: onQuirk, at: c.opt.address}
	dial := c.dial
	if dial == nil {
		dial = dialWithin(Networks{}.MayDial)
	}
	cl.line = newLine(dial, c.opt.tls())
	cl.std = newStdClient(cl.line, c.tolerate)
	cl.raw = &rawClient{line: cl.line, quirk: cl.quirk}
	return cl
}

// IgnoreLength makes the camera be asked from now on without belief in the
// Content-Length of its answers: each ends with its connection. It is for who
// sees that the lengths cut the pictures.
func (c *Camera) IgnoreLength() {
	c.anyLength.Store(true)
	c.tolerate(WrongLength)
}

// changeHabit makes the next attempt keep the connection over a challenge if
// this one did not, and the other way round: the answer to a challenge did not
// get through, and for some cameras the one is why, for some the other.
func (c *Camera) changeHabit() { c.closing.Store(!c.closing.Load()) }

// tolerate makes the tolerant client ask from now on, because of a quirk.
func (c *Camera) tolerate(quirk string) { c.tolerant.CompareAndSwap(nil, &quirk) }

// tolerated returns why the tolerant client asks, or "" when it does not.
func (c *Camera) tolerated() string {
	if q := c.tolerant.Load(); q != nil {
		return *q
	}
	return ""
}
