package api

import (
	"slices"

	"camhub/internal/access"
	"camhub/internal/camera"
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

// seen returns those of the cameras that a caller may see, in their order.
func seen(who *access.Caller, ids []camera.ID) []camera.ID {
	if who.SeesAll() {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id camera.ID) bool { return !who.Sees(id) })
}

// seesEach reports whether a caller may see every one of the cameras. What was made
// of several is shown to whoever may see all of them: the others it would tell of
// what they may not see, and they could not undo a part of it.
func seesEach(who *access.Caller, ids []camera.ID) bool {
	return !slices.ContainsFunc(ids, func(id camera.ID) bool { return !who.Sees(id) })
}
