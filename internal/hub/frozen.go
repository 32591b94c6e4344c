package hub

import (
	"bytes"
	"time"

	"camhub/internal/event"
	"camhub/internal/media"
)

// A camera is frozen when its last frozenPictures pictures or more, over
// frozenAfter or longer, are the same byte by byte: the noise of a sensor alone
// makes two pictures of a dark wall differ. One that gives a picture a minute
// needs three minutes for that.
const (
	frozenAfter    = 30 * time.Second
	frozenPictures = 3
)

// freeze notices that a camera sends one picture again and again. The zero
// freeze has seen nothing. Its methods have one caller at a time.
type freeze struct {
	allowed bool      // it is a camera that may stand still
	last    []byte    // the newest picture, which the stream keeps anyway
	from    time.Time // when the first of the same pictures came
	count   int       // of the same pictures
	frozen  bool
}

// see takes a picture that came at a time, and reports whether frozen changed.
// It does not read pictures that differ further than to where they do, which is
// near the beginning; and mostly their lengths differ.
func (f *freeze) see(data []byte, at time.Time) (changed bool) {
	if f.allowed {
		return false
	}
	if len(data) != len(f.last) || !bytes.Equal(data, f.last) {
		changed = f.frozen
		*f = freeze{last: data, from: at, count: 1}
		return changed
	}
	f.count++
	if f.frozen || f.count < frozenPictures || at.Sub(f.from) < frozenAfter {
		return false
	}
	f.frozen = true
	return true
}

// since returns since when the camera has been frozen, or nil.
func (f *freeze) since() *time.Time {
	if !f.frozen {
		return nil
	}
	at := f.from.UTC()
	return &at
}

// watchFreeze looks whether p makes the camera frozen, or moving again, and
// tells. Called with mu held.
func (s *state) watchFreeze(p *media.Packet) {
	from := s.freeze.from
	if !s.freeze.see(p.Data, p.Arrived) {
		return
	}
	e := event.Event{Time: time.Now(), Type: event.Frozen, Camera: s.id, Name: s.name()}
	if !s.freeze.frozen {
		e.Type, e.DurationMS = event.Moving, p.Arrived.Sub(from).Milliseconds()
	}
	s.onEvent(e)
	s.onChange(s.id)
}

// mayStandStill says that the attempt's camera may show the same for ever.
func (s *state) mayStandStill(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freeze = freeze{allowed: yes}
}
