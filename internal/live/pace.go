package live

import "time"

// pace thins pictures out to a rate. A picture may come half an interval early,
// so that a camera whose pictures come a little unevenly at the very rate loses
// none, and what came early is made up for.
type pace struct {
	every time.Duration
	due   time.Time
}

// setRate sets how many pictures a second there are to be.
func (p *pace) setRate(fps float64) { p.every = time.Duration(float64(time.Second) / fps) }

// take reports whether a picture that comes at now is one of those to show.
func (p *pace) take(now time.Time) bool {
	if now.Before(p.due.Add(-p.every / 2)) {
		return false
	}
	if now.After(p.due) {
		p.due = now
	}
	p.due = p.due.Add(p.every)
	return true
}

// overdue returns when a picture that came too early is late itself: in a steady
// stream, one that is taken has come before.
func (p *pace) overdue() time.Time { return p.due.Add(p.every / 2) }
