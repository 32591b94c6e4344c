package record

import (
	"sync"
	"time"

	"camhub/internal/media"
	"camhub/internal/record/archive"
)

// item is a picture on its way to the disk.
type item struct {
	p   *media.Packet
	gap archive.Gap // why pictures are missing just before it, or None
}

// queue holds pictures while the disk is slow. It never makes its writer wait: when
// it is full, pictures are lost until half of it is empty again, and the next one
// says so. It has one writer and one reader.
type queue struct {
	max  int64
	wake chan struct{} // capacity 1

	mu      sync.Mutex // guards what follows
	ring    []item     // its length is a power of two
	head, n int
	bytes   int64
	gap     archive.Gap // for the next picture that is taken
	full    bool        // pictures are lost until it is half empty
	lost    uint64
	closed  bool
}

func newQueue(limit int64) *queue {
	return &queue{max: limit, wake: make(chan struct{}, 1), ring: make([]item, 64)}
}

// push adds a picture, or loses it. It reports whether this is the first one lost.
func (q *queue) push(p *media.Packet) (overflow bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	size := int64(len(p.Data))
	switch {
	case q.full && q.bytes > q.max/2:
		q.lost++
		return false
	case q.n > 0 && q.bytes+size > q.max:
		q.lost++
		q.full, q.gap = true, archive.Overflow
		return true
	}
	q.full = false
	if q.n == len(q.ring) {
		q.grow()
	}
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = item{p, q.gap}
	q.n++
	q.bytes += size
	q.gap = archive.None
	q.signal()
	return false
}

func (q *queue) grow() {
	ring := make([]item, 2*len(q.ring))
	k := copy(ring, q.ring[q.head:])
	copy(ring[k:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}

// miss says that n pictures before the next are lost on their way here.
func (q *queue) miss(n uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lost += n
	q.gap = archive.Overflow
}

// close ends what pop gives, after what is queued.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

// signal is called with mu held.
func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// tryPop returns the next picture, if there is one, and whether the queue has ended.
func (q *queue) tryPop() (it item, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n == 0 {
		return item{}, q.closed
	}
	it = q.ring[q.head]
	q.ring[q.head] = item{}
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	q.bytes -= int64(len(it.p.Data))
	return it, false
}

// pop waits for the next picture, at most until the timer that is set to wait ends:
// then it returns none.
func (q *queue) pop(timer *time.Timer, wait time.Duration) (it item, ended bool) {
	if it, ended = q.tryPop(); it.p != nil || ended {
		return it, ended
	}
	timer.Reset(max(wait, 0))
	for {
		select {
		case <-q.wake:
			if it, ended = q.tryPop(); it.p != nil || ended {
				return it, ended
			}
		case <-timer.C:
			return item{}, false
		}
	}
}

// state returns what waits and what was lost.
func (q *queue) state() (pictures int, bytes int64, lost uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.n, q.bytes, q.lost
}
