package live

import (
	"math"
	"time"
)

// wallClock is the instant of recordings that all tiles of a wall show. It stands,
// or moves with a speed. It is a value; each change makes another one.
type wallClock struct {
	at      time.Time // what it shows at since
	since   time.Time // by the machine's clock
	speed   float64   // below 0: backwards; kept while it stands
	playing bool
}

// now returns what it shows at an instant of the machine's clock.
func (c wallClock) now(real time.Time) time.Time {
	if !c.playing {
		return c.at
	}
	return c.at.Add(time.Duration(float64(real.Sub(c.since)) * c.speed))
}

// set returns the clock that shows an instant from now on.
func (c wallClock) set(at, real time.Time) wallClock {
	c.at, c.since = at, real
	return c
}

// until returns how long it takes until it shows an instant, 0 when it has, and false
// when it never will.
func (c wallClock) until(at, real time.Time) (time.Duration, bool) {
	if !c.playing {
		return 0, false
	}
	d := float64(at.Sub(c.now(real))) / c.speed
	return time.Duration(min(max(d, 0), math.MaxInt64/2)), true
}
