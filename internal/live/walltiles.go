package live

import (
	"sync"
	"time"

	"camhub/internal/camera"
	"camhub/internal/media"
)

// wallTiles is what one client of the wall wants, and how far it has it. Its
// methods are safe for concurrent use, and wait for nobody.
type wallTiles struct {
	pictures Pictures
	known    func(camera.ID) error // why there is no such camera, or nil
	sees     func(camera.ID) bool  // whether the client may see a camera, though it be gone
	copies   Renditions            // of recorded pictures
	wake     chan struct{}         // capacity 1: there may be something to send
	play     *wallPlay

	mu     sync.Mutex // guards what follows; taken before a stream's locks
	flow   *flow
	detail detail
	tiles  map[uint16]*wallTile
	look   map[camera.ID]bool // cameras whose status the client does not have
	lost   map[uint16]error   // tiles whose camera went, and the client was not told

	fresh freshTiles
}

// wallTile is one tile that is wanted. Its camera need not be there.
type wallTile struct {
	wish
	lane   *lane
	reader Reader       // nil while there is no camera
	last   *media.Track // of the last picture, and when it came
	at     time.Time
}

// freshTiles holds the tiles whose readers have something. A stream adds to it
// with its own locks held, so its lock is taken last.
type freshTiles struct {
	mu sync.Mutex
	in map[*wallTile]struct{}
}

func (f *freshTiles) add(t *wallTile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in[t] = struct{}{}
}

func (f *freshTiles) remove(t *wallTile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.in, t)
}

// drain appends the tiles to into and forgets them.
func (f *freshTiles) drain(into []*wallTile) []*wallTile {
	f.mu.Lock()
	defer f.mu.Unlock()
	for t := range f.in {
		into = append(into, t)
	}
	clear(f.in)
	return into
}

func newWallTiles(p Pictures, known func(camera.ID) error, sees func(camera.ID) bool, d *decks, copies Renditions) *wallTiles {
	w := &wallTiles{
		pictures: p, known: known, sees: sees, copies: copies, wake: make(chan struct{}, 1), flow: newFlow(),
		tiles: make(map[uint16]*wallTile), look: make(map[camera.ID]bool),
		lost: make(map[uint16]error), fresh: freshTiles{in: make(map[*wallTile]struct{})},
	}
	w.play = newWallPlay(d, w.signal)
	return w
}

// set makes the wishes all that is wanted. It returns the tiles whose camera is
// not there; they are shown as soon as it is.
func (w *wallTiles) set(wishes []wish) []refusal {
	defer w.signal()
	w.mu.Lock()
	defer w.mu.Unlock()
	had := make(map[camera.ID]bool)
	for _, t := range w.tiles {
		had[t.Camera] = true
	}
	wanted := make(map[uint16]wish, len(wishes))
	for _, x := range wishes {
		wanted[uint16(x.Tile)] = x
	}
	for n, t := range w.tiles {
		if x, ok := wanted[n]; !ok || x.Camera != t.Camera {
			w.remove(n)
		}
	}
	var refusals []refusal
	for _, x := range wishes {
		if err := w.put(x); err != nil {
			refusals = append(refusals, refusal{x.Tile, err})
		}
		if !had[x.Camera] {
			w.look[x.Camera] = true
		}
	}
	return refusals
}

// put adds a tile, or changes its size and rate: the old reader is closed after
// the new one is there, so that a camera on demand stays open. It is called with
// mu held.
func (w *wallTiles) put(x wish) error {
	n := uint16(x.Tile)
	t := w.tiles[n]
	if t == nil {
		t = &wallTile{lane: w.flow.add(n)}
		w.tiles[n] = t
	} else if t.wish == x {
		return nil
	}
	t.wish = x
	t.lane.pace.setRate(x.FPS)
	w.detail.reset(time.Now())
	return w.open(t)
}

// adapt looks now and then whether the link carries what is wanted, and opens
// narrower or wider pictures if need be.
func (w *wallTiles) adapt(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.detail.due(now) {
		return
	}
	tiles, offered, sent := w.flow.tally()
	if !w.detail.look(now, tiles, offered, sent) {
		return
	}
	for n, t := range w.tiles {
		if !w.isOpen(t) {
			continue
		}
		if err := w.open(t); err != nil { // its camera went just now
			w.lost[n] = err
		}
	}
}

// open gives a tile a reader for what it wants now. It is called with mu held.
func (w *wallTiles) open(t *wallTile) error {
	old := t.reader
	width, fps := w.detail.of(t.Width, t.FPS)
	if w.play.is() {
		return w.openTrack(t, width, fps)
	}
	r, err := w.pictures.Open(t.Camera, width, fps, func() {
		w.fresh.add(t)
		w.signal()
	})
	if err != nil {
		t.reader = nil // not r, which may be a nil pointer
	} else {
		t.reader = r
	}
	if old != nil {
		old.Close()
	}
	return err
}

// remove drops a tile. It is called with mu held.
func (w *wallTiles) remove(n uint16) {
	t := w.tiles[n]
	delete(w.tiles, n)
	delete(w.lost, n)
	w.flow.remove(n)
	w.play.remove(n)
	if t.reader != nil {
		t.reader.Close()
		t.reader = nil
	}
	w.fresh.remove(t)
}

// close drops all tiles.
func (w *wallTiles) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for n := range w.tiles {
		w.remove(n)
	}
}

// collect takes what the readers have, and notes the tiles whose camera is gone.
// It returns scratch, to be used again.
func (w *wallTiles) collect(now time.Time, scratch []*wallTile) []*wallTile {
	scratch = w.fresh.drain(scratch[:0])
	if len(scratch) == 0 {
		return scratch
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, t := range scratch {
		scratch[i] = nil // let it go
		if w.drain(t, now) {
			continue
		}
		t.reader.Close()
		t.reader = nil
		// The stream ended with its camera, or with the program. If the camera is
		// there again, reopen is told of it.
		if err := w.known(t.Camera); err != nil {
			w.lost[uint16(t.Tile)] = err
		}
	}
	return scratch
}

// drain takes what the reader of a tile has, and reports false at its end. It
// is called with mu held.
func (w *wallTiles) drain(t *wallTile, now time.Time) bool {
	for t.reader != nil {
		p, err := t.reader.TryNext()
		if err != nil {
			return false
		}
		if p == nil {
			return true
		}
		if t.last != nil && p.Arrived.Equal(t.at) && p.Track.Width <= t.last.Width {
			continue // a new reader begins with what the client has
		}
		t.last, t.at = p.Track, p.Arrived
		t.lane.offer(p, now)
	}
	return true
}

// reopen looks for the cameras of tiles that have none, or whose camera was
// removed and is there again.
func (w *wallTiles) reopen(changed map[camera.ID]bool) {
	defer w.signal()
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, t := range w.tiles {
		if !changed[t.Camera] {
			continue
		}
		w.look[t.Camera] = true
		if w.hide(t) {
			continue
		}
		had := t.reader != nil
		if had && w.drain(t, time.Now()) {
			continue
		}
		switch err := w.open(t); {
		case err == nil:
			delete(w.lost, n)
		case had:
			w.lost[n] = err
		}
	}
}

// changed notes cameras whose status is new.
func (w *wallTiles) changed(ids map[camera.ID]bool) {
	defer w.signal()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.tiles {
		if ids[t.Camera] {
			w.look[t.Camera] = true
		}
	}
}

// nextStatus returns a camera whose status the client does not have, or "".
func (w *wallTiles) nextStatus() camera.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := range w.look {
		delete(w.look, id)
		return id
	}
	return ""
}

// nextLost returns a tile whose camera went and of which the client does not
// know yet.
func (w *wallTiles) nextLost() (refusal, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, err := range w.lost {
		delete(w.lost, n)
		return refusal{int(n), err}, true
	}
	return refusal{}, false
}

// next fills a batch with the pictures to send now.
func (w *wallTiles) next(now time.Time, b *batch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !b.full() {
		l, seq, p := w.flow.take(now)
		if p == nil {
			return
		}
		b.add(l.tile, seq, p)
	}
}

// wait returns how long until there is something to send though nothing comes,
// or false.
func (w *wallTiles) wait(now time.Time) (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flow.wait(now)
}

// got gives credit back, and returns the tiles of credit that was not given.
func (w *wallTiles) got(credits []credit, now time.Time) (refusals []refusal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range credits {
		if !w.flow.got(c.tile, c.seq, now) {
			refusals = append(refusals, c.refused())
		}
	}
	if w.flow.waiting() { // most credit comes before the next picture does
		w.signal()
	}
	return refusals
}

func (w *wallTiles) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}
