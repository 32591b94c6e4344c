// Package hub runs the cameras: one worker each, added, changed and removed
// while the rest go on.
package hub

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/gate"
	"camhub/internal/meter"
	"camhub/internal/source"
	"camhub/internal/stream"
)

// closeWithin bounds the wait for all sources when the hub closes.
const closeWithin = 2 * time.Second

// Config is what a hub needs of its surroundings.
type Config struct {
	Kinds   source.Kinds
	DataDir string
	Log     *slog.Logger
	MayDial func(netip.AddrPort) error // see source.Env
	// OnChange is called for a camera whose status changed by more than its
	// figures, OnEvent when something happened to one. Both are called by
	// the camera's own goroutines, in order, and must not block.
	OnChange func(camera.ID)
	OnEvent  func(event.Event)
}

// Hub holds the running cameras. Use New, and Close it. Its methods are safe
// for concurrent use.
type Hub struct {
	cfg  Config
	in   meter.Meter     // bytes from all cameras
	ctx  context.Context // ends all workers
	stop context.CancelFunc
	wg   sync.WaitGroup

	// edit is held for the whole of Put and Remove, so that a camera that is
	// being removed cannot come back before its device is free. Taken before mu.
	edit gate.Gate

	mu   sync.Mutex // guards what follows; held for no longer than map work
	cams map[camera.ID]*running
}

// running is one camera of the hub.
type running struct {
	def    camera.Definition
	config atomic.Pointer[source.Config] // for the next attempt
	name   *atomic.Value                 // string; the same for the life of the ID
	out    *stream.Stream                // likewise
	turns  turns                         // likewise
	state  *state
	worker *worker
	cancel context.CancelFunc
	done   chan struct{}
}

// New returns a hub without cameras.
func New(cfg Config) *Hub {
	h := &Hub{cfg: cfg, edit: gate.New(), cams: make(map[camera.ID]*running)}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h
}

// Put runs d, in place of what ran under its ID. A change of what only people
// read keeps the worker, and so does a change of the values of controls, which are
// set at the device; any other restarts it under the same stream, so that
// viewers stay. Put does not wait for the camera, but up to tuneTimeout for a
// device whose controls are set.
func (h *Hub) Put(ctx context.Context, d camera.Definition) error {
	config, errs := h.cfg.Kinds.Parse(d.Source)
	if err := fault.InvalidFields("The camera's source is not valid.", errs); err != nil {
		return err
	}
	if err := h.edit.Lock(ctx); err != nil {
		return err
	}
	defer h.edit.Unlock()
	r, changed, err := h.swap(d, config)
	if err == nil && len(changed) > 0 {
		h.tune(ctx, r, changed)
	}
	return err
}

// swap makes d what runs, and returns what is to be set of its controls.
func (h *Hub) swap(d camera.Definition, config source.Config) (*running, map[string]*int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return nil, nil, fault.New(fault.Unavailable, "The hub is stopping.")
	}
	old := h.cams[d.ID]
	changed, keep := h.keeps(old, &d)
	if !keep {
		h.cams[d.ID] = h.start(d, config, old)
		return h.cams[d.ID], nil, nil
	}
	if len(changed) > 0 {
		old.config.Store(&config)
	}
	old.def = d
	old.name.Store(d.Name)
	h.cfg.OnChange(d.ID)
	return old, changed, nil
}

// start runs d after old, which may be nil, has ended. Called with mu held.
func (h *Hub) start(d camera.Definition, config source.Config, old *running) *running {
	r := &running{def: d, done: make(chan struct{})}
	if old != nil {
		old.cancel()
		r.out, r.name, r.turns = old.out, old.name, old.turns
	} else {
		r.out, r.name, r.turns = stream.New(), new(atomic.Value), newTurns()
	}
	r.name.Store(d.Name)
	r.config.Store(&config)
	name := func() string { return r.name.Load().(string) }
	log := h.cfg.Log.With("camera", d.ID)
	r.state = &state{
		id: d.ID, name: name, log: log,
		onChange: h.cfg.OnChange, onEvent: h.cfg.OnEvent, in: &h.in,
	}
	r.worker = &worker{
		def: d, out: r.out, turns: r.turns, log: log, state: r.state, restart: make(chan struct{}, 1),
		open: func() source.Source {
			return (*r.config.Load()).Open(source.Env{Name: name, DataDir: h.cfg.DataDir, MayDial: h.cfg.MayDial})
		},
	}
	if k, ok := config.(source.Waker); ok {
		r.worker.wake = k.Wake
	}
	first := Disabled
	if d.Enabled {
		first = Connecting
	}
	r.state.mu.Lock()
	r.state.set(first)
	r.state.mu.Unlock()

	ctx, cancel := context.WithCancel(h.ctx)
	r.cancel = cancel
	h.wg.Go(func() {
		defer close(r.done)
		defer cancel()
		if old != nil {
			<-old.done // one worker at a time holds the device
			r.out.Forget()
			r.state.inherit(old.state)
		}
		if d.Enabled {
			r.worker.run(ctx)
		}
	})
	return r
}

// Remove stops the camera, ends its readers, and returns when its device is
// free or ctx ends. The camera is gone from the hub in either case.
func (h *Hub) Remove(ctx context.Context, id camera.ID) error {
	if err := h.edit.Lock(ctx); err != nil {
		return err
	}
	defer h.edit.Unlock()
	h.mu.Lock()
	r, ok := h.cams[id]
	delete(h.cams, id)
	h.mu.Unlock()
	if !ok {
		return unknown(id)
	}
	r.cancel()
	r.out.Close()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Restart ends the camera's attempt or its wait and tries again now.
func (h *Hub) Restart(id camera.ID) error {
	r, err := h.get(id)
	if err != nil {
		return err
	}
	if !r.worker.def.Enabled {
		return fault.New(fault.Conflict, "The camera %q is disabled.", id)
	}
	select {
	case r.worker.restart <- struct{}{}:
	default: // one is asked for already
	}
	return nil
}

// Stream returns the stream of a camera.
func (h *Hub) Stream(id camera.ID) (*stream.Stream, error) {
	r, err := h.get(id)
	if err != nil {
		return nil, err
	}
	return r.out, nil
}

// Status returns what a camera does now.
func (h *Hub) Status(id camera.ID) (Status, error) {
	r, err := h.get(id)
	if err != nil {
		return Status{}, err
	}
	st := r.state.status()
	st.Viewers, st.Dropped = r.out.Viewers()
	return st, nil
}

// Group returns the group of a camera, which may be "", and whether there is one.
func (h *Hub) Group(id camera.ID) (group string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.cams[id]
	if !ok {
		return "", false
	}
	return r.def.Group, true
}

// Received returns how many bytes came from all cameras since the start.
func (h *Hub) Received() uint64 {
	_, total := h.in.Total()
	return total
}

// BytesIn returns how many bytes a second come from all cameras.
func (h *Hub) BytesIn() float64 {
	_, bytes := h.in.Rates(time.Now())
	return bytes
}

// CloseStreams ends all readers, after what they have queued. Cameras added
// later are not affected: it is the first step of stopping the program.
func (h *Hub) CloseStreams() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.cams {
		r.out.Close()
	}
}

// Close stops all cameras at once, ends all readers, and returns when every
// goroutine of the hub is gone: at the latest after closeWithin, since a source
// that hangs in a driver must not keep the program from its end. Such a camera
// is logged, and what it still sends goes nowhere.
func (h *Hub) Close() {
	h.mu.Lock()
	h.stop()
	h.mu.Unlock()
	h.CloseStreams()
	gone := make(chan struct{})
	go func() {
		h.wg.Wait()
		close(gone)
	}()
	timeout := time.NewTimer(closeWithin)
	defer timeout.Stop()
	select {
	case <-gone:
	case <-timeout.C:
		h.logHanging()
	}
}

// logHanging names the cameras whose sources do not end.
func (h *Hub) logHanging() {
	h.mu.Lock()
	defer h.mu.Unlock()
	named := false
	for id, r := range h.cams {
		select {
		case <-r.done:
		default:
			named = true
			h.cfg.Log.Error("camera does not stop", "camera", id, "kind", r.def.Source.Kind, "waited", closeWithin)
		}
	}
	if !named {
		h.cfg.Log.Error("a camera that was removed does not stop", "waited", closeWithin)
	}
}

func (h *Hub) get(id camera.ID) (*running, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.cams[id]
	if !ok {
		return nil, unknown(id)
	}
	return r, nil
}

func unknown(id camera.ID) error { return fault.New(fault.NotFound, "There is no camera %q.", id) }
