package recording

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/hub"
	"camhub/internal/record"
	"camhub/internal/record/archive"
)

// lostEvery is how often an event says of one camera that its pictures are lost while
// its recording goes on: a disk that is too slow loses some every second.
const lostEvery = time.Minute

// seen is what was last told of a camera's recording.
type seen struct {
	task  *task
	state record.State
	gap   archive.Gap
}

// look tells the watchers of recorders whose state has changed.
func (s *Service) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.tasks {
		st := t.rec.Status()
		if now := (seen{t, st.State, st.Gap}); s.seen[id] != now {
			s.seen[id] = now
			s.c.Cameras.StatusChanged(id)
		}
	}
	for id := range s.seen {
		if s.tasks[id] == nil {
			delete(s.seen, id)
			s.c.Cameras.StatusChanged(id)
		}
	}
}

// Recording returns what the recorder of a camera does now, or nil when the camera
// is not to be recorded now.
func (s *Service) Recording(id camera.ID) *hub.Recording {
	s.mu.Lock()
	t := s.tasks[id]
	s.mu.Unlock()
	if t == nil {
		return nil
	}
	st := t.rec.Status()
	r := &hub.Recording{
		State: string(st.State), Since: st.Since.UTC(), Pictures: st.Pictures, Bytes: st.Bytes, Lost: st.Lost,
	}
	if st.Gap != archive.None {
		r.Reason = reason(st.Gap)
	}
	if st.State == record.Failing && !st.RetryAt.IsZero() {
		at := st.RetryAt.UTC()
		r.RetryAt = &at
	}
	return r
}

// Failing returns the cameras whose pictures can't be written now, with the reasons.
func (s *Service) Failing() map[camera.ID]event.Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	failing := make(map[camera.ID]event.Reason)
	for id, t := range s.tasks {
		if st := t.rec.Status(); st.State == record.Failing {
			failing[id] = Reason(st.Gap)
		}
	}
	return failing
}

// Reason returns a gap as programs and people read it.
func Reason(g archive.Gap) event.Reason {
	text := g.Text()
	return event.Reason{Code: g.String(), Message: strings.ToUpper(text[:1]) + text[1:] + "."}
}

func reason(g archive.Gap) *event.Reason {
	r := Reason(g)
	return &r
}

// notice returns what makes events of a recorder's notices. One goroutine calls it.
func (s *Service) notice(id camera.ID) func(record.Notice) {
	var told time.Time // of pictures lost
	return func(n record.Notice) {
		e := event.Event{Time: n.Time, Camera: id, Name: s.name(id), Reason: reason(n.Gap), Lost: n.Lost}
		switch {
		case n.Failed:
			e.Type = event.RecordingFailed
		case n.Gap != archive.Overflow:
			e.Type, e.DurationMS = event.RecordingResumed, n.After.Milliseconds()
		case n.Time.Sub(told).Abs() < lostEvery:
			return
		default:
			e.Type, told = event.RecordingLost, n.Time
		}
		s.c.Cameras.Record(e)
		s.c.Cameras.StatusChanged(id)
	}
}

// name returns the name of a camera, or "".
func (s *Service) name(id camera.ID) string {
	defs := s.definitions()
	if i := slices.IndexFunc(defs, func(d camera.Definition) bool { return d.ID == id }); i >= 0 {
		return defs[i].Name
	}
	return ""
}

// tellRepaired records events of the files that a crash left open.
func (s *Service) tellRepaired() {
	files := make(map[camera.ID]int)
	for _, path := range s.archive.Started().Repaired {
		id, _, _ := strings.Cut(path, "/")
		files[camera.ID(id)]++
		s.c.Log.Info("recording repaired", "file", path)
	}
	for _, id := range slices.Sorted(maps.Keys(files)) {
		why := reason(archive.Crashed)
		why.Message += fmt.Sprintf(" %d unfinished recordings were closed behind their last whole picture.", files[id])
		if files[id] == 1 {
			why.Message = reason(archive.Crashed).Message + " An unfinished recording was closed behind its last whole picture."
		}
		s.c.Cameras.Record(event.Event{
			Time: time.Now(), Type: event.RecordingsRepaired, Camera: id, Name: s.name(id), Reason: why,
		})
	}
}
