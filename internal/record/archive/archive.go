// Package archive keeps the recordings of all cameras: a folder of segments, the
// index that finds a picture in it, and the rules of what is kept.
//
// # Files are the truth
//
// Each segment is a file of package mov, called after its start, and says itself
// how many pictures it has, why nothing was recorded just before, and what place it
// has in the order of recording. So the index lives in memory, 40 bytes a segment,
// sorted by time: a look-up is a binary search and touches no disk. It is rebuilt at
// start from the names in the folders, with one small sidecar a camera and day in
// place of opening every file. Compared with a database this has no second truth
// that could differ from the files after a crash, costs no transaction a minute and
// camera, and works when somebody moves a folder in or out. Losing all sidecars
// costs one slow start.
//
// # Time and order
//
// The clock of a small machine may be wrong, and jump. Times are used to find
// pictures; what is oldest is decided by the order of recording, which is a number
// in every file and does not depend on a clock. See age.go for what keeps a wrong
// clock from deleting anything.
package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/record/disk"
)

// ErrFull says that there is no room, and nothing left that may be deleted.
var ErrFull = errors.New("archive: no room, and nothing that may be deleted")

// ErrMoved says that the folder lies on another disk than when it was opened: a
// disk was unmounted, and its mount point must not be filled in its place.
var ErrMoved = errors.New("archive: the folder lies on another disk than before")

// Config says where an archive is and what it keeps.
type Config struct {
	Root   string // the folder; made if it is not there
	Policy Policy
	Pins   []Pin
	Log    *slog.Logger
}

// Archive is the folder of recordings, with its index. Its methods are safe for
// concurrent use. No other process may use the folder meanwhile, which a lock
// ensures. It must be closed.
type Archive struct {
	root    string
	device  uint64 // that root lies on
	log     *slog.Logger
	lock    *os.File
	started Started
	clock   clock
	kick    chan struct{} // capacity 1: sweep soon

	sweeping sync.Mutex // held by the one who deletes; taken before mu; guards deleted
	deleted  time.Time  // when a segment was deleted last

	mu       sync.Mutex // guards what follows; never held over I/O
	shelves  map[camera.ID]*shelf
	sequence uint64 // of the newest segment
	policy   Policy
	pins     map[camera.ID][]span // merged
}

// Started is what Open found.
type Started struct {
	Cameras, Segments int
	Bytes             int64
	Took              time.Duration
	Opened            int      // files that no sidecar knew
	Repaired          []string // that had not been closed, and are now; from the root
	Unreadable        []string // that are called like segments and are none
}

// Open locks the folder, reads the index and closes what a crash left open. It
// does not open the files that sidecars know. ctx ends it early. disk.ErrLocked
// says that another process has the folder.
func Open(ctx context.Context, c Config) (*Archive, error) {
	if err := c.Policy.Validate(); err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := os.MkdirAll(c.Root, 0o755); err != nil {
		return nil, fmt.Errorf("recordings: %w", err)
	}
	a := &Archive{
		root: c.Root, log: c.Log, kick: make(chan struct{}, 1),
		shelves: make(map[camera.ID]*shelf), policy: c.Policy.clone(),
	}
	a.setPins(c.Pins)
	var err error
	if a.device, err = disk.Device(c.Root); err != nil {
		return nil, fmt.Errorf("recordings: %w", err)
	}
	if a.lock, err = disk.Lock(c.Root); err != nil {
		return nil, fmt.Errorf("recordings: %w", err)
	}
	if err := a.load(ctx); err != nil {
		a.lock.Close()
		return nil, fmt.Errorf("recordings in %s: %w", c.Root, err)
	}
	a.clock.start(time.Now())
	s := &a.started
	s.Took = time.Since(begun)
	a.log.Info("recordings", "folder", c.Root, "cameras", s.Cameras, "segments", s.Segments,
		"bytes", s.Bytes, "opened", s.Opened, "took", s.Took)
	return a, nil
}

// Started returns what Open found.
func (a *Archive) Started() Started { return a.started }

// Root returns the folder.
func (a *Archive) Root() string { return a.root }

// Close gives the folder back. Recordings must have been closed, which it makes
// sure of.
func (a *Archive) Close() error {
	var errs *multierror.Error
	a.mu.Lock()
	var live []*Recording
	for _, h := range a.shelves {
		if h.live != nil {
			live = append(live, h.live)
		}
	}
	a.mu.Unlock()
	for _, r := range live {
		errs = multierror.Append(errs, fmt.Errorf("recording of %s was not closed", r.id))
	}
	errs = multierror.Append(errs, a.lock.Close())
	return errs.ErrorOrNil()
}

// Cameras returns the cameras of which something is recorded, in order.
func (a *Archive) Cameras() []camera.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ids []camera.ID
	for id, h := range a.shelves {
		if len(h.segments) > 0 || h.live != nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Oldest returns when the oldest recording of the cameras begins, and false when there
// is none.
func (a *Archive) Oldest(ids []camera.ID) (oldest time.Time, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		h := a.shelves[id]
		if h == nil {
			continue
		}
		if at, has := h.oldest(); has && (!ok || at.Before(oldest)) {
			oldest, ok = at, true
		}
	}
	return oldest, ok
}

// shelf returns that of a camera, and makes it if need be. Called with mu held.
func (a *Archive) shelf(id camera.ID) *shelf {
	h := a.shelves[id]
	if h == nil {
		h = newShelf(id)
		a.shelves[id] = h
	}
	return h
}

// order returns the shelves by camera. Called with mu held.
func (a *Archive) order() []*shelf {
	hs := make([]*shelf, 0, len(a.shelves))
	for _, h := range a.shelves {
		hs = append(hs, h)
	}
	slices.SortFunc(hs, func(x, y *shelf) int {
		if x.id < y.id {
			return -1
		}
		return 1
	})
	return hs
}
