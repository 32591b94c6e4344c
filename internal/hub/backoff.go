package hub

import (
	"math/rand/v2"
	"time"
)

// How long a worker waits between attempts. Short outages are the usual ones
// (a cable, a reboot), so the first ten seconds are tried densely: a camera is
// back within a second of its return. After that each wait doubles.
const (
	firstRetry  = 500 * time.Millisecond
	denseTries  = 20
	lastRetry   = 30 * time.Second
	stableAfter = time.Minute // an attempt that is live so long forgets earlier failures
)

// retryIn returns how long to wait after the given attempt, counted from 1: not
// at all after the first, then firstRetry, then doubling to lastRetry; spread
// by a fifth both ways, so that cameras behind one switch don't come in step.
func retryIn(attempt int) time.Duration {
	if attempt <= 1 {
		return 0
	}
	doublings := min(max(attempt-denseTries, 0), 10)
	return jitter(min(firstRetry<<doublings, lastRetry))
}

func jitter(d time.Duration) time.Duration { return d - d/5 + rand.N(2*d/5) }
