// Package inventory knows which cameras are plugged into this machine, and
// which of them the hub's cameras read.
//
// Each kind looks for its own devices, all kinds side by side. What one found
// holds for a moment, so that a page that asks again and again makes no device
// busy, and nobody looks twice at the same time. A kind that fails or takes too
// long is reported as a problem beside what the others found.
package inventory

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/source"
)

const (
	// keepFor is how long what a kind found holds.
	keepFor = 3 * time.Second
	// lookFor is how long a kind may look.
	lookFor = 5 * time.Second
	// closeWithin bounds the wait for those who still look.
	closeWithin = 2 * time.Second
)

// Found is what is plugged in.
type Found struct {
	Devices  []device.Device `json:"devices"`  // in the order of kinds
	Problems []Problem       `json:"problems"` // why there may be more
}

// Problem says why a kind's devices could not be found.
type Problem struct {
	Kind    string `json:"kind"`
	Message string `json:"message"` // for a person
}

// Cameras lists the cameras of the hub.
type Cameras interface {
	List() ([]camera.Definition, error)
}

// Inventory finds devices. Use New, and Close it. Its methods are safe for
// concurrent use.
type Inventory struct {
	kinds   source.Kinds
	cameras Cameras
	finders []*finder
	ctx     context.Context // ends all looking
	stop    context.CancelFunc
	wg      sync.WaitGroup // of those who look
}

// New returns the inventory of the kinds that have local devices. It looks for
// nothing before it is asked.
func New(kinds source.Kinds, cameras Cameras) *Inventory {
	i := &Inventory{kinds: kinds, cameras: cameras}
	i.ctx, i.stop = context.WithCancel(context.Background())
	for _, k := range kinds {
		if k.Local != nil && k.Local.List != nil {
			i.finders = append(i.finders, &finder{kind: k.Name, list: k.Local.List})
		}
	}
	return i
}

// Close ends all looking, and returns when nobody looks any more. It fails when
// a kind does not let itself be interrupted.
func (i *Inventory) Close() error {
	i.stop()
	done := make(chan struct{})
	go func() { i.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-time.After(closeWithin):
		return errors.New("inventory: a device holds up who looks for it")
	}
}

// Devices returns what is plugged in. It takes as long as the slowest kind, and
// no longer than a kind may look. The error is that of ctx or of the cameras.
func (i *Inventory) Devices(ctx context.Context) (Found, error) {
	for _, f := range i.finders {
		f.begin(i)
	}
	found := Found{Devices: []device.Device{}, Problems: []Problem{}}
	for _, f := range i.finders {
		devices, err := f.wait(ctx)
		if ctx.Err() != nil {
			return Found{}, context.Cause(ctx)
		}
		if err != nil {
			found.Problems = append(found.Problems, Problem{Kind: f.kind, Message: explain(err)})
		}
		found.Devices = append(found.Devices, devices...)
	}
	return found, i.addUsers(found.Devices)
}

// addUsers fills in who reads the devices. They are the caller's own.
func (i *Inventory) addUsers(devices []device.Device) error {
	cameras, err := i.cameras.List()
	for n := range devices {
		d := &devices[n]
		d.InUseBy = []string{}
		k, _ := i.kinds.Lookup(d.Kind)
		for _, c := range cameras {
			if c.Source.Kind == d.Kind && k.Local.Reads(c.Source.Options, *d) {
				d.InUseBy = append(d.InUseBy, string(c.ID))
			}
		}
	}
	return err
}

// explain says for a person why a kind failed.
func explain(err error) string {
	if e, ok := errors.AsType[*source.Error](err); ok {
		return e.Message
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "A device does not answer."
	}
	return err.Error()
}

// finder looks for the devices of one kind.
type finder struct {
	kind string
	list func(ctx context.Context) ([]device.Device, error)

	mu      sync.Mutex // guards what follows
	look    *look      // the last one, or nil
	expires time.Time  // of what it found; zero while it goes on
}

// look is one look. Its fields are set when done is closed.
type look struct {
	began   time.Time
	done    chan struct{}
	devices []device.Device
	err     error
}

// begin looks, unless somebody does or what was found still holds.
func (f *finder) begin(i *Inventory) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.look != nil && (f.expires.IsZero() || time.Now().Before(f.expires)) {
		return
	}
	l := &look{began: time.Now(), done: make(chan struct{})}
	f.look, f.expires = l, time.Time{}
	i.wg.Go(func() {
		ctx, cancel := context.WithTimeout(i.ctx, lookFor)
		defer cancel()
		l.devices, l.err = f.list(ctx)
		f.mu.Lock()
		f.expires = time.Now().Add(keepFor)
		f.mu.Unlock()
		close(l.done)
	})
}

// wait returns what the last look finds, as the caller's own.
func (f *finder) wait(ctx context.Context) ([]device.Device, error) {
	f.mu.Lock()
	l := f.look
	f.mu.Unlock()
	timer := time.NewTimer(time.Until(l.began.Add(lookFor)))
	defer timer.Stop()
	select {
	case <-l.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
	}
	select {
	case <-l.done: // perhaps while another one was waited for
		return slices.Clone(l.devices), l.err
	default:
		return nil, context.DeadlineExceeded
	}
}
