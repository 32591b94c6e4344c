//go:build linux

package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// The budget of all recordings: about two minutes of them, so that what a kill may not
// take is not what has to go anyway.
const (
	leastBudget = 160 << 20
	mostBudget  = 220 << 20
	maxPins     = 3
)

// settings is what a client was told about the settings and the pins. One goroutine at
// a time uses it.
type settings struct {
	rng     *rand.Rand
	budget  int64
	pending int64 // of a write that was not answered, or 0
	pins    map[int64]bool
	adding  bool  // a pin was added, or not
	leaving int64 // a pin that was removed, or not; or 0
}

func newSettings(rng *rand.Rand) *settings { return &settings{rng: rng, pins: make(map[int64]bool)} }

// step makes one write and keeps the books. An error means that there was no answer.
func (s *settings) step(ctx context.Context, c *client) error {
	ctx = context.WithoutCancel(ctx) // only a kill may leave a write without an answer
	switch k := s.rng.IntN(3); {
	case k == 0 || s.budget == 0:
		return s.setBudget(ctx, c)
	case k == 1 && len(s.pins) < maxPins:
		return s.pin(ctx, c)
	default:
		return s.unpin(ctx, c)
	}
}

func (s *settings) setBudget(ctx context.Context, c *client) error {
	s.pending = leastBudget + s.rng.Int64N(mostBudget-leastBudget)
	body := object{"recordings": object{"keep_bytes": s.pending, "min_free_bytes": 0}}
	status, err := c.call(ctx, "PATCH", "/api/v1/settings", body, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return s.refused(c, "PATCH settings", status)
	}
	s.budget, s.pending = s.pending, 0
	c.add(writes, 1)
	return nil
}

func (s *settings) pin(ctx context.Context, c *client) error {
	var pin struct{ ID int64 }
	now := time.Now().UTC()
	s.adding = true
	status, err := c.call(ctx, "POST", "/api/v1/pins", object{
		"cameras": []string{pick(s.rng, steadyIDs()...)}, "from": now.Add(-5 * time.Second), "to": now, "note": "soak",
	}, &pin)
	if err != nil {
		return err
	}
	s.adding = false
	if status != http.StatusCreated {
		return s.refused(c, "POST pins", status)
	}
	s.pins[pin.ID] = true
	c.add(writes, 1)
	return nil
}

func (s *settings) unpin(ctx context.Context, c *client) error {
	for id := range s.pins {
		s.leaving = id
		status, err := c.call(ctx, "DELETE", fmt.Sprint("/api/v1/pins/", id), nil, nil)
		if err != nil {
			return err
		}
		s.leaving = 0
		if status != http.StatusNoContent {
			return s.refused(c, "DELETE pin", status)
		}
		delete(s.pins, id)
		c.add(writes, 1)
		return nil
	}
	return nil
}

// refused counts an answer that the hub had no reason for.
func (s *settings) refused(c *client, what string, status int) error {
	c.fault(failedAnswer, "%s: %d", what, status)
	return nil
}

// check compares what a new life of the hub knows with what was acknowledged.
func (s *settings) check(ctx context.Context, c *client) error {
	var got struct {
		Recordings struct {
			Budget int64 `json:"keep_bytes"`
		}
	}
	if _, err := c.call(ctx, "GET", "/api/v1/settings", nil, &got); err != nil {
		return err
	}
	if n := got.Recordings.Budget; n != s.budget && n != s.pending {
		c.fault(lostWrites, "keep_bytes is %d; acknowledged %d, pending %d", n, s.budget, s.pending)
	}
	s.budget, s.pending = got.Recordings.Budget, 0
	var list struct{ Pins []struct{ ID int64 } }
	if _, err := c.call(ctx, "GET", "/api/v1/pins", nil, &list); err != nil {
		return err
	}
	there := make(map[int64]bool)
	more := 0
	for _, p := range list.Pins {
		if there[p.ID] = true; !s.pins[p.ID] {
			more++
		}
	}
	for id := range s.pins {
		if !there[id] && id != s.leaving {
			c.fault(lostWrites, "the pin %d is gone", id)
		}
	}
	if more > 1 || more == 1 && !s.adding {
		c.fault(lostWrites, "%d pins are there that were removed, or never made", more)
	}
	s.pins, s.adding, s.leaving = there, false, 0
	return nil
}
