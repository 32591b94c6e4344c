// Package access defines who may see and do what: roles, grants, and what is
// kept of users, sessions, tokens and share links. It holds data and the rules
// on them; package auth finds out who asks, and package store keeps it.
package access

import (
	"slices"

	"camhub/internal/camera"
)

// Role says what a user may do with the cameras that they may see.
type Role string

// The roles. Each may do what those before it may.
const (
	Viewer   Role = "viewer"   // look
	Operator Role = "operator" // restart cameras, keep and export recordings, share what they see
	Admin    Role = "admin"    // everything, with every camera
)

// Roles lists the roles, the least first.
var Roles = []Role{Viewer, Operator, Admin}

// Valid reports whether there is such a role.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Covers reports whether r may do what o may. No role covers one that does not
// exist, and one that does not exist covers none.
func (r Role) Covers(o Role) bool {
	mine, theirs := slices.Index(Roles, r), slices.Index(Roles, o)
	return theirs >= 0 && mine >= theirs
}

// Grants says which cameras may be seen.
type Grants struct {
	All     bool        `json:"all"`
	Cameras []camera.ID `json:"cameras"` // never null in JSON
	Groups  []string    `json:"groups"`  // never null in JSON
}

// Everything grants all cameras, also those to come.
func Everything() Grants { return Grants{All: true, Cameras: []camera.ID{}, Groups: []string{}} }

// Sees reports whether a camera of a group (which may be "") is granted. A
// camera without a group is in none.
func (g *Grants) Sees(id camera.ID, group string) bool {
	return g.All || slices.Contains(g.Cameras, id) || group != "" && slices.Contains(g.Groups, group)
}

// Clone returns a copy that shares nothing with g and has no nil list.
func (g *Grants) Clone() Grants {
	return Grants{
		All:     g.All,
		Cameras: append([]camera.ID{}, g.Cameras...),
		Groups:  append([]string{}, g.Groups...),
	}
}
