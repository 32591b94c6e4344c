package live

import (
	"time"

	"camhub/internal/fault"
	"camhub/internal/media"
)

// do does what a client asks of recordings, or returns why not.
func (w *wallTiles) do(r *playRequest, real time.Time) error {
	if w.play.decks.recordings == nil {
		return fault.New(fault.Unavailable, "The hub keeps no recordings.")
	}
	if r.Op == opLive {
		w.goLive()
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.play.is() {
		w.play.begin(real)
		for n, t := range w.tiles {
			t.lane.clear()
			if err := w.open(t); err != nil {
				w.lost[n] = err
			}
		}
	}
	w.play.do(r, real)
	return nil
}

// goLive leaves the recordings, if they are shown.
func (w *wallTiles) goLive() {
	defer w.signal()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.play.is() {
		return
	}
	w.play.off()
	for n, t := range w.tiles {
		t.lane.clear()
		t.last, t.at = nil, time.Time{} // so that the picture of this moment goes at once
		if err := w.open(t); err != nil {
			w.lost[n] = err
		}
	}
}

// openTrack gives a tile recorded pictures in place of live ones, also of a camera
// that is gone, if the client may see it. It is called with mu held.
func (w *wallTiles) openTrack(t *wallTile, width int, fps float64) error {
	if t.reader != nil {
		t.reader.Close()
		t.reader = nil
	}
	w.fresh.remove(t)
	delete(w.lost, uint16(t.Tile))
	if !w.sees(t.Camera) {
		w.play.remove(uint16(t.Tile))
		t.lane.clear()
		return fault.New(fault.NotFound, "There is no camera %q.", t.Camera)
	}
	w.play.put(w, t, width, fps)
	return nil
}

// isOpen reports whether a tile has pictures to come, live or recorded. It is called
// with mu held.
func (w *wallTiles) isOpen(t *wallTile) bool {
	return t.reader != nil || w.play.plays(uint16(t.Tile))
}

// hide closes a tile that is open though its camera is gone, or went where the client
// may not see it, and notes that. It reports whether it has. Recordings of a camera that
// is gone stay. It is called with mu held.
func (w *wallTiles) hide(t *wallTile) bool {
	n := uint16(t.Tile)
	if w.play.is() {
		if w.sees(t.Camera) || !w.play.plays(n) {
			return false
		}
		w.lost[n] = w.open(t)
		return true
	}
	err := w.known(t.Camera)
	if err == nil || t.reader == nil {
		return false
	}
	t.reader.Close()
	t.reader = nil
	w.lost[n] = err
	return true
}

// plays reports whether t is what the tile shows. It is called with mu held.
func (w *wallTiles) plays(t *wallTrack) bool {
	return w.tiles[t.tile] == t.owner && w.play.has(t)
}

// show gives a recorded picture to the tile of a track. It reports false when the tile
// shows something else by now.
func (w *wallTiles) show(t *wallTrack, p *media.Packet, now time.Time) bool {
	defer w.signal()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.plays(t) {
		return false
	}
	t.owner.lane.put(p, now)
	return true
}

// blank drops a picture of a track that was not sent yet.
func (w *wallTiles) blank(t *wallTrack) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.plays(t) {
		t.owner.lane.clear()
	}
}

// free reports whether the picture before was sent, and else counts one that is left
// out: to read more than the link carries would only cost the disk.
func (w *wallTiles) free(t *wallTrack) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.plays(t) || t.owner.lane.next == nil {
		return true
	}
	t.owner.lane.offered++
	return false
}
