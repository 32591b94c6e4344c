package portable

import (
	"context"
	"fmt"

	"camhub/internal/camera"
	"camhub/internal/retention"
)

// Target is a hub that plans are applied to, one that runs or one that does not.
type Target interface {
	// State returns what it has.
	State(ctx context.Context) (*State, error)
	// Put adds or changes a camera. It fails when that is no longer what the step has
	// seen.
	Put(ctx context.Context, s *Step) error
	// Remove removes a camera; likewise.
	Remove(ctx context.Context, s *Step) error
	// SetOrder sets the wall order.
	SetOrder(ctx context.Context, ids []camera.ID) error
	// SetSettings changes the settings.
	SetSettings(ctx context.Context, v retention.Settings) error
}

// Apply does what a plan says, and stops at the first step that fails. It calls done
// after each one that is on disk.
func (p *Plan) Apply(ctx context.Context, t Target, done func(what string)) error {
	for i := range p.Steps {
		s := &p.Steps[i]
		var err error
		switch s.What {
		case Unchanged:
			continue
		case Removed:
			err = t.Remove(ctx, s)
		default:
			err = t.Put(ctx, s)
		}
		if err != nil {
			return fmt.Errorf("camera %s was not %s: %w", s.Camera.ID, s.What, err)
		}
		done(fmt.Sprintf("%s %s", s.Camera.ID, s.What))
	}
	if p.Order != nil {
		if err := t.SetOrder(ctx, p.Order); err != nil {
			return fmt.Errorf("the wall order was not changed: %w", err)
		}
		done("wall order changed")
	}
	if p.Settings != nil {
		if err := t.SetSettings(ctx, *p.Settings); err != nil {
			return fmt.Errorf("the settings were not changed: %w", err)
		}
		done("settings changed")
	}
	return nil
}
