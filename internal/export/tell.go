package export

import (
	"camhub/internal/event"
)

// tell records what became of a job, once in its life: planned files are planned anew when
// the hub is started again, which is no news. Called with mu held, or before others know
// the service.
func (s *Service) tell(j *job) {
	if j.Told {
		return
	}
	j.Told = true
	e := event.Event{
		Time: *j.Finished, Type: event.Exported, Span: &event.Span{From: j.From.Time, To: j.To.Time}, Actor: j.By, Subject: j.ID,
	}
	if j.Error != nil {
		e.Type, e.Reason = event.ExportFailed, &event.Reason{Code: j.Error.Code, Message: j.Error.Message}
	}
	for _, id := range j.Cameras {
		e.Camera, e.Name = id, s.c.Title(id)
		s.c.Record(e)
	}
}
