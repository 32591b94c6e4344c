package registry

import (
	"slices"
	"sync"
	"time"

	"camhub/internal/camera"
)

// Bounds of what can be undone.
const (
	keepRemoved = 10 * time.Minute
	maxRemoved  = 50 // cameras
)

// removed is a camera that was deleted, and where it stood.
type removed struct {
	camera camera.Definition // with its secrets
	order  []camera.ID       // the wall with it, and with those that were in the bin at the time
	timer  *time.Timer       // forgets it
}

// bin remembers cameras that were deleted, so that it can be undone: the newest
// maxRemoved for keepRemoved. It does so in memory, since what a user has
// deleted, passwords above all, is not to stay on the disk, and undoing is a
// matter of seconds: a hub that starts again has forgotten. The zero bin is
// empty. Its methods are safe for concurrent use.
type bin struct {
	mu     sync.Mutex // guards what follows
	list   []*removed // oldest first
	closed bool       // nothing is remembered any more
}

// put remembers d, which was deleted from the wall order given. It replaces what
// the bin had under its ID.
func (b *bin) put(d camera.Definition, order []camera.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	for _, earlier := range b.list {
		if !slices.Contains(order, earlier.camera.ID) {
			order = slices.Insert(slices.Clone(order), place(order, earlier), earlier.camera.ID)
		}
	}
	b.drop(func(old *removed) bool { return old.camera.ID == d.ID })
	if len(b.list) == maxRemoved {
		oldest := b.list[0]
		b.drop(func(old *removed) bool { return old == oldest })
	}
	r := &removed{camera: d, order: order}
	r.timer = time.AfterFunc(keepRemoved, func() { b.forget(r) })
	b.list = append(b.list, r)
}

// get returns what was deleted under an ID, or nil. What it returns never changes.
func (b *bin) get(id camera.ID) *removed {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.list {
		if r.camera.ID == id {
			return r
		}
	}
	return nil
}

// forget drops r, if it is still there.
func (b *bin) forget(r *removed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(func(old *removed) bool { return old == r })
}

// close forgets everything for good.
func (b *bin) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.drop(func(*removed) bool { return true })
}

// drop forgets those that which selects. The caller holds b.mu.
func (b *bin) drop(which func(*removed) bool) {
	b.list = slices.DeleteFunc(b.list, func(r *removed) bool {
		gone := which(r)
		if gone {
			r.timer.Stop()
		}
		return gone
	})
}

// place returns where r belongs in a wall order without it: behind the nearest
// camera that stood before it, else before the nearest that stood behind it,
// else at the end.
func place(order []camera.ID, r *removed) int {
	own := slices.Index(r.order, r.camera.ID)
	for i := own - 1; i >= 0; i-- {
		if at := slices.Index(order, r.order[i]); at >= 0 {
			return at + 1
		}
	}
	for _, id := range r.order[own+1:] {
		if at := slices.Index(order, id); at >= 0 {
			return at
		}
	}
	return len(order)
}
