package live

import (
	"slices"
	"time"

	"camhub/internal/media"
)

// maxCredit is how many pictures of one tile may be under way. With one, a tile
// would wait for the whole way there and back between two pictures.
const maxCredit = 2

// maxUnderWay bounds what is remembered of pictures that a client never
// acknowledges: those of tiles that it no longer wants.
const maxUnderWay = 2 * maxCredit * maxTiles

// flow decides which picture goes next on one connection: only for a tile that
// has credit left and a new picture, the tile that waited longest first, and
// only while the window has room. It does no input or output, and is not safe
// for concurrent use. Use newFlow.
type flow struct {
	window   window
	lanes    map[uint16]*lane
	count    uint64   // of pictures sent; its lower half is their number
	underWay []parcel // in the order they were sent
	bytes    int      // of what is under way
	live     int      // how many of underWay are of a tile that is still wanted
}

// lane is the flow of one tile. It keeps one picture, the newest: as next, or as
// held when it came too early for the tile's rate.
type lane struct {
	tile   uint16
	pace   pace
	next   *media.Packet // nil when there is nothing new
	held   *media.Packet
	used   int    // credit: pictures under way
	served uint64 // flow.count of its last picture
	from   uint64 // flow.count when the lane was made
	gone   bool
}

// parcel is a picture that was sent and not yet acknowledged.
type parcel struct {
	seq    uint32
	lane   *lane
	bytes  int
	sentAt time.Time
	queue  int // what was under way then, with it
}

func newFlow() *flow { return &flow{window: newWindow(), lanes: make(map[uint16]*lane)} }

// add makes the lane of a tile that has none.
func (f *flow) add(tile uint16) *lane {
	l := &lane{tile: tile, from: f.count}
	f.lanes[tile] = l
	return l
}

// remove ends the lane of a tile. What is under way of it still fills the
// window, until the client acknowledges it or anything that was sent later.
func (f *flow) remove(tile uint16) {
	l := f.lanes[tile]
	l.gone, l.next, l.held = true, nil, nil
	f.live -= l.used
	delete(f.lanes, tile)
}

// offer gives a lane a newer picture, which takes the place of one that was not
// sent yet. Pictures above the tile's rate are left out, unless no other follows.
func (l *lane) offer(p *media.Packet, now time.Time) {
	if l.next != nil || l.pace.take(now) {
		l.next, l.held = p, nil
	} else {
		l.held = p
	}
}

// release makes a held picture the next one when no other came in its place.
func (l *lane) release(now time.Time) {
	if l.held != nil && !now.Before(l.pace.overdue()) {
		l.pace.take(now)
		l.next, l.held = l.held, nil
	}
}

// wait returns how long it is until a held picture has to go, or false when
// there is none.
func (f *flow) wait(now time.Time) (d time.Duration, ok bool) {
	for _, l := range f.lanes {
		if l.held == nil {
			continue
		}
		if left := max(0, l.pace.overdue().Sub(now)); !ok || left < d {
			d, ok = left, true
		}
	}
	return d, ok
}

// take returns the picture that is to be sent now and the number to send it
// under, or nil. It counts as sent.
func (f *flow) take(now time.Time) (l *lane, seq uint32, p *media.Packet) {
	for _, other := range f.lanes {
		other.release(now)
		if other.next == nil || other.used >= maxCredit {
			continue
		}
		if l == nil || other.served < l.served || other.served == l.served && other.tile < l.tile {
			l = other
		}
	}
	if l == nil {
		return nil, 0, nil
	}
	n := len(l.next.Data)
	if f.live > 0 && f.bytes+n > f.window.bytes() {
		return nil, 0, nil // a smaller picture of another tile must not overtake it for ever
	}
	p, l.next = l.next, nil
	f.count++
	l.served = f.count
	l.used++
	f.live++
	f.bytes += n
	f.underWay = append(f.underWay, parcel{uint32(f.count), l, n, now, f.bytes})
	if len(f.underWay) > maxUnderWay { // so most of them are of tiles that are gone
		i := slices.IndexFunc(f.underWay, func(p parcel) bool { return p.lane.gone })
		f.forget(i, i+1)
	}
	return l, uint32(f.count), p
}

// waiting reports whether there is a picture that was not sent yet.
func (f *flow) waiting() bool {
	for _, l := range f.lanes {
		if l.next != nil {
			return true
		}
	}
	return false
}

// got takes credit back for a picture. It reports false, and changes nothing,
// when no such credit was given. Acknowledgements for tiles that were dropped
// meanwhile cross the client's list on the way and are no fault.
func (f *flow) got(tile uint16, seq uint32, now time.Time) bool {
	i := slices.IndexFunc(f.underWay, func(p parcel) bool { return p.seq == seq && p.lane.tile == tile })
	if i < 0 {
		ago := uint64(uint32(f.count) - seq) // numbers go round
		l := f.lanes[tile]
		return ago < f.count && (l == nil || f.count-ago <= l.from)
	}
	p := f.underWay[i]
	f.window.acked(now.Sub(p.sentAt), p.bytes, p.queue)
	f.forget(i, i+1)
	// What a client no longer wants it need not acknowledge. It came before p.
	for j := i - 1; j >= 0; j-- {
		if f.underWay[j].lane.gone {
			f.forget(j, j+1)
		}
	}
	return true
}

// forget takes parcels out of what is under way.
func (f *flow) forget(from, to int) {
	for _, p := range f.underWay[from:to] {
		f.bytes -= p.bytes
		p.lane.used--
		if !p.lane.gone {
			f.live--
		}
	}
	f.underWay = slices.Delete(f.underWay, from, to)
}
