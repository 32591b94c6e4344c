package api

import (
	"camhub/internal/access"
	"camhub/internal/event"
)

// mayRead reports whether a caller may know of an event: of a camera whoever may
// see it, of users only admins.
func mayRead(who *access.Caller, e *event.Event) bool {
	if e.Camera == "" {
		return who.Is(access.Admin)
	}
	return who.Sees(e.Camera)
}

// readable returns an event as a caller may read it: who did it is for admins.
func readable(who *access.Caller, e event.Event) event.Event {
	if !who.Is(access.Admin) {
		e.Actor, e.Subject, e.Remote = "", "", ""
	}
	return e
}
