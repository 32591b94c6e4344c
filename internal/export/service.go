package export

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/record/archive"
	"camhub/internal/record/mov"
)

// Bounds of all jobs together.
const (
	maxJobs     = 64
	maxPictures = mov.MaxSamples // that are planned at a time: about 50 bytes of memory each
	maxFolder   = 16 << 30       // bytes of H.264
	minFree     = 512 << 20      // bytes that stay free on the disk of the folder
)

// How long results stay.
const (
	planKept = time.Hour // after a planned file was last read
	fileKept = 24 * time.Hour
)

// sweepEvery is how often it is looked for what has expired.
const sweepEvery = time.Minute

// Config is what a Service needs.
type Config struct {
	Archive *archive.Archive
	Title   func(camera.ID) string // the name that people gave a camera, or ""
	Dir     string                 // of the results; made if it is not there
	Log     *slog.Logger
	Record  func(event.Event) // takes what became of jobs, one event a camera; it must not block
}

// Service makes exports: one at a time of those that are planned, and one at a time
// of those that ffmpeg makes. Its methods are safe for concurrent use. It must be
// closed, before the archive is.
type Service struct {
	c      Config
	ffmpeg string        // its path, or ""
	hangs  time.Duration // that ffmpeg may do nothing
	cancel context.CancelFunc
	ended  <-chan struct{} // closed when it stops
	wg     sync.WaitGroup

	mu       sync.Mutex // guards what follows, the jobs, and what is written about them
	jobs     []*job     // in the order in which they were made
	changed  chan struct{}
	revision uint64
	wake     [2]chan struct{} // of the lanes
	folder   int64            // bound of its bytes
}

// job is a Job with what belongs to it.
type job struct {
	Job
	By       string // the user who asked for it, or ""
	Told     bool   // what became of it, in an event
	revision uint64 // of the service when it last changed
	holds    []*archive.Hold
	files    []*file
	cancel   context.CancelFunc // while it runs
	done     chan struct{}      // closed when it runs no more; nil before
	removed  bool
}

// lane says which of the queues a job waits in.
func (j *job) lane() int {
	if j.Format == H264 {
		return 1
	}
	return 0
}

// Open reads what is left of an earlier run, and begins to work. A job that ran
// when the hub ended has failed, since it may be why. One that waited waits again.
// Planned files are planned anew; their ETag says whether they are the same.
func Open(ctx context.Context, c Config) (*Service, error) {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("open exports: %w", err)
	}
	s := &Service{c: c, changed: make(chan struct{}), folder: maxFolder, hangs: hangsAfter}
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.ended = ctx.Done()
	s.ffmpeg, _ = exec.LookPath("ffmpeg")
	if err := s.load(); err != nil {
		s.cancel()
		return nil, fmt.Errorf("open exports: %w", err)
	}
	for i := range s.wake {
		s.wake[i] = make(chan struct{}, 1)
		s.wg.Go(func() { s.work(ctx, i) })
	}
	s.wg.Go(func() { s.sweep(ctx) })
	return s, nil
}

// Stop ends what runs and all who watch. Files can be read until Close.
func (s *Service) Stop() {
	s.cancel()
	s.wg.Wait()
}

// Close stops, and lets go of all recordings. Who still reads a file gets an error.
func (s *Service) Close() error {
	s.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs *multierror.Error
	for _, j := range s.jobs {
		errs = multierror.Append(errs, j.release())
	}
	s.jobs = nil
	return errs.ErrorOrNil()
}

// Create makes a job of the JSON of a Request and returns at once. by is the user who
// asks, or "". Of a camera that they do not see, nothing was recorded. A fault.Invalid error names every
// wrong field, fault.TooMany says that there are too many jobs.
func (s *Service) Create(body []byte, by string, sees func(camera.ID) bool) (Job, error) {
	now := time.Now().UTC()
	r, err := parse(body, now)
	if err != nil {
		return Job{}, err
	}
	if err := s.possible(&r, sees); err != nil {
		return Job{}, err
	}
	j := &job{Job: Job{ID: strings.ToLower(rand.Text()[:16]), Request: r, State: Queued, Created: now}, By: by}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ended:
		return Job{}, fault.New(fault.Unavailable, "The hub is stopping.")
	default:
	}
	if len(s.jobs) >= maxJobs {
		return Job{}, fault.New(fault.TooMany, "There are %d exports. Remove one, or wait until one expires.", maxJobs)
	}
	if err := s.save(j); err != nil {
		os.RemoveAll(s.path(j.ID)) // it holds nothing; if that fails too, the next start removes it
		return Job{}, err
	}
	s.add(j)
	s.touch(j)
	return j.clone(), nil
}

// possible reports what only the archive and the machine know to be wrong.
func (s *Service) possible(r *Request, sees func(camera.ID) bool) error {
	var errs *multierror.Error
	if r.Format == H264 && s.ffmpeg == "" {
		errs = multierror.Append(errs, fault.Fieldf("/format",
			"needs the program ffmpeg, which is not installed on the hub's machine; install it (on Debian: apt install ffmpeg) and restart the hub, or take mov"))
	}
	for i, id := range r.Cameras {
		tl, err := s.c.Archive.Timeline(id, r.From.Time, r.To.Time, time.Minute)
		if err != nil {
			return err
		}
		if len(tl.Ranges) == 0 || !sees(id) {
			errs = multierror.Append(errs, fault.Fieldf(pointer(i), "has nothing recorded in that time"))
		}
	}
	return fault.InvalidFields("The export is not possible.", errs)
}

// add takes a job of any state. Called with mu held, or before others know the
// service.
func (s *Service) add(j *job) {
	if j.State == Queued {
		for _, id := range j.Cameras {
			j.holds = append(j.holds, s.c.Archive.Hold(id, j.From.Time, j.To.Time))
		}
	}
	s.jobs = append(s.jobs, j)
	s.number()
	if wake := s.wake[j.lane()]; wake != nil {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// number tells the queued jobs their positions. Called with mu held.
func (s *Service) number() {
	var waiting [2]int
	for _, j := range s.jobs {
		position := 0
		if j.State == Queued {
			waiting[j.lane()]++
			position = waiting[j.lane()]
		}
		if position != j.Position {
			j.Position = position
			s.touch(j)
		}
	}
}

// touch tells all watchers that a job has changed. Called with mu held.
func (s *Service) touch(j *job) {
	s.revision++
	if j != nil {
		j.revision = s.revision
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// List returns all jobs, the newest first.
func (s *Service) List() []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list()
}

// list is List, called with mu held.
func (s *Service) list() []Job {
	jobs := make([]Job, 0, len(s.jobs))
	for _, j := range slices.Backward(s.jobs) {
		jobs = append(jobs, j.clone())
	}
	return jobs
}

// Get returns a job, or fault.NotFound.
func (s *Service) Get(id string) (Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(id)
	if err != nil {
		return Job{}, err
	}
	return j.clone(), nil
}

func (s *Service) find(id string) (*job, error) {
	for _, j := range s.jobs {
		if j.ID == id {
			return j, nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no export %q.", id)
}

// Remove ends a job that runs, waits for its end, and removes its files. Who reads
// one gets an error. The only other error is fault.NotFound, or that of the file
// system.
func (s *Service) Remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(id)
	if err != nil {
		return err
	}
	return s.remove(j)
}

// remove is Remove, called with mu held, which it gives up while it waits.
func (s *Service) remove(j *job) error {
	j.removed = true
	s.jobs = slices.DeleteFunc(s.jobs, func(x *job) bool { return x == j })
	s.number()
	s.touch(nil)
	if j.done != nil {
		j.cancel()
		s.mu.Unlock()
		<-j.done
		s.mu.Lock()
	}
	err := j.release()
	return errors.Join(err, os.RemoveAll(s.path(j.ID)))
}

// release lets go of the recordings. Called with mu held.
func (j *job) release() error {
	var err error
	for _, f := range j.files {
		err = errors.Join(err, f.drop())
	}
	j.letGo()
	return err
}

// letGo has the recordings of a job deleted as if it were not there. Called with mu
// held.
func (j *job) letGo() {
	for _, h := range j.holds {
		h.Release()
	}
	j.holds = nil
}
