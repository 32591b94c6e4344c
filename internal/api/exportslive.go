package api

import (
	"context"
	"errors"
	"net/http"

	"camhub/internal/access"
	"camhub/internal/export"
)

// exportStream is one client that follows exports as they change.
type exportStream struct {
	eventStream
	told map[string]bool // the exports that it knows of
}

// liveExports sends all exports that the caller may see, and then what changes.
func (s *server) liveExports(w http.ResponseWriter, r *http.Request) error {
	eventHeader(w.Header())
	if r.Method == http.MethodHead {
		return nil
	}
	who := access.From(r.Context())
	e := &exportStream{
		eventStream: eventStream{s: s, w: w, rc: http.NewResponseController(w), who: who},
		told:        make(map[string]bool),
	}
	jobs, watch := s.Exports.Watch()
	jobs = visible(who, jobs)
	for i := range jobs {
		e.told[jobs[i].ID] = true
	}
	if e.send("exports", "", exportList{jobs}) == nil && e.flush() == nil {
		e.run(r.Context(), watch)
	}
	return nil // what began can only be cut: the client comes back
}

// run sends changes until the client is gone or the program stops.
func (e *exportStream) run(ctx context.Context, watch *export.Watch) {
	for {
		wait, cancel := context.WithTimeout(ctx, pingEvery)
		changed, removed, err := watch.Next(wait)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = e.ping()
		}
		for i := 0; err == nil && i < len(changed); i++ {
			err = e.sendJob(&changed[i])
		}
		for i := 0; err == nil && i < len(removed); i++ {
			err = e.sendRemoved(removed[i])
		}
		if err != nil || e.flush() != nil {
			return
		}
	}
}

// sendJob sends a job, if the client may see it now.
func (e *exportStream) sendJob(j *export.Job) error {
	if !seesEach(e.who, j.Cameras) {
		return e.sendRemoved(j.ID)
	}
	e.told[j.ID] = true
	return e.send("export", "", j)
}

// sendRemoved says that a job is gone that the client knows of.
func (e *exportStream) sendRemoved(id string) error {
	if !e.told[id] {
		return nil
	}
	delete(e.told, id)
	return e.send("removed", "", map[string]string{"id": id})
}
