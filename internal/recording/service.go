// Package recording decides which cameras are recorded, and how their recordings are
// kept.
//
// A Service follows the cameras of the hub and runs one recorder for each that is to
// be recorded now: enabled, and of the mode always, or scheduled for this minute of
// the local time. A camera on demand that is recorded is held open by its recorder.
// When the source of a camera changes its recorder goes on, since the stream stays.
//
// What was recorded of a camera that was removed stays: it is listed, played and
// exported as before, and ages out with the rest under the limits of the hub, since
// those of the camera went with it.
package recording

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/gate"
	"camhub/internal/record/archive"
	"camhub/internal/registry"
	"camhub/internal/retention"
	"camhub/internal/stream"
)

// Cameras is what a service needs of the registry.
type Cameras interface {
	List() ([]camera.Definition, error)
	// Record takes an event, StatusChanged a camera whose status has changed. Neither
	// blocks.
	Record(e event.Event)
	StatusChanged(id camera.ID)
}

// Watch waits for changes among the cameras, as registry.Watch does.
type Watch interface {
	Next(ctx context.Context) (registry.Changes, error)
	Close()
}

// Streams is what a service needs of the running cameras.
type Streams interface {
	Stream(id camera.ID) (*stream.Stream, error)
}

// Store is what a service needs of the database.
type Store interface {
	RecordSettings() (retention.Settings, error)
	SetRecordSettings(v retention.Settings) error
	Pins() ([]retention.Pin, error)
	AddPin(p retention.Pin) (retention.Pin, error)
	RemovePin(id uint64) error
}

// Config is what a service needs of the rest of the program.
type Config struct {
	Root    string // the folder of all recordings; made if it is not there
	Store   Store
	Cameras Cameras
	Streams Streams
	Watch   func() Watch
	Log     *slog.Logger
}

// lookEvery is how often schedules and recorders are looked at. So a recording
// begins and ends within a second of its minute, and a clock that is set, or goes
// to daylight saving time, is noticed as soon.
const lookEvery = time.Second

// Service runs the recorders. Use Open, Start and Close. Its methods are safe for
// concurrent use.
type Service struct {
	c       Config
	archive *archive.Archive
	ctx     context.Context // ends all recorders
	stop    context.CancelFunc
	wg      sync.WaitGroup

	edit gate.Gate // one change of settings, limits or pins at a time

	mu     sync.Mutex // guards what follows
	defs   []camera.Definition
	tasks  map[camera.ID]*task
	ending map[camera.ID]*task // that were ended last, and may still write
	off    map[camera.ID]bool  // was not to be recorded, since the program started
	seen   map[camera.ID]seen  // what was told of each last

	unread bool // the definitions could not be read, which was logged; of follow
}

// Open opens the folder of recordings, and closes what a crash left open in it. ctx
// ends it early. Nothing is recorded before Start.
func Open(ctx context.Context, c Config) (*Service, error) {
	s := &Service{
		c: c, edit: gate.New(), tasks: make(map[camera.ID]*task), ending: make(map[camera.ID]*task),
		off: make(map[camera.ID]bool), seen: make(map[camera.ID]seen),
	}
	var err error
	if s.defs, err = c.Cameras.List(); err != nil {
		return nil, err
	}
	settings, err := c.Store.RecordSettings()
	if err != nil {
		return nil, err
	}
	pins, err := c.Store.Pins()
	if err != nil {
		return nil, err
	}
	s.archive, err = archive.Open(ctx, archive.Config{
		Root: c.Root, Policy: policy(settings, s.defs), Pins: archivePins(pins), Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// Start begins to record, and to delete what is not to be kept. It is called once.
func (s *Service) Start() {
	s.tellRepaired()
	watch := s.c.Watch()
	s.wg.Go(func() {
		defer watch.Close()
		s.follow(watch)
	})
	s.wg.Go(func() {
		if err := s.archive.Run(s.ctx); err != nil && s.ctx.Err() == nil {
			s.c.Log.Error("recordings are not deleted any more", "err", err)
		}
	})
}

// Archive returns the recordings.
func (s *Service) Archive() *archive.Archive { return s.archive }

// Stop has all recorders write what they have queued and finish their files. It does
// not wait for them.
func (s *Service) Stop() { s.stop() }

// Close stops all recorders, and returns when they have finished and every goroutine
// of the service is gone.
func (s *Service) Close() error {
	s.stop()
	s.wg.Wait()
	var errs *multierror.Error
	if err := s.archive.Close(); err != nil {
		errs = multierror.Append(errs, fmt.Errorf("close the recordings: %w", err))
	}
	return errs.ErrorOrNil()
}

// follow runs the recorders that there should be, until the program stops.
func (s *Service) follow(watch Watch) {
	stale := true // the definitions are to be read
	for {
		if stale {
			stale = !s.reload()
		}
		s.apply(time.Now())
		s.look()
		wait, cancel := context.WithTimeout(s.ctx, lookEvery)
		changes, err := watch.Next(wait)
		cancel()
		switch {
		case err == nil:
			stale = stale || len(changes.Cameras) > 0
		case s.ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return
		}
	}
}

// reload reads the definitions of all cameras, and keeps their recordings by them.
// It reports whether it could; if not, those of before stay in force.
func (s *Service) reload() bool {
	if s.edit.Lock(s.ctx) != nil {
		return false
	}
	defer s.edit.Unlock()
	defs, err := s.c.Cameras.List()
	if err == nil {
		s.mu.Lock()
		s.defs = defs
		s.mu.Unlock()
		err = s.enforce()
	}
	if err != nil && !s.unread {
		s.c.Log.Error("the settings of recordings can't be read", "err", err)
	}
	s.unread = err != nil
	return err == nil
}
