package access

import (
	"context"
	"errors"
	"time"

	"camhub/internal/camera"
)

// Caller is who makes a request, and what they may do. It does not change: when
// rights change, what the caller has running is ended with ErrRevoked. The nil
// Caller is nobody, and may nothing.
type Caller struct {
	Name    string   // the user's, or "" for the local admin and for a share link
	Role    Role     // "" for a share link
	Grants  []Grants // each of them must allow a camera
	Share   *Share   // not nil for a share link
	Session string   // the public ID of the session, or ""
	Token   string   // the public ID of the API token, or ""

	// Group returns the group of a camera that exists. It may be nil if no
	// grant names a group.
	Group func(camera.ID) (group string, ok bool)
}

// ErrRevoked is the cause with which the context of a request ends when its
// caller has lost the right to it.
var ErrRevoked = errors.New("access was revoked")

// LocalAdmin is who reaches a hub that knows no users.
func LocalAdmin() *Caller { return &Caller{Role: Admin, Grants: []Grants{Everything()}} }

// Is reports whether the caller may do what role may.
func (c *Caller) Is(role Role) bool { return c != nil && c.Role.Covers(role) }

// SeesAll reports whether the caller may see every camera there is or will be.
func (c *Caller) SeesAll() bool {
	if c == nil || len(c.Grants) == 0 {
		return false
	}
	for i := range c.Grants {
		if !c.Grants[i].All {
			return false
		}
	}
	return true
}

// Sees reports whether the caller may see a camera, live. For a camera that does
// not exist any more, only grants that name it count.
func (c *Caller) Sees(id camera.ID) bool {
	if c.SeesAll() {
		return true
	}
	if c == nil || len(c.Grants) == 0 {
		return false
	}
	group := ""
	if c.Group != nil {
		group, _ = c.Group(id)
	}
	for i := range c.Grants {
		if !c.Grants[i].Sees(id, group) {
			return false
		}
	}
	return c.Share == nil || c.Share.IsLive()
}

// Plays reports whether the caller may see what a camera recorded from one
// instant to another: a user what he may see live, a share link its own span.
func (c *Caller) Plays(id camera.ID, from, to time.Time) bool {
	if c == nil {
		return false
	}
	if c.Share == nil {
		return c.Sees(id)
	}
	unbound := *c
	unbound.Share = nil
	return c.Share.Holds(from, to) && unbound.Sees(id)
}

type callerKey struct{}

// With returns a context that says who calls.
func With(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From returns who calls, or nil, who may nothing.
func From(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}

// Actor returns the name of the caller, for what is written down.
func Actor(ctx context.Context) string {
	if c := From(ctx); c != nil {
		return c.Name
	}
	return ""
}
