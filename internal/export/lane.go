package export

import (
	"context"
	"errors"
	"os"
	"time"

	"camhub/internal/fault"
)

// work does the jobs of one lane, one at a time, until ctx ends.
func (s *Service) work(ctx context.Context, lane int) {
	for {
		if j, jctx := s.take(ctx, lane); j != nil {
			err := s.make(jctx, j)
			s.finish(ctx, j, err)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake[lane]:
		}
	}
}

// take returns the oldest job that waits in a lane, with the context that it runs
// in, or nil.
func (s *Service) take(ctx context.Context, lane int) (*job, context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return nil, nil
	}
	for _, j := range s.jobs {
		if j.State != Queued || j.lane() != lane {
			continue
		}
		j.State, j.Error, j.PicturesDone, j.Progress = Running, nil, 0, 0
		j.done = make(chan struct{})
		ctx, j.cancel = context.WithCancel(ctx)
		s.number()
		s.saveOrLog(j)
		return j, ctx
	}
	return nil, nil
}

// finish notes what became of a job.
func (s *Service) finish(ctx context.Context, j *job, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(j.done)
	j.cancel()
	if j.removed {
		return // whoever removes it cleans up
	}
	now := time.Now().UTC()
	j.Finished = &now
	if j.lost() {
		err = &failure{CodeDeleted, deleted}
	}
	if err == nil {
		j.State, j.Progress = Ready, 1
		s.extend(j, now)
		if j.Format == H264 {
			j.letGo() // it no longer needs the recordings
			s.trim(j)
		}
	} else {
		j.State, j.Error = Failed, reason(err)
		if ctx.Err() != nil {
			j.Error = interrupted()
		} else if j.Error.Code == CodeInternal {
			s.c.Log.Error("export failed", "export", j.ID, "err", err)
		}
		s.fail(j)
	}
	s.tell(j)
	s.saveOrLog(j)
	s.touch(j)
}

// fail removes what a failed job has. Called with mu held.
func (s *Service) fail(j *job) {
	err := errors.Join(j.release(), s.removeFiles(j.ID))
	j.files, j.Files = nil, nil
	expires := time.Now().UTC().Add(fileKept)
	j.Expires = &expires
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.c.Log.Warn("remove what an export left", "export", j.ID, "err", err)
	}
}

// extend puts off the end of a job that is ready.
func (s *Service) extend(j *job, now time.Time) {
	kept := planKept
	if j.Format == H264 {
		kept = fileKept
	}
	expires := now.Add(kept)
	j.Expires = &expires
}

// progress notes how many pictures of a job are done, at most five times a second.
func (s *Service) progress(j *job, last *time.Time, done int) {
	if now := time.Now(); now.Sub(*last) > time.Second/5 {
		*last = now
		s.mu.Lock()
		defer s.mu.Unlock()
		j.PicturesDone = min(done, j.Pictures)
		j.Progress = float64(j.PicturesDone) / float64(max(j.Pictures, 1))
		s.touch(j)
	}
}

// sweep removes what has expired, until ctx ends.
func (s *Service) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.expire(now)
		}
	}
}

// expire removes the jobs whose time is over and that nobody reads.
func (s *Service) expire(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var over []*job
	for _, j := range s.jobs {
		s.look(j)
		if j.Expires != nil && now.After(*j.Expires) && !j.read() {
			over = append(over, j)
		}
	}
	for _, j := range over {
		s.discard(j, "it expired")
	}
}

// discard removes a job that does not run. Called with mu held.
func (s *Service) discard(j *job, why string) {
	if err := s.remove(j); err != nil {
		s.c.Log.Warn("remove an export", "export", j.ID, "err", err)
		return
	}
	s.c.Log.Debug("export removed", "export", j.ID, "because", why)
}

// trim removes the oldest H.264 until the folder is within its bounds, but not j.
// Called with mu held.
func (s *Service) trim(j *job) {
	used := int64(0)
	var old []*job
	for _, x := range s.jobs {
		if x.Format != H264 || x.State != Ready {
			continue
		}
		used += x.size()
		if x != j && !x.read() {
			old = append(old, x)
		}
	}
	for _, x := range old {
		if used <= s.folder {
			return
		}
		used -= x.size()
		s.discard(x, "the folder is full")
	}
}

func (j *job) size() (n int64) {
	for _, f := range j.Files {
		n += f.Size
	}
	return n
}

// failure is an error with a code for programs.
type failure struct {
	code, message string
}

// Error implements error.
func (f *failure) Error() string { return f.message }

func interrupted() *Reason {
	return &Reason{CodeInterrupted, "The hub was stopped while this export was being made."}
}

// reason says of an error what a person may know.
func reason(err error) *Reason {
	if f, ok := errors.AsType[*failure](err); ok {
		return &Reason{f.code, f.message}
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		switch f.Kind {
		case fault.NotFound:
			return &Reason{CodeNothing, f.Msg}
		case fault.TooLarge:
			return &Reason{CodeTooLarge, f.Msg}
		}
	}
	return &Reason{CodeInternal, "The export failed; the hub's log says why."}
}
