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
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	tolerant atomic.Bool // net/http refused an answer: ask with the raw client
	closing  atomic.Bool // each request needs a connection of its own
}

// New returns the camera of options that Check found no fault in. It does no
// input or output.
func New(o Options) *Camera {
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true}}
	return &Camera{opt: o, dial: dialer.DialContext}
}

// MaxFrameBytes returns the user's bound on a picture.
func (c *Camera) MaxFrameBytes() int { return c.opt.MaxFrameBytes }

// Client returns a client for one attempt. onQuirk, if not nil, is told what
// had to be tolerated, each once, from within Get and reads of a body. The
// caller closes the client.
func (c *Camera) Client(onQuirk func(name string)) *Client {
	cl := &Client{cam: c, onQuirk: onQuirk, at: c.opt.address}
	cl.line = newLine(c.dial, c.opt.tls())
	cl.std = newStdClient(cl.line)
	return cl
}
