package emulated

import (
	"image"
	"sync"
)

// plates hands out one plate a size, and keeps it while somebody holds it. The
// zero value is ready. It is safe for concurrent use.
type plates struct {
	mu   sync.Mutex // guards held and the holders in it; not held while a plate is made
	held map[image.Point]*holding
}

type holding struct {
	holders int
	plate   func() (*plate, error) // makes it once; others wait for that
}

// take returns the plate of w by h pixels. It takes as long as coding the test
// card does, some tens of milliseconds. Whoever has got a plate without an
// error calls give with its size when done.
func (s *plates) take(w, h int) (*plate, error) {
	size := image.Pt(w, h)
	s.mu.Lock()
	held := s.held[size]
	if held == nil {
		held = &holding{plate: sync.OnceValues(func() (*plate, error) { return newPlate(w, h) })}
		if s.held == nil {
			s.held = make(map[image.Point]*holding)
		}
		s.held[size] = held
	}
	held.holders++
	s.mu.Unlock()
	p, err := held.plate()
	if err != nil {
		s.give(w, h)
	}
	return p, err
}

// give ends one hold of the plate of w by h pixels.
func (s *plates) give(w, h int) {
	size := image.Pt(w, h)
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held[size]
	if held.holders--; held.holders == 0 {
		delete(s.held, size)
	}
}
