package archive

import (
	"time"

	"camhub/internal/record/mov"
)

// thinner leaves out pictures that come more often than once a step of recorded
// time. On the long run one a step is left, however unevenly they come: the grid
// moves on by one step a picture, and a picture may be half a step early. So a
// camera that is just as fast as asked for loses none to its jitter.
type thinner struct {
	step time.Duration // 0: all are kept
	due  time.Time     // of the next picture
}

// newThinner returns the one for the options of an export, whose rate is that of
// the playing time.
func newThinner(o mov.ExportOptions) thinner {
	if o.MaxFPS <= 0 {
		return thinner{}
	}
	speed := o.Speed
	if speed == 0 {
		speed = 1
	}
	return thinner{step: time.Duration(speed / o.MaxFPS * float64(time.Second))}
}

// keep reports whether the next picture, of the instant t, is one to be kept.
func (x *thinner) keep(t time.Time) bool {
	early := x.due.Sub(t)
	if x.due.IsZero() || early > 2*x.step { // the first one, or the clock was put back
		x.due, early = t, 0
	}
	if early > x.step/2 {
		return false
	}
	x.due = x.due.Add(x.step)
	if least := t.Add(x.step / 2); x.due.Before(least) {
		x.due = least
	}
	return true
}

// piece returns p with the pictures that are kept.
func (x *thinner) piece(p mov.Piece) mov.Piece {
	if x.step <= 0 {
		return p
	}
	var kept []mov.Sample
	for _, s := range p.Samples {
		if x.keep(p.Start.Add(mov.Duration(s.Time))) {
			kept = append(kept, s)
		}
	}
	p.Samples = kept
	return p
}
