package recording

import (
	"context"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record"
	"camhub/internal/record/archive"
	"camhub/internal/stream"
)

// task is the recording of one camera.
type task struct {
	stream *stream.Stream
	maxFPS float64
	rec    *record.Recorder
	off    bool // it ended since the camera is not to be recorded; set before cancel
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended, which it only does after cancel
}

// wanted reports whether a camera is to be recorded at an instant, by the clock on
// the wall of this machine.
func wanted(d *camera.Definition, now time.Time) bool {
	if !d.Enabled {
		return false
	}
	switch d.Record.Mode {
	case camera.RecordAlways:
		return true
	case camera.RecordSchedule:
		return d.Record.Plan().On(now.Local())
	}
	return false
}

func maxFPS(d *camera.Definition) float64 {
	if d.Record.MaxFPS == nil {
		return 0
	}
	return *d.Record.MaxFPS
}

// apply starts and ends recorders, so that those run that should now.
func (s *Service) apply(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	there := make(map[camera.ID]bool, len(s.defs))
	for i := range s.defs {
		d := &s.defs[i]
		there[d.ID] = true
		s.applyOne(d, now)
	}
	for id, t := range s.tasks {
		if !there[id] {
			s.end(id, t, true)
		}
	}
	for id := range s.off {
		if !there[id] {
			delete(s.off, id)
		}
	}
}

// applyOne is apply for one camera. Called with mu held.
func (s *Service) applyOne(d *camera.Definition, now time.Time) {
	t := s.tasks[d.ID]
	on := wanted(d, now)
	out, err := s.c.Streams.Stream(d.ID)
	if err != nil { // it is being added or removed at this moment
		on, out = false, nil
	}
	if t != nil && on && t.stream == out && t.maxFPS == maxFPS(d) {
		return
	}
	if t != nil {
		s.end(d.ID, t, !on)
	}
	if on {
		s.tasks[d.ID] = s.begin(d, out)
	} else {
		s.off[d.ID] = true
	}
}

// begin starts a recorder when the one before, if it still writes, has ended. Called
// with mu held.
func (s *Service) begin(d *camera.Definition, out *stream.Stream) *task {
	c := record.Config{
		Camera: d.ID, Stream: out, Archive: s.archive, Log: s.c.Log, MaxFPS: maxFPS(d), Notify: s.notice(d.ID),
	}
	if s.off[d.ID] {
		c.Before = archive.Off // and not that the hub was stopped before that
	}
	s.off[d.ID] = false
	t := &task{stream: out, maxFPS: c.MaxFPS, rec: record.New(c), done: make(chan struct{})}
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(s.ctx)
	old := s.ending[d.ID]
	s.wg.Go(func() {
		defer s.ended(d.ID, t)
		defer t.cancel()
		if old != nil {
			<-old.done // a camera has one recorder at a time
		}
		t.rec.Run(ctx)
		<-ctx.Done() // the stream may have ended before
		if t.off {
			s.archive.Pause(d.ID, archive.Off, time.Now())
		}
	})
	return t
}

// end ends a recorder. off says that the camera is no longer to be recorded. Called
// with mu held.
func (s *Service) end(id camera.ID, t *task, off bool) {
	t.off = off
	t.cancel()
	delete(s.tasks, id)
	s.ending[id] = t
	if off {
		s.off[id] = true
	}
}

// ended says that a recorder has written all that it had.
func (s *Service) ended(id camera.ID, t *task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(t.done)
	if s.ending[id] == t {
		delete(s.ending, id)
	}
}
