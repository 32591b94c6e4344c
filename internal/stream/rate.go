package stream

import "time"

// Rate picks pictures evenly, up to a number a second. The zero Rate picks
// all of them.
//
// It keeps the time at which the next picture is due. It takes one that comes a
// little earlier, if the next one would come later by more than that, so that
// the jitter of a camera as fast as the rate costs no picture. It never takes
// two within half an interval.
type Rate struct {
	interval time.Duration
	due      time.Time
	last     time.Time // that was picked
	seen     time.Time // that came
}

// NewRate returns a rate of fps pictures a second; 0 is all of them.
func NewRate(fps float64) Rate {
	if fps <= 0 {
		return Rate{}
	}
	return Rate{interval: time.Duration(float64(time.Second) / fps)}
}

// Pick reports whether a picture that arrived at t is taken. Times must come in
// order; one that does not begins anew.
func (r *Rate) Pick(t time.Time) bool {
	if r.interval == 0 {
		return true
	}
	early := min(r.interval/4, t.Sub(r.seen)/2)
	back := t.Before(r.seen)
	r.seen = t
	switch {
	case back:
		r.due = t
	case t.Before(r.due.Add(-early)), t.Before(r.last.Add(r.interval / 2)):
		return false
	case t.Sub(r.due) >= r.interval:
		r.due = t // the first one, or the first after a pause
	}
	r.due = r.due.Add(r.interval)
	r.last = t
	return true
}
