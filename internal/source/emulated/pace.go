package emulated

import (
	"context"
	"time"
)

// A pacer gives the instants start, start+1/rate, start+2/rate and so on. They
// are counted from the start, so that no error adds up. It is for one goroutine.
type pacer struct {
	start time.Time
	rate  float64 // instants a second
	n     int64   // the instant that was given last
}

// newPacer starts at now, which is the first instant.
func newPacer(now time.Time, rate float64) *pacer { return &pacer{start: now, rate: rate} }

// wait returns at the next instant. When that has passed, it returns at once,
// and leaves out all that have passed but the last. It fails when ctx ends.
func (p *pacer) wait(ctx context.Context) error {
	passed := int64(time.Since(p.start).Seconds() * p.rate)
	p.n = max(p.n+1, passed)
	next := p.start.Add(time.Duration(float64(p.n) / p.rate * float64(time.Second)))
	timer := time.NewTimer(time.Until(next))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err()
}
