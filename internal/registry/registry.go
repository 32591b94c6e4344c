// Package registry keeps camera definitions and running cameras in step: it
// checks a definition, stores it, and only then tells the hub.
//
// A crash between the store and the hub does no harm, since at start the hub
// runs what is stored. Definitions that leave this package hold no secrets, but
// for Whole.
package registry

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/gate"
	"camhub/internal/hub"
	"camhub/internal/source"
)

// Store is what the registry needs of the database.
type Store interface {
	Cameras() ([]camera.Definition, error) // in wall order
	Camera(id camera.ID) (camera.Definition, error)
	PutCamera(d camera.Definition, e event.Event) (camera.Definition, event.Event, error)
	InsertCamera(d camera.Definition, place int, e event.Event) (camera.Definition, event.Event, error)
	DeleteCamera(id camera.ID, e event.Event) (event.Event, error)
	SetOrder(ids []camera.ID) error
	AppendEvents(es []event.Event) ([]event.Event, error)
	Events(q event.Query, limit int) ([]event.Event, error)
	EventsAfter(id uint64, limit int) ([]event.Event, error)
	LastEventID() (uint64, error)
}

// removeTimeout bounds the wait for the device of a camera that is deleted.
const removeTimeout = 5 * time.Second

// Registry is the one place where cameras are added, changed and removed. Use
// New, and Close it. Its methods are safe for concurrent use.
type Registry struct {
	store Store
	kinds source.Kinds
	hub   *hub.Hub
	log   *slog.Logger

	edit gate.Gate // one change at a time, so that store and hub see the same order
	bin  bin       // what was deleted

	wg      sync.WaitGroup
	stop    chan struct{} // closed by Close
	pending chan struct{} // capacity 1: there are events to write

	mu       sync.Mutex // guards what follows
	events   []event.Event
	watchers map[*Watch]struct{}
	closed   bool
}

// Config is what a registry needs of the rest of the program.
type Config struct {
	Store   Store
	Kinds   source.Kinds
	DataDir string
	Log     *slog.Logger
	MayDial func(netip.AddrPort) error // which addresses cameras may have; see source.Env
}

// New returns a registry with a hub of its own. Nothing runs before Start.
func New(c Config) *Registry {
	r := &Registry{
		store: c.Store, kinds: c.Kinds, log: c.Log, edit: gate.New(),
		stop: make(chan struct{}), pending: make(chan struct{}, 1), watchers: make(map[*Watch]struct{}),
	}
	r.hub = hub.New(hub.Config{
		Kinds: c.Kinds, DataDir: c.DataDir, Log: c.Log, MayDial: c.MayDial, OnChange: r.StatusChanged, OnEvent: r.Record,
	})
	r.wg.Go(r.writeEvents)
	return r
}

// Start runs every stored camera. One that can't run is logged, and stops
// neither the others nor the program.
func (r *Registry) Start(ctx context.Context) error {
	ds, err := r.store.Cameras()
	if err != nil {
		return err
	}
	for _, d := range ds {
		if err := r.hub.Put(ctx, d); err != nil {
			r.log.Error("camera not started", "camera", d.ID, "err", err)
		}
	}
	return nil
}

// EndStreams ends all viewers' streams and all watches, the first step of
// stopping the program.
func (r *Registry) EndStreams() {
	r.mu.Lock()
	r.closed = true
	for w := range r.watchers {
		w.signal()
	}
	r.mu.Unlock()
	r.hub.CloseStreams()
}

// Close stops all cameras, writes down what happened, and returns when every
// goroutine of the registry is gone. The store stays open.
func (r *Registry) Close() error {
	r.EndStreams()
	r.hub.Close()
	r.bin.close()
	close(r.stop)
	r.wg.Wait()
	return nil
}

// Hub returns the running cameras.
func (r *Registry) Hub() *hub.Hub { return r.hub }

// List returns all cameras in wall order.
func (r *Registry) List() ([]camera.Definition, error) {
	ds, err := r.store.Cameras()
	for i := range ds {
		ds[i].Source = r.kinds.Redact(ds[i].Source)
	}
	return ds, err
}

// Get returns one camera, or a fault.NotFound error.
func (r *Registry) Get(id camera.ID) (camera.Definition, error) {
	d, err := r.store.Camera(id)
	d.Source = r.kinds.Redact(d.Source)
	return d, err
}

// Whole returns one camera with its secrets, for those who connect to it: it must
// not be shown. The error is a fault.NotFound when there is none.
func (r *Registry) Whole(id camera.ID) (camera.Definition, error) { return r.store.Camera(id) }

// First returns the first camera of the wall that sees allows, for clients that
// know only one.
func (r *Registry) First(sees func(camera.ID) bool) (camera.ID, error) {
	ds, err := r.store.Cameras()
	if err != nil {
		return "", err
	}
	for _, d := range ds {
		if sees(d.ID) {
			return d.ID, nil
		}
	}
	return "", fault.New(fault.NotFound, "There is no camera yet.")
}

// lookup returns the stored definition with its secrets, or nil when there is
// none.
func (r *Registry) lookup(id camera.ID) (*camera.Definition, error) {
	d, err := r.store.Camera(id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// errClosed ends watches when the program stops.
var errClosed = errors.New("registry: closed")
