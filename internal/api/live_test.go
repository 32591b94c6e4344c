package api

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/registry"
)

// emptyStore is a store without cameras and events.
type emptyStore struct{ registry.Store }

func (emptyStore) Cameras() ([]camera.Definition, error)                { return nil, nil }
func (emptyStore) SetOrder([]camera.ID) error                           { return nil }
func (emptyStore) LastEventID() (uint64, error)                         { return 0, nil }
func (emptyStore) EventsAfter(uint64, int) ([]event.Event, error)       { return nil, nil }
func (emptyStore) AppendEvents(es []event.Event) ([]event.Event, error) { return es, nil }

// patientRecorder takes deadlines, as connections do.
type patientRecorder struct{ *httptest.ResponseRecorder }

func (patientRecorder) SetWriteDeadline(time.Time) error { return nil }

// TestChangeAtPing makes changes at the very moments at which a ping is due:
// none is lost.
func TestChangeAtPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := registry.New(registry.Config{Store: emptyStore{}, Log: slog.New(slog.DiscardHandler)})
		defer reg.Close()
		s := &server{Config{Cameras: reg, Events: reg, Running: reg.Hub()}}
		ctx, cancel := context.WithCancel(t.Context())
		w := patientRecorder{httptest.NewRecorder()}
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.liveEvents(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
		}()
		synctest.Wait()
		const changes = 200
		for range changes {
			time.Sleep(pingEvery) // counted from the change before, as the ping is
			if err := reg.SetOrder(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		cancel()
		<-done
		if told := strings.Count(w.Body.String(), "event: order"); told != changes {
			t.Errorf("%d of %d changes were told", told, changes)
		}
	})
}
