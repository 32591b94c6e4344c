package auth

import (
	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// permit is the policy: whether a caller, who may be nobody, meets the need of a
// route whose camera is id, or "". The error is a fault.Unauthorized for nobody, a
// fault.NotFound for a camera that the caller may not see, as for one that does
// not exist, and else a fault.Forbidden.
func permit(need route.Need, c *access.Caller, id camera.ID) error {
	if need == route.Public || need == route.Guest {
		return nil
	}
	if c == nil {
		return fault.New(fault.Unauthorized, "Sign in first.")
	}
	if c.Share != nil {
		return permitShare(need, c, id)
	}
	switch need {
	case route.Self:
		return permitRole(c, access.Viewer)
	case route.Viewer, route.Picture, route.Recording:
		return permitCamera(c, access.Viewer, id)
	case route.ViewerOfAll:
		if !c.SeesAll() {
			return fault.New(fault.Forbidden, "Only those who may see every camera can use this.")
		}
		return permitRole(c, access.Viewer)
	case route.Operator:
		return permitCamera(c, access.Operator, id)
	case route.Admin:
		return permitRole(c, access.Admin)
	}
	return fault.New(fault.Forbidden, "Nobody can use this.")
}

// permitShare lets a share link through to what it was made for, and nowhere else.
func permitShare(need route.Need, c *access.Caller, id camera.ID) error {
	switch {
	case need == route.Picture && id != "" && c.Sees(id):
		return nil
	case need == route.Recording && id != "" && !c.Share.IsLive() && c.Plays(id, *c.Share.From, *c.Share.To):
		return nil // the route asks again for the span that is wanted
	}
	return fault.New(fault.Unauthorized, "The link is for something else.")
}

func permitRole(c *access.Caller, least access.Role) error {
	if !c.Is(least) {
		return fault.New(fault.Forbidden, "This needs the role %s.", least)
	}
	return nil
}

// permitCamera asks for the camera first: what may not be seen is not there.
func permitCamera(c *access.Caller, least access.Role, id camera.ID) error {
	if id != "" && !c.Sees(id) {
		return fault.New(fault.NotFound, "There is no camera %q.", id)
	}
	return permitRole(c, least)
}
