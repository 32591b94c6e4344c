package portable

import (
	"context"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/retention"
)

// Store is what is needed of the database of a hub that does not run.
type Store interface {
	Cameras() ([]camera.Definition, error)
	PutCamera(d camera.Definition, e event.Event) (camera.Definition, event.Event, error)
	DeleteCamera(id camera.ID, e event.Event) (event.Event, error)
	SetOrder(ids []camera.ID) error
	RecordSettings() (retention.Settings, error)
	SetRecordSettings(v retention.Settings) error
}

// Offline is the database of a hub that does not run. Nobody else writes it while it
// is open, so that what a plan has seen is what there is.
type Offline struct{ Store Store }

// State implements Target.
func (o Offline) State(context.Context) (*State, error) {
	cameras, err := o.Store.Cameras()
	if err != nil {
		return nil, err
	}
	settings, err := o.Store.RecordSettings()
	return &State{Cameras: cameras, Settings: settings}, err
}

// Put implements Target.
func (o Offline) Put(_ context.Context, s *Step) error {
	d := s.Camera
	e := tell(s, event.Added)
	if s.Before != nil {
		e.Type = event.Changed
	}
	if d.UpdatedAt = e.Time; s.Before == nil {
		d.CreatedAt = e.Time
	}
	_, _, err := o.Store.PutCamera(d, e)
	return err
}

// Remove implements Target.
func (o Offline) Remove(_ context.Context, s *Step) error {
	_, err := o.Store.DeleteCamera(s.Camera.ID, tell(s, event.Removed))
	return err
}

// tell returns the event of a step.
func tell(s *Step, what event.Type) event.Event {
	return event.Event{Time: time.Now().UTC(), Type: what, Camera: s.Camera.ID, Name: s.Camera.Name}
}

// SetOrder implements Target.
func (o Offline) SetOrder(_ context.Context, ids []camera.ID) error { return o.Store.SetOrder(ids) }

// SetSettings implements Target.
func (o Offline) SetSettings(_ context.Context, v retention.Settings) error {
	return o.Store.SetRecordSettings(v)
}
