package rendition

import (
	"context"
	"errors"

	"camhub/internal/jpeg"
	"camhub/internal/media"
)

// ErrClosed says that the set makes no more pictures.
var ErrClosed = errors.New("rendition: closed")

// single names one picture that is to be made smaller, for a snapshot.
type single struct {
	p   *media.Packet
	den int
}

// making is a single that is being made. done is closed when the rest is there.
type making struct {
	done chan struct{}
	made *media.Packet
	err  error
}

// Picture returns p itself, or a smaller picture of it that is at least width
// wide. It waits its turn until ctx ends. Those who ask for the same at the same
// time get one picture.
func (s *Set) Picture(ctx context.Context, p *media.Packet, width int) (*media.Packet, error) {
	if Untouched(p.Track, width) {
		return p, nil
	}
	m := s.begin(single{p, jpeg.Denominator(p.Track.Width, width)})
	select {
	case <-m.done:
		return m.made, m.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// begin joins those who make a picture, or is the first of them.
func (s *Set) begin(key single) *making {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.singles[key]; ok {
		return m
	}
	m := &making{done: make(chan struct{})}
	if s.closed {
		m.err = ErrClosed
		close(m.done)
		return m
	}
	s.singles[key] = m
	s.wg.Go(func() {
		defer close(m.done)
		m.made, m.err = nil, ErrClosed
		if s.acquire(s.ctx) {
			m.made, m.err = s.shrink(key.p, key.den, nil)
			s.release()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.singles, key)
	})
	return m
}
