package live

import (
	"context"
	"sync"
	"time"

	"camhub/internal/event"
	"camhub/internal/record/archive"
)

// Bounds of all walls together that play recordings. Each track keeps one file open.
const (
	maxTracks = 512
	maxReads  = 8 // at a time
)

// jumpAfter is how long the clock runs where no tile has anything to show, before it
// goes on where one has.
const jumpAfter = time.Second

// decks holds what all walls of a server share when they play recordings.
type decks struct {
	recordings *archive.Archive // nil: none are kept
	open       chan struct{}    // one for each track with an open file
	reads      chan struct{}    // one for each read
}

func newDecks(a *archive.Archive) *decks {
	return &decks{recordings: a, open: make(chan struct{}, maxTracks), reads: make(chan struct{}, maxReads)}
}

// wallPlay is the clock of one wall, and the tracks of its tiles. Its methods are safe
// for concurrent use, and wait for nobody but for wait.
type wallPlay struct {
	decks *decks
	wake  func() // there is a message to send
	wg    sync.WaitGroup

	mu      sync.Mutex // guards what follows; taken after wallTiles.mu
	on      bool       // else the tiles are live
	clock   wallClock
	jumps   uint64        // how often the clock was set
	changed chan struct{} // closed, and made anew, on each change
	tracks  map[uint16]*wallTrack
	untold  bool            // the client does not know the clock
	gaps    map[uint16]bool // tiles whose gap the client does not know
	idle    time.Time       // since when no tile has anything to show; zero: one has
}

func newWallPlay(d *decks, wake func()) *wallPlay {
	return &wallPlay{
		decks: d, wake: wake, changed: make(chan struct{}),
		tracks: make(map[uint16]*wallTrack), gaps: make(map[uint16]bool),
	}
}

// is reports whether recordings are shown.
func (p *wallPlay) is() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.on
}

// begin makes a clock that stands at real. The caller puts tracks in.
func (p *wallPlay) begin(real time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = true
	p.setClock(wallClock{at: real, since: real, speed: 1})
}

// has reports whether t is a track of it.
func (p *wallPlay) has(t *wallTrack) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tracks[t.tile] == t
}

// plays reports whether a tile has a track.
func (p *wallPlay) plays(tile uint16) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tracks[tile] != nil
}

// do changes the clock as a client asks with anything but opLive.
func (p *wallPlay) do(r *playRequest, real time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.clock.set(p.clock.now(real), real)
	if r.At != nil {
		c.at = *r.At
		if c.at.After(real) {
			c.at = real
		}
		p.jumps++
	}
	if r.Speed != nil {
		c.speed = *r.Speed
	}
	switch r.Op {
	case opPlay:
		c.playing = true
	case opPause:
		c.playing = false
	case opStep:
		c.playing = false
		if t := p.reference(r.Tile); t != nil {
			t.steps = min(max(t.steps+*r.By, -maxSteps), maxSteps)
		}
	}
	p.setClock(c)
}

// setClock tells tracks and client of another clock. It is called with mu held.
func (p *wallPlay) setClock(c wallClock) {
	p.clock, p.untold, p.idle = c, true, time.Time{}
	close(p.changed)
	p.changed = make(chan struct{})
	p.wake()
}

// reference returns the track whose pictures a step goes over: that of the tile, or the
// first one that has something to show. It is called with mu held.
func (p *wallPlay) reference(tile *int) (best *wallTrack) {
	if tile != nil {
		if t := p.tracks[uint16(*tile)]; t != nil {
			return t
		}
	}
	for n, t := range p.tracks {
		empty := t.gap != wallGap{}
		if best == nil || empty != (best.gap != wallGap{}) && !empty || empty == (best.gap != wallGap{}) && n < best.tile {
			best = t
		}
	}
	return best
}

// put gives a tile a track for what it wants, or changes what its track is for.
func (p *wallPlay) put(w *wallTiles, tile *wallTile, width int, fps float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := uint16(tile.Tile)
	if t := p.tracks[n]; t != nil {
		t.width, t.every = width, time.Duration(float64(time.Second)/fps)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	t := &wallTrack{play: p, tiles: w, owner: tile, tile: n, id: tile.Camera, stop: stop, width: width, every: time.Duration(float64(time.Second) / fps)}
	p.tracks[n] = t
	p.idle = time.Time{}
	p.wg.Go(func() { t.run(ctx) })
}

// remove ends the track of a tile, if it has one, and does not wait for that.
func (p *wallPlay) remove(n uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.tracks[n]; t != nil {
		t.stop()
		delete(p.tracks, n)
		delete(p.gaps, n)
	}
}

// off makes the tiles live.
func (p *wallPlay) off() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.tracks {
		t.stop()
	}
	clear(p.tracks)
	clear(p.gaps)
	p.on = false
	p.setClock(wallClock{})
}

// wait returns when no track is left. All of them must have been removed.
func (p *wallPlay) wait() { p.wg.Wait() }

// view is what a track sees of the clock.
type view struct {
	clock   wallClock
	jumps   uint64
	steps   int
	width   int
	every   time.Duration
	changed <-chan struct{}
}

// look returns what the clock is now, and takes the steps that t is to make.
func (p *wallPlay) look(t *wallTrack) view {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := view{p.clock, p.jumps, t.steps, t.width, t.every, p.changed}
	t.steps = 0
	return v
}

// stepped sets the clock to the picture that a track has stepped to, unless it was
// set to something else since the track looked.
func (p *wallPlay) stepped(v view, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.jumps == v.jumps && !p.clock.playing {
		p.jumps++
		p.setClock(p.clock.set(at, time.Now()))
	}
}

// note takes note of what a track has to show: a gap, or none of it. It reports whether
// the wall has come to the end of all that is recorded, and is to be live.
func (p *wallPlay) note(t *wallTrack, g wallGap, real time.Time) (ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tracks[t.tile] != t {
		return false
	}
	if g != t.gap {
		t.gap = g
		if delete(p.gaps, t.tile); g != (wallGap{}) {
			p.gaps[t.tile] = true
			p.wake()
		}
	}
	now := p.clock.now(real)
	if p.clock.playing && p.clock.speed > 0 && now.After(real) {
		return true
	}
	return p.jump(now, real)
}

// jump goes on where something was recorded, when no tile has had anything to show for
// jumpAfter. It is called with mu held.
func (p *wallPlay) jump(now, real time.Time) (ended bool) {
	var target, first time.Time // to go to, and before which nothing is recorded
	for _, t := range p.tracks {
		if !t.gap.holds(now) {
			p.idle = time.Time{}
			return false
		}
		next := t.gap.until
		if !next.IsZero() && (first.IsZero() || next.Before(first)) {
			first = next
		}
		if p.clock.speed < 0 {
			next = t.gap.from
		}
		if !next.IsZero() && (target.IsZero() || next.Before(target) == (p.clock.speed > 0)) {
			target = next
		}
	}
	if !p.clock.playing {
		return false
	}
	if p.idle.IsZero() {
		p.idle = real
	}
	if real.Sub(p.idle) < jumpAfter {
		return false
	}
	c := p.clock.set(target, real)
	if target.IsZero() {
		if p.clock.speed > 0 {
			return true
		}
		c = p.clock.set(now, real) // backwards: it ends at the first picture
		if !first.IsZero() {
			c.at = first
		}
		c.playing = false
	}
	p.jumps++
	p.setClock(c)
	return false
}

// message returns what the client is to be told next, or nil.
func (p *wallPlay) message(real time.Time) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.untold {
		p.untold = false
		return clockMessage(p.clock, p.on, real)
	}
	for n := range p.gaps {
		delete(p.gaps, n)
		return gapMessage(n, p.tracks[n].gap)
	}
	return nil, nil
}

// gapReason says why nothing was recorded.
func gapReason(g archive.Gap) event.Reason {
	return event.Reason{Code: g.String(), Message: sentence(g.Text())}
}
