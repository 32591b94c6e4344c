package stream

import (
	"context"
	"sync"

	"camhub/internal/media"
)

// Mode says what a reader gets when it is slower than the camera.
type Mode uint8

const (
	// Latest keeps one packet, the newest that decodes on its own. For live
	// JPEG and for motion detection: never late, at any speed.
	Latest Mode = iota
	// Live keeps a short queue. When it is full the reader loses all of it and
	// goes on at the next key packet, so a decoder never sees a broken picture.
	Live
	// All keeps every packet and ends with ErrBehind when the queue is full.
	// For recordings, where a silent hole is worse than an error.
	All
)

// limits is the length of each mode's queue, in packets.
var limits = [...]int{Latest: 1, Live: 128, All: 1024}

// Reader is one subscriber. Next and TryNext have one caller at a time; Close
// may be called from anywhere, more than once.
type Reader struct {
	s     *Stream
	mode  Mode
	tap   bool          // of the program itself
	wake  chan struct{} // capacity 1
	ready func()        // if not nil, called instead of waking Next

	mu      sync.Mutex
	ring    []*media.Packet
	head, n int
	skip    bool // waiting for a key packet
	dropped uint64
	err     error
}

func newReader(s *Stream, m Mode, ready func()) *Reader {
	return &Reader{
		s: s, mode: m, wake: make(chan struct{}, 1), ready: ready,
		ring: make([]*media.Packet, limits[m]), skip: true,
	}
}

// viewer reports whether a person is behind the reader.
func (r *Reader) viewer() bool { return r.mode != All && !r.tap }

// Next returns the next packet. It waits for one until ctx ends, the reader is
// closed, or the stream fails it. What was queued before comes out first.
func (r *Reader) Next(ctx context.Context) (*media.Packet, error) {
	for {
		p, err := r.TryNext()
		if p != nil || err != nil {
			return p, err
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// TryNext is Next without waiting: it returns nil, nil when nothing is queued.
func (r *Reader) TryNext() (*media.Packet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == 0 {
		return nil, r.err
	}
	p := r.ring[r.head]
	r.ring[r.head] = nil // let it go
	r.head = (r.head + 1) % len(r.ring)
	r.n--
	return p, nil
}

// Dropped returns how many packets this reader did not get.
func (r *Reader) Dropped() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Close takes the reader off its stream and ends a Next that waits.
func (r *Reader) Close() { r.s.remove(r) }

// push queues p as r's mode says. Called with Stream.mu held; never blocks.
func (r *Reader) push(p *media.Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	if !p.Key && (r.skip || r.mode == Latest) {
		r.dropped++
		return
	}
	r.skip = false
	if r.n == len(r.ring) {
		switch r.mode {
		case Latest:
			r.drop()
		case Live:
			r.drop()
			if !p.Key {
				r.dropped++
				r.skip = true
				return
			}
		case All:
			r.err = ErrBehind
			r.signal()
			return
		}
	}
	r.ring[(r.head+r.n)%len(r.ring)] = p
	r.n++
	r.signal()
}

// drop empties the queue. Called with r.mu held.
func (r *Reader) drop() {
	r.dropped += uint64(r.n)
	clear(r.ring)
	r.head, r.n = 0, 0
}

func (r *Reader) fail(err error) {
	r.mu.Lock()
	if r.err == nil {
		r.err = err
	}
	r.mu.Unlock()
	r.signal()
}

func (r *Reader) signal() {
	if r.ready != nil {
		r.ready()
		return
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
