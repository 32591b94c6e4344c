package record

import "time"

// rate picks pictures evenly, so many a second at most. The zero rate picks all.
//
// It takes a picture that comes a little before one is due, when the next would be
// later by more than that, so that the jitter of a camera as fast as the rate costs
// no picture.
type rate struct {
	interval        time.Duration
	due, last, seen time.Time
}

func newRate(fps float64) rate {
	if fps <= 0 {
		return rate{}
	}
	return rate{interval: time.Duration(float64(time.Second) / fps)}
}

// pick reports whether the picture of an instant is taken. A clock that is put back
// begins anew.
func (r *rate) pick(t time.Time) bool {
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
