package simulator

import (
	"context"
	"sync"
	"time"
)

// grace is how long a new connection to a camera waits for the last one to be
// found closed: a viewer that has closed one and opens another at once has
// never had two, although both may be seen here. On a busy machine that takes a while.
const grace = 2 * time.Second

// counts is what a camera has seen since the simulator started.
type counts struct {
	Requests    int `json:"requests"`
	Connections int `json:"connections"`
	Open        int `json:"open"`         // connections now
	MostAtOnce  int `json:"most_at_once"` // connections
	Refused     int `json:"refused"`      // viewers that a camera for one turned away
	Leaks       int `json:"leaks"`        // credentials that came where they must not
}

// book is what one camera keeps between requests. It is safe for concurrent
// use. A nil book keeps nothing.
type book struct {
	mu     sync.Mutex // guards what follows
	counts counts
	left   chan struct{} // closed and made anew when a connection leaves
	nonces nonces
	logins int
}

func newBook() *book { return &book{left: make(chan struct{})} }

// enter counts a new connection, and returns how many others are open.
func (b *book) enter(ctx context.Context) (others int) {
	deadline := time.NewTimer(grace)
	defer deadline.Stop()
	b.mu.Lock()
	for waiting := true; b.counts.Open > 0 && waiting; {
		left := b.left
		b.mu.Unlock()
		select {
		case <-left:
		case <-deadline.C:
			waiting = false
		case <-ctx.Done():
			waiting = false
		}
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	others = b.counts.Open
	b.counts.Connections++
	b.counts.Open++
	b.counts.MostAtOnce = max(b.counts.MostAtOnce, b.counts.Open)
	return others
}

// leave counts the end of a connection.
func (b *book) leave() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts.Open--
	close(b.left)
	b.left = make(chan struct{})
}

// count counts a request.
func (b *book) count() { b.note(func(c *counts) { c.Requests++ }) }

// note changes the counts.
func (b *book) note(f func(c *counts)) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.counts)
}

// now returns the counts.
func (b *book) now() counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts
}
