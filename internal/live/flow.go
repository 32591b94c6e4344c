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
// has credit left and a new picture, the tile that shows the oldest one first,
// and only while the window has room. It does no input or output, and is not
// safe for concurrent use. Use newFlow.
type flow struct {
	window   window
	lanes    map[uint16]*lane
	all      []*lane  // those of lanes, in any order
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
	used   int       // credit: pictures under way
	came   time.Time // when next was put here, if it was recorded
	shows  time.Time // when the picture that was sent last had come from the camera, or was put here
	served uint64    // flow.count of its last picture
	from   uint64    // flow.count when the lane was made
	gone   bool

	offered, sent int // pictures since tally was called last
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
	f.all = append(f.all, l)
	return l
}

// remove ends the lane of a tile. What is under way of it still fills the
// window, until the client acknowledges it or anything that was sent later.
func (f *flow) remove(tile uint16) {
	l := f.lanes[tile]
	l.gone, l.next, l.held = true, nil, nil
	f.live -= l.used
	delete(f.lanes, tile)
	i := slices.Index(f.all, l)
	f.all = slices.Delete(f.all, i, i+1)
}

// offer gives a lane a newer picture, which takes the place of one that was not
// sent yet. Pictures above the tile's rate are left out, unless no other follows.
func (l *lane) offer(p *media.Packet, now time.Time) {
	if l.pace.take(now) {
		l.offered++
		l.next, l.held = p, nil
	} else if l.next != nil {
		l.next = p
	} else {
		l.held = p
	}
}

// put gives a lane a recorded picture, which has a time of its own. It takes the place
// of one that was not sent yet.
func (l *lane) put(p *media.Packet, now time.Time) {
	l.offered++
	l.next, l.held, l.came = p, nil, now
}

// clear drops what was not sent yet.
func (l *lane) clear() { l.next, l.held = nil, nil }

// release makes a held picture the next one when no other came in its place.
func (l *lane) release(now time.Time) {
	if l.held != nil && !now.Before(l.pace.overdue()) {
		l.pace.take(now)
		l.offered++
		l.next, l.held = l.held, nil
	}
}

// wait returns how long it is until a held picture has to go, or false when
// there is none.
func (f *flow) wait(now time.Time) (d time.Duration, ok bool) {
	for _, l := range f.all {
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
	for _, other := range f.all {
		other.release(now)
		if other.next == nil || other.used >= maxCredit {
			continue
		}
		if l == nil || other.before(l) {
			l = other
		}
	}
	if l == nil {
		return nil, 0, nil
	}
	n := len(l.next.Data)
	if !f.window.admits(n, f.live, f.bytes, now) {
		return nil, 0, nil // a smaller picture of another tile must not overtake it for ever
	}
	p, l.next = l.next, nil
	f.count++
	l.served, l.shows = f.count, p.Arrived
	if !l.came.IsZero() {
		l.shows, l.came = l.came, time.Time{}
	}
	l.sent++
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

// before reports whether l is to be served before other: it shows the older
// picture.
func (l *lane) before(other *lane) bool {
	switch {
	case !l.shows.Equal(other.shows):
		return l.shows.Before(other.shows)
	case l.served != other.served:
		return l.served < other.served
	}
	return l.tile < other.tile
}

// tally returns what became of the pictures since it was called last: how many
// tiles had any, how many pictures there were for them at their rates, and how
// many of these were sent.
func (f *flow) tally() (tiles, offered, sent int) {
	for _, l := range f.all {
		if l.offered > 0 || l.sent > 0 {
			tiles++
		}
		offered, sent = offered+l.offered, sent+l.sent
		l.offered, l.sent = 0, 0
	}
	return tiles, offered, sent
}

// waiting reports whether there is a picture that was not sent yet.
func (f *flow) waiting() bool {
	for _, l := range f.all {
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
	f.window.acked(p.sentAt, now, p.queue)
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
