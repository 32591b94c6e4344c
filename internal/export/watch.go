package export

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// ErrStopped says that the service has stopped.
var ErrStopped = errors.New("export: stopped")

// Watch tells one caller what has changed. There is nothing to close.
type Watch struct {
	s    *Service
	seen map[string]uint64 // the revisions of the jobs that the caller knows
}

// Watch returns all jobs, the newest first, and a watch that tells what changes from
// then on.
func (s *Service) Watch() ([]Job, *Watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &Watch{s: s}
	w.compare()
	return s.list(), w
}

// Next returns the jobs that are new or have changed since the last call, the
// oldest first, and the IDs of those that are gone. It waits until there is one of
// them. A job that has changed twice comes once.
func (w *Watch) Next(ctx context.Context) (changed []Job, removed []string, err error) {
	for {
		w.s.mu.Lock()
		wake := w.s.changed
		changed, removed = w.compare()
		w.s.mu.Unlock()
		if len(changed)+len(removed) > 0 {
			return changed, removed, nil
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-w.s.ended:
			return nil, nil, ErrStopped
		case <-wake:
		}
	}
}

// compare is called with mu held.
func (w *Watch) compare() (changed []Job, removed []string) {
	seen := make(map[string]uint64, len(w.s.jobs))
	for _, j := range w.s.jobs {
		seen[j.ID] = j.revision
		if r, ok := w.seen[j.ID]; !ok || r != j.revision {
			changed = append(changed, j.clone())
		}
		delete(w.seen, j.ID)
	}
	removed = slices.Sorted(maps.Keys(w.seen))
	w.seen = seen
	return changed, removed
}
