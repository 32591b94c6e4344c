package probe

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/gate"
	"camhub/internal/hub"
	"camhub/internal/source"
	"camhub/internal/stream"
)

// Bounds of all probes.
const (
	deadline  = 14 * time.Second // of one, so that its result is there within 15 s
	maxProbes = 4                // at once
	maxWait   = 2 * time.Second  // for another probe of the same host
)

// Cameras is what a probe needs of the registry.
type Cameras interface {
	// Whole returns a camera with its secrets, or a fault.NotFound error.
	Whole(id camera.ID) (camera.Definition, error)
	// List returns all cameras without their secrets.
	List() ([]camera.Definition, error)
}

// Hub is what a probe needs of the running cameras.
type Hub interface {
	Hold(ctx context.Context, id camera.ID) (release func(), err error)
	Restart(id camera.ID) error
	Status(id camera.ID) (hub.Status, error)
	Stream(id camera.ID) (*stream.Stream, error)
}

// Config is what a Prober needs of the rest of the program.
type Config struct {
	Cameras Cameras
	Hub     Hub
	Kinds   source.Kinds
	Quirks  []map[string]string // what quirks mean, in sentences
	DataDir string
	MayDial func(netip.AddrPort) error // see source.Env
	Log     *slog.Logger
}

// Prober explains cameras. Use New, and Close it. Its methods are safe for
// concurrent use.
type Prober struct {
	cfg   Config
	slots chan struct{} // one for each probe that runs
	ctx   context.Context
	stop  context.CancelFunc
	wg    sync.WaitGroup

	mu     sync.Mutex // guards what follows
	closed bool
	hosts  map[string]*host
}

// host is one that is being probed, or that a probe waits for.
type host struct {
	gate  gate.Gate
	users int
}

// New returns a Prober that runs nothing yet.
func New(cfg Config) *Prober {
	p := &Prober{cfg: cfg, slots: make(chan struct{}, maxProbes), hosts: make(map[string]*host)}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// Close ends all probes and returns when they are gone.
func (p *Prober) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.stop()
	p.wg.Wait()
	return nil
}

// Probe looks at what the JSON object body describes, and returns within 15 s:
// what a camera does is a result and no error. progress is called from Probe,
// step by step; it must not call p. The error is a fault.Error of body, of an
// unknown camera, or of too many probes, or that of ctx; progress was not
// called before one of the first three.
func (p *Prober) Probe(ctx context.Context, body []byte, progress func(Progress)) (*Result, error) {
	in, err := p.parse(body)
	if err != nil {
		return nil, err
	}
	leave, err := p.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	res, err := p.explain(ctx, in, progress)
	switch {
	case p.ctx.Err() != nil:
		return nil, fault.New(fault.Unavailable, "The hub is stopping.")
	case err == nil && ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, ctx.Err() // nobody waits for it any more
	case err != nil:
		return nil, err
	}
	res.TookMS = time.Since(begin).Milliseconds()
	p.cfg.Log.Debug("probe", "answer", res.Answer, "works", res.Works, "requests", res.Requests, "took_ms", res.TookMS)
	return res, nil
}

// enter takes a slot for one probe.
func (p *Prober) enter() (leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, fault.New(fault.Unavailable, "The hub is stopping.")
	}
	select {
	case p.slots <- struct{}{}:
	default:
		return nil, fault.New(fault.TooMany, "%d cameras are being looked at already.", maxProbes)
	}
	p.wg.Add(1)
	return func() { <-p.slots; p.wg.Done() }, nil
}

// explain looks at what was asked for.
func (p *Prober) explain(ctx context.Context, in input, progress func(Progress)) (*Result, error) {
	if in.camera != "" {
		return p.explainCamera(ctx, in.camera, progress)
	}
	return p.explainSource(ctx, in, progress)
}

// explainSource looks at a source or an address that nobody of this hub is
// connected to.
func (p *Prober) explainSource(ctx context.Context, in input, progress func(Progress)) (*Result, error) {
	if in.other != nil {
		return p.explainOther(ctx, in, progress)
	}
	return p.explainAddress(ctx, in, progress)
}

// explainAddress looks at an address.
func (p *Prober) explainAddress(ctx context.Context, in input, progress func(Progress)) (*Result, error) {
	leave, err := p.enterHost(ctx, in.target.host)
	if err != nil {
		return nil, err
	}
	defer leave()
	r := &run{ctx: ctx, options: in.options, mayDial: p.cfg.MayDial, target: in.target, progress: progress, mask: newMasker(&in.options)}
	best := r.search()
	if best == nil {
		best = r.mostTelling()
	}
	return r.result(p, in, best), nil
}

// enterHost waits until no other probe looks at a host or a device.
func (p *Prober) enterHost(ctx context.Context, name string) (leave func(), err error) {
	p.mu.Lock()
	h := p.hosts[name]
	if h == nil {
		h = &host{gate: gate.New()}
		p.hosts[name] = h
	}
	h.users++
	p.mu.Unlock()
	forget := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(p.hosts, name)
		}
	}
	wait, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	if err := h.gate.Lock(wait); err != nil {
		forget()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.New(fault.TooMany, "It is being looked at already.")
	}
	return func() { h.gate.Unlock(); forget() }, nil
}
