package auth

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// How many tries in vain are free, and what the next ones cost: 1 s, 2 s, 4 s, …
// up to a minute. A wait is never longer, so that nobody is locked out for good.
const (
	freeOfAccount = 5
	freeOfAddress = 20
	freeOfDevice  = 20
	longestWait   = time.Minute
	forgetAfter   = 15 * time.Minute
	limitBuckets  = 4096
)

// limiter counts tries to sign in that failed. What is counted shares a fixed
// number of buckets by its hash: no flood takes memory, or makes the limiter
// forget, and a name that no user has looks like any other. A few names that
// share a bucket share their waits.
type limiter struct {
	seed maphash.Seed

	mu      sync.Mutex
	buckets [limitBuckets]tries
}

type tries struct {
	count int // since it was last forgotten
	next  time.Time
	last  time.Time
}

// subject is one thing that tries are counted of.
type subject struct {
	key  string
	free int
}

func newLimiter() *limiter { return &limiter{seed: maphash.MakeSeed()} }

func (l *limiter) bucket(s subject) *tries {
	return &l.buckets[maphash.String(l.seed, s.key)%limitBuckets]
}

// take charges a try to each of the subjects, or returns how long to wait and
// charges none. It is charged before its outcome is known, so that many at once
// are no way around.
func (l *limiter) take(now time.Time, subjects ...subject) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range subjects {
		b := l.bucket(s)
		if now.Sub(b.last) > forgetAfter {
			*b = tries{}
		}
		wait = max(wait, b.next.Sub(now))
	}
	if wait > 0 {
		return wait
	}
	for _, s := range subjects {
		b := l.bucket(s)
		b.count++
		b.last = now
		if over := b.count - s.free; over >= 0 {
			b.next = now.Add(min(time.Second<<min(over, 10), longestWait))
		}
	}
	return 0
}

// forgive forgets what was charged to the subjects: somebody signed in.
func (l *limiter) forgive(subjects ...subject) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range subjects {
		*l.bucket(s) = tries{}
	}
}

// refund takes one try back: it was not judged.
func (l *limiter) refund(subjects ...subject) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range subjects {
		if b := l.bucket(s); b.count > 0 {
			b.count--
			b.next = time.Time{}
		}
	}
}

// network returns what addresses are counted by: of IPv6, whoever has one
// address has 2^64 of them.
func network(remote string) string {
	addr, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := addr.Addr().Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
