package archive

import (
	"maps"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
)

// Policy says what is kept. Zeros set no limit.
type Policy struct {
	KeepBytes    int64 // of all cameras
	MinFreeBytes int64 // that stay free on the disk
	Cameras      map[camera.ID]Limits
}

// Limits say what is kept of one camera.
type Limits struct {
	KeepAge   time.Duration
	KeepBytes int64
}

// Validate refuses limits below zero.
func (p *Policy) Validate() error {
	if p.KeepBytes < 0 || p.MinFreeBytes < 0 {
		return fault.New(fault.Invalid, "keep_bytes and min_free_bytes must not be negative")
	}
	for id, l := range p.Cameras {
		if !id.Valid() {
			return fault.New(fault.Invalid, "%q is no camera", id)
		}
		if l.KeepAge < 0 || l.KeepBytes < 0 {
			return fault.New(fault.Invalid, "the limits of camera %q must not be negative", id)
		}
	}
	return nil
}

func (p *Policy) clone() Policy {
	c := *p
	c.Cameras = maps.Clone(p.Cameras)
	return c
}

// SetPolicy changes what is kept, soon.
func (a *Archive) SetPolicy(p Policy) error {
	if err := p.Validate(); err != nil {
		return err
	}
	a.mu.Lock()
	a.policy = p.clone()
	a.mu.Unlock()
	a.sweepSoon()
	return nil
}

// Policy returns what is kept.
func (a *Archive) Policy() Policy {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.policy.clone()
}
