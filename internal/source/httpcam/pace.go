package httpcam

import "time"

// slowest is how seldom a slow camera is asked, unless the user wants it more
// seldom still.
const slowest = 4 * time.Second

// pace says when to ask next. A camera that takes longer for an answer than
// the time between two requests is asked half as often, and again more often
// when it is four times as quick as that.
type pace struct {
	interval time.Duration // what the user wants
	period   time.Duration // from request to request, now
}

// next returns how long to wait after an answer that took so long, and whether
// the camera is slower than the user wants.
func (p *pace) next(took time.Duration) (wait time.Duration, slow bool) {
	slow = took > p.interval
	switch {
	case took > p.period:
		p.period = max(p.interval, min(2*p.period, slowest))
	case took < p.period/4:
		p.period = max(p.interval, p.period/2)
	}
	if took >= p.period { // the longest period is not enough: leave it a pause
		return min(p.interval, time.Second), slow
	}
	return p.period - took, slow
}
