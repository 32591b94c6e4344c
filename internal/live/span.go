package live

import (
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
)

// mayPlay returns why a caller may not see what a camera recorded from one instant to
// another, in any order, or nil. Only a share link has bounds in time.
func mayPlay(who *access.Caller, id camera.ID, from, to time.Time) error {
	if to.Before(from) {
		from, to = to, from
	}
	if !who.Plays(id, from, to) {
		return fault.New(fault.Unauthorized, "The link is for something else.")
	}
	return nil
}

// within bounds a playback that has no end to what a caller's share link shows, and
// returns why the caller may not see it, or nil.
func (p *playSpec) within(who *access.Caller, id camera.ID) error {
	if p.to.IsZero() && who != nil && who.Share != nil && !who.Share.IsLive() {
		p.to = *who.Share.To
		if p.speed < 0 {
			p.to = *who.Share.From
		}
	}
	if p.to.IsZero() {
		return mayPlay(who, id, p.from, p.from)
	}
	return mayPlay(who, id, p.from, p.to)
}
