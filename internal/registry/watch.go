package registry

import (
	"context"

	"camhub/internal/camera"
)

// Changes says what is no longer as it was when the watcher last looked. It
// names things and not their values: the watcher reads what is true now, so a
// slow one misses no last word and takes no more memory than a quick one.
type Changes struct {
	Cameras  map[camera.ID]bool // added, changed or removed
	Order    bool               // the wall order
	Statuses map[camera.ID]bool
	Events   bool // there are new events
}

func noChanges() Changes {
	return Changes{Cameras: make(map[camera.ID]bool), Statuses: make(map[camera.ID]bool)}
}

// Watch tells one watcher of changes. The watcher must Close it.
type Watch struct {
	r    *Registry
	wake chan struct{} // capacity 1
	next Changes       // guarded by r.mu
}

// Watch returns a watch of everything that changes from now on.
func (r *Registry) Watch() *Watch {
	w := &Watch{r: r, wake: make(chan struct{}, 1), next: noChanges()}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers[w] = struct{}{}
	if r.closed {
		w.signal()
	}
	return w
}

// Next waits until something changed, and returns all that changed since the
// last call. It fails when ctx ends or the program stops.
func (w *Watch) Next(ctx context.Context) (Changes, error) {
	select {
	case <-w.wake:
	case <-ctx.Done():
		return Changes{}, ctx.Err()
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	if w.r.closed {
		return Changes{}, errClosed
	}
	c := w.next
	w.next = noChanges()
	return c, nil
}

// Close ends the watch.
func (w *Watch) Close() {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	delete(w.r.watchers, w)
}

func (w *Watch) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// StatusChanged tells the watchers that the status of a camera has changed, in what
// another part of the program adds to it. It never blocks.
func (r *Registry) StatusChanged(id camera.ID) {
	r.notify(func(c *Changes) { c.Statuses[id] = true })
}

// notify marks a change for every watcher. It never blocks.
func (r *Registry) notify(mark func(*Changes)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for w := range r.watchers {
		mark(&w.next)
		w.signal()
	}
}
