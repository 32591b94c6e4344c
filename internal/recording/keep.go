package recording

import (
	"context"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/archive"
	"camhub/internal/retention"
)

// policy says by the settings of the hub and of its cameras what is kept.
func policy(v retention.Settings, defs []camera.Definition) archive.Policy {
	p := archive.Policy{MinFreeBytes: v.MinFreeBytes, Cameras: make(map[camera.ID]archive.Limits)}
	if v.KeepBytes != nil {
		p.KeepBytes = *v.KeepBytes
	}
	for i := range defs {
		if l := limits(defs[i].Record.KeepDays, defs[i].Record.KeepBytes); l != (archive.Limits{}) {
			p.Cameras[defs[i].ID] = l
		}
	}
	return p
}

func limits(days *float64, bytes *int64) (l archive.Limits) {
	if days != nil {
		l.KeepAge = time.Duration(*days * 24 * float64(time.Hour))
	}
	if bytes != nil {
		l.KeepBytes = *bytes
	}
	return l
}

func archivePins(pins []retention.Pin) []archive.Pin {
	var out []archive.Pin
	for _, p := range pins {
		for _, id := range p.Cameras {
			out = append(out, archive.Pin{Camera: id, From: p.From, To: p.To})
		}
	}
	return out
}

// enforce has the archive keep what the settings say. Called with edit held.
func (s *Service) enforce() error {
	v, err := s.c.Store.RecordSettings()
	if err != nil {
		return err
	}
	return s.archive.SetPolicy(policy(v, s.definitions()))
}

func (s *Service) definitions() []camera.Definition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.defs
}

// Settings returns the budget for all recordings.
func (s *Service) Settings() (retention.Settings, error) { return s.c.Store.RecordSettings() }

// ChangeSettings stores what change makes of the budget for all recordings, and has
// it in force at once. An error of change is returned as it is.
func (s *Service) ChangeSettings(ctx context.Context, change func(retention.Settings) (retention.Settings, error)) error {
	if err := s.edit.Lock(ctx); err != nil {
		return err
	}
	defer s.edit.Unlock()
	v, err := s.c.Store.RecordSettings()
	if err != nil {
		return err
	}
	if v, err = change(v); err != nil {
		return err
	}
	if err := s.c.Store.SetRecordSettings(v); err != nil {
		return err
	}
	return s.archive.SetPolicy(policy(v, s.definitions()))
}

// Pins returns all pins, the oldest first.
func (s *Service) Pins() ([]retention.Pin, error) { return s.c.Store.Pins() }

// AddPin stores a pin. What it covers is safe when AddPin returns.
func (s *Service) AddPin(ctx context.Context, p retention.Pin) (retention.Pin, error) {
	p.CreatedAt = time.Now().UTC()
	err := s.changePins(ctx, func() (err error) {
		p, err = s.c.Store.AddPin(p)
		return err
	})
	return p, err
}

// RemovePin removes a pin, or returns a fault.NotFound error.
func (s *Service) RemovePin(ctx context.Context, id uint64) error {
	return s.changePins(ctx, func() error { return s.c.Store.RemovePin(id) })
}

func (s *Service) changePins(ctx context.Context, change func() error) error {
	if err := s.edit.Lock(ctx); err != nil {
		return err
	}
	defer s.edit.Unlock()
	if err := change(); err != nil {
		return err
	}
	pins, err := s.c.Store.Pins()
	if err != nil {
		return err
	}
	s.archive.SetPins(archivePins(pins))
	return nil
}
