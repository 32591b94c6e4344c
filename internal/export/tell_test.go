package export

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/record/archive"
)

// told keeps the events of a service.
type told struct {
	mu     sync.Mutex
	events []event.Event
}

func (x *told) all() []event.Event {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.events
}

func (x *told) open(t *testing.T, a *archive.Archive, dir string) *Service {
	t.Helper()
	s, err := Open(t.Context(), Config{
		Archive: a, Dir: dir, Log: slog.New(slog.DiscardHandler), Title: func(id camera.ID) string { return "named " + string(id) },
		Record: func(e event.Event) {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.events = append(x.events, e)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestWhatBecameOfItIsToldOnce makes an export of two cameras, starts the service anew,
// where it is planned again, and loses what another one needs.
func TestWhatBecameOfItIsToldOnce(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 30, 64, 48)
	record(t, a, "back", t0, 30, 64, 48)
	var x told
	dir := t.TempDir()
	s := x.open(t, a, dir)
	j := export(t, s, MOV, map[string]any{"cameras": []string{"front", "back"}})
	es := x.all()
	if len(es) != 2 {
		t.Fatalf("told: %+v", es)
	}
	for i, id := range []camera.ID{"front", "back"} {
		e := es[i]
		if e.Type != event.Exported || e.Camera != id || e.Name != "named "+string(id) || e.Actor != "ann" || e.Subject != j.ID ||
			e.Reason != nil || e.Span == nil || !e.Span.From.Equal(t0) || !e.Span.To.Equal(t0.Add(time.Hour)) || !e.Time.Equal(*j.Finished) {
			t.Errorf("told: %+v, span %+v", e, e.Span)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = x.open(t, a, dir)
	await(t, s, j.ID, (*Job).over)
	if es := x.all(); len(es) != 2 {
		t.Errorf("told again after a restart: %+v", es)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cut := &job{Job: j, By: "bob"} // as a power cut leaves a job that runs
	cut.State = Running
	if err := s.save(cut); err != nil {
		t.Fatal(err)
	}
	x.open(t, a, dir)
	es = x.all()
	if len(es) != 4 || es[3].Type != event.ExportFailed || es[3].Reason == nil || es[3].Reason.Code != CodeInterrupted || es[3].Actor != "bob" {
		t.Errorf("told of one that failed: %+v", es)
	}
}
