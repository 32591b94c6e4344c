package access

import (
	"time"

	"camhub/internal/camera"
)

// User is a person who signs in.
type User struct {
	Name      string    `json:"name"` // see validName; never changes
	Role      Role      `json:"role"`
	Grants    Grants    `json:"grants"`   // of an admin: Everything
	Password  string    `json:"password"` // hashed by package auth; must not be shown
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Session is a browser that signed in.
type Session struct {
	Hash      string    `json:"hash"` // of its secret, see Hash
	ID        string    `json:"id"`   // names it to people and programs; no secret
	User      string    `json:"user"`
	Agent     string    `json:"agent"`  // the browser, as it says
	Remote    string    `json:"remote"` // where it signed in from
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at"` // to some minutes
	ExpiresAt time.Time `json:"expires_at"`
}

// Token is a password of a program, made by a user. It may never do more than
// the user may at the time.
type Token struct {
	Hash      string     `json:"hash"`
	ID        string     `json:"id"`
	User      string     `json:"user"`
	Name      string     `json:"name"` // what it is for
	Role      Role       `json:"role"`
	Grants    Grants     `json:"grants"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at"`    // to some minutes; nil: never
	ExpiresAt *time.Time `json:"expires_at"` // nil: never
}

// Share is a link that shows a camera, or a group of them, to whoever has it.
type Share struct {
	Hash      string     `json:"hash"`
	ID        string     `json:"id"`
	User      string     `json:"user"` // who made it, and whose rights bound it; "" for the local admin
	Name      string     `json:"name"`
	Camera    camera.ID  `json:"camera"` // or else Group
	Group     string     `json:"group"`
	From      *time.Time `json:"from"` // nil: live pictures; else what was recorded from here
	To        *time.Time `json:"to"`   // to here
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
}

// IsLive reports whether the link shows live pictures.
func (s *Share) IsLive() bool { return s.From == nil }

// Holds reports whether the link shows what was recorded from one instant to
// another.
func (s *Share) Holds(from, to time.Time) bool {
	return s.From != nil && s.To != nil && !to.Before(from) && !from.Before(*s.From) && !to.After(*s.To)
}

// Grants returns the cameras that the link is for.
func (s *Share) Grants() Grants {
	if s.Camera != "" {
		return Grants{Cameras: []camera.ID{s.Camera}}
	}
	return Grants{Groups: []string{s.Group}}
}

// State is everything that is kept about who may see and do what.
type State struct {
	Users     []User
	Sessions  []Session
	Tokens    []Token
	Shares    []Share
	DeviceKey []byte // 32 random bytes that device cookies are signed with
}

// Shut names the users without a password, who can't sign in: a backup without secrets has
// only such ones.
func (s State) Shut() (names []string) {
	for _, u := range s.Users {
		if u.Password == "" {
			names = append(names, u.Name)
		}
	}
	return names
}

// Change is what changes of a State. It is stored as a whole or not at all.
type Change struct {
	PutUsers    []User
	DropUsers   []string // with all their sessions, tokens and share links
	PutSessions []Session
	PutTokens   []Token
	PutShares   []Share
	Drop        []string // the hashes of sessions, tokens and share links
}
