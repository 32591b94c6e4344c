// Package stream hands each packet of one camera to any number of readers,
// without copying it and without waiting for any of them.
package stream

import (
	"errors"
	"sync"

	"camhub/internal/media"
)

// ErrBehind ends an All reader that could not keep up: its packets have a hole.
var ErrBehind = errors.New("stream: reader fell behind")

// ErrClosed ends every reader of a stream whose camera was removed.
var ErrClosed = errors.New("stream: closed")

// maxGroup bounds the packets kept for readers that join between key frames.
const maxGroup = 300

// Stream is the fan-out point of one camera. It outlives the connections of
// its source, so readers stay while a camera is restarted. Use New. Its methods
// are safe for concurrent use, but Write has one caller at a time.
type Stream struct {
	demand chan struct{} // capacity 1

	// mu is taken before any Reader.mu, and before the mu of a copy.
	mu      sync.Mutex
	seq     uint64
	group   []*media.Packet // the newest key packet and what came after it
	readers map[*Reader]struct{}
	viewers int    // people's readers: neither All nor taps
	dropped uint64 // by readers that have left, and copies
	copies  map[*Stream]struct{}
	err     error
}

// New returns an empty stream.
func New() *Stream {
	return &Stream{demand: make(chan struct{}, 1), readers: make(map[*Reader]struct{})}
}

// Write hands p to all readers and keeps it for those to come. It never blocks
// on a reader. The caller gives p away.
func (s *Stream) Write(p *media.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	s.seq++
	p.Seq = s.seq
	switch {
	case p.Key:
		s.group = append(s.group[:0:0], p) // a joining reader may still hold the old slice
	case len(s.group) > 0 && len(s.group) < maxGroup:
		s.group = append(s.group, p)
	default:
		s.group = nil
	}
	for r := range s.readers {
		r.push(p)
	}
}

// Last returns the newest key packet, or nil: a snapshot.
func (s *Stream) Last() *media.Packet {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.group) == 0 {
		return nil
	}
	return s.group[0]
}

// Forget lets go of the kept packets, so that a reader that joins later does
// not begin with a picture of long ago.
func (s *Stream) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.group = nil
}

// Subscribe adds a reader. It starts with the newest key packet and what came
// after it, so a picture shows at once. The caller must Close it. On a closed
// stream the reader gives ErrClosed.
func (s *Stream) Subscribe(m Mode) *Reader { return s.SubscribeFunc(m, nil) }

// SubscribeFunc is Subscribe for a reader that nobody waits for with Next:
// ready is called, even before SubscribeFunc returns, whenever there is
// something for TryNext, a packet or the end. It is called with the stream's
// lock held: it must not block, nor call the stream or the reader.
func (s *Stream) SubscribeFunc(m Mode, ready func()) *Reader {
	return s.subscribe(newReader(s, m, ready))
}

// Tap adds a Latest reader of the program itself. It counts as demand, and not as a
// viewer: nobody looks at what it reads until it is passed on.
func (s *Stream) Tap() *Reader {
	r := newReader(s, Latest, nil)
	r.tap = true
	return s.subscribe(r)
}

func (s *Stream) subscribe(r *Reader) *Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		r.fail(s.err)
		return r
	}
	for _, p := range s.group {
		r.push(p)
	}
	s.readers[r] = struct{}{}
	if r.viewer() {
		s.viewers++
	}
	if len(s.readers) == 1 {
		s.signal()
	}
	return r
}

// Readers returns how many readers there are.
func (s *Stream) Readers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.readers)
}

// Demand gets a value when the first reader has come or the last one has left. It has
// one receiver, which then asks Readers.
func (s *Stream) Demand() <-chan struct{} { return s.demand }

// AddCopy counts the viewers of c, a stream that is made from s, as viewers of
// s, until RemoveCopy. A copy of a copy is not counted.
func (s *Stream) AddCopy(c *Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.copies == nil {
		s.copies = make(map[*Stream]struct{})
	}
	s.copies[c] = struct{}{}
}

// RemoveCopy ends what AddCopy began. What the copy's viewers missed stays
// counted.
func (s *Stream) RemoveCopy(c *Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.copies[c]; ok {
		delete(s.copies, c)
		_, dropped := c.own()
		s.dropped += dropped
	}
}

// Viewers returns how many people's readers there are (Latest and Live, and
// those of copies), and how many packets such readers missed because they were
// slow, ever.
func (s *Stream) Viewers() (now int, dropped uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, dropped = s.counts()
	for c := range s.copies {
		n, d := c.own()
		now, dropped = now+n, dropped+d
	}
	return now, dropped
}

// own is Viewers without those of copies.
func (s *Stream) own() (now int, dropped uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts()
}

// counts is own with mu held.
func (s *Stream) counts() (now int, dropped uint64) {
	dropped = s.dropped
	for r := range s.readers {
		if !r.tap {
			dropped += r.Dropped()
		}
	}
	return s.viewers, dropped
}

// Close ends all readers with ErrClosed, after what they have queued.
func (s *Stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = ErrClosed
	s.group = nil
	for r := range s.readers {
		r.fail(ErrClosed)
	}
	clear(s.readers)
	s.viewers = 0
	s.signal()
}

func (s *Stream) remove(r *Reader) {
	s.mu.Lock()
	if _, ok := s.readers[r]; ok {
		delete(s.readers, r)
		if !r.tap {
			s.dropped += r.Dropped()
		}
		if r.viewer() {
			s.viewers--
		}
		if len(s.readers) == 0 {
			s.signal()
		}
	}
	s.mu.Unlock()
	r.fail(ErrClosed)
}

// signal is called with mu held.
func (s *Stream) signal() {
	select {
	case s.demand <- struct{}{}:
	default:
	}
}
