package live

import "time"

const (
	lookEvery  = time.Second / 2
	settle     = 2 * time.Second // a page that opens is slow, whatever its link
	judgeAfter = 4 * time.Second // a slow link sends few pictures in less

	leastDetail  = 160         // pixels that a tile gets of any link
	reducedFPS   = 5           // pictures a second that are made for a very slow link
	firstPause   = time.Second // before it is tried whether more detail goes
	longestPause = time.Minute
)

// tooRare holds, for each step of detail, how many pictures a second of a tile
// are so few that narrower ones are better: at first soon, since half of the
// width is hardly seen on a wall, and the more detail is lost, the later.
var tooRare = [...]float64{4, 0.7, 0.35}

// detail decides how wide the pictures are when the link can't carry them as
// they were asked for: half as wide with each step. It looks at what came
// through, whatever the reason. Use it with one caller at a time; the zero
// detail is ready.
type detail struct {
	step int // 0: as asked

	since time.Time // of what is looked at next
	skip  bool      // what the next look is told of, as it was before since
	rare  int       // looks one after the other that found too few pictures

	hold     time.Time     // no step up before
	pause    time.Duration // that hold was set for
	raised   time.Time     // when the last step up was
	before   float64       // pictures a second of a tile before the last step down
	judgeAt  time.Time     // when it is looked whether that step paid; zero: it was
	trial    [2]float64    // since that step: pictures, and seconds of all tiles
	restTill time.Time     // see rests
}

// of returns what to ask for in place of a tile's own width and rate.
func (d *detail) of(width int, fps float64) (int, float64) {
	if d.step > 1 {
		fps = min(fps, reducedFPS)
	}
	return max(width>>d.step, min(width, leastDetail)), fps
}

// reset begins anew to look, since there are other tiles now.
func (d *detail) reset(now time.Time) {
	d.since, d.skip, d.rare, d.judgeAt = now.Add(settle-lookEvery), true, 0, time.Time{}
}

// due reports whether it is time to look.
func (d *detail) due(now time.Time) bool { return now.Sub(d.since) >= lookEvery }

// look decides after what flow.tally tells, and reports whether step changed.
func (d *detail) look(now time.Time, tiles, offered, sent int) (changed bool) {
	seconds, skip := now.Sub(d.since).Seconds(), d.skip
	d.since, d.skip = now, false
	if skip || tiles == 0 {
		return false
	}
	each := float64(sent) / float64(tiles) / seconds
	short := 3*sent < 2*offered // else nobody misses much
	d.trial[0] += float64(sent)
	d.trial[1] += float64(tiles) * seconds
	if !d.judgeAt.IsZero() && !now.Before(d.judgeAt) {
		d.judgeAt = time.Time{}
		if short && d.trial[0] < 1.3*d.before*d.trial[1] {
			d.restTill = now.Add(longestPause)
			d.raise(now)
			return true
		}
	}
	if d.rare++; !short || d.step == len(tooRare) || each >= tooRare[d.step] || d.rests(now, each) {
		d.rare = 0
	}
	switch {
	case d.rare > 1:
		d.lower(now, each)
		return true
	case d.step > 0 && !now.Before(d.hold) && (10*sent >= 9*offered || each > 4.5*tooRare[d.step-1]):
		d.raise(now) // a picture of twice the width has about three times the bytes
		return true
	}
	return false
}

// rests reports whether no step down is to be tried, since one did not pay when
// things were about the same.
func (d *detail) rests(now time.Time, each float64) bool {
	return now.Before(d.restTill) && each > d.before/2
}

// lower goes one step down. After a step up that was too much, the next one is
// tried later.
func (d *detail) lower(now time.Time, each float64) {
	if now.Sub(d.raised) < 5*time.Second {
		d.pause = min(2*d.pause, longestPause)
	} else {
		d.pause = firstPause
	}
	d.step++
	d.rare, d.hold = 0, now.Add(d.pause)
	d.before, d.judgeAt, d.trial = each, now.Add(judgeAfter), [2]float64{}
}

func (d *detail) raise(now time.Time) {
	d.step--
	d.rare, d.raised, d.judgeAt = 0, now, time.Time{}
}
