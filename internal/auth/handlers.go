package auth

import (
	"context"
	"crypto/subtle"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// callerJSON is who asks, as a page needs it.
type callerJSON struct {
	Name   string      `json:"name"` // "" for the local admin
	Role   access.Role `json:"role"`
	Mode   Mode        `json:"mode"`
	AllSee bool        `json:"sees_all"`
}

func (s *Service) callerJSON(c *access.Caller) callerJSON {
	return callerJSON{Name: c.Name, Role: c.Role, Mode: s.Mode(), AllSee: c.SeesAll()}
}

// postSetup makes the owner of a hub that has no user.
func (s *Service) postSetup(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code     string `json:"code"`
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	code := s.SetupCode()
	if code == "" {
		return fault.New(fault.Conflict, "The hub has an owner already.")
	}
	// In the other modes whoever is there is the admin already.
	if s.Mode() == Setup && subtle.ConstantTimeCompare([]byte(in.Code), []byte(code)) != 1 {
		errs = multierror.Append(errs, fault.Fieldf("/code", "is not the one that the hub printed when it started"))
	}
	owner := NewUser{Name: in.Name, Password: in.Password, Role: access.Admin}
	u, err := s.addUser(r.Context(), owner, errs)
	if err != nil {
		return err
	}
	// From here on there is an owner, and the request of before has lost its right.
	r = r.WithContext(context.WithoutCancel(r.Context()))
	stored, err := s.user(u.Name)
	if err != nil {
		return err
	}
	if err := s.startSession(w, r, stored); err != nil {
		return err
	}
	return route.WriteJSON(w, http.StatusCreated, s.callerJSON(s.caller(credential{user: stored})))
}

func (s *Service) postSession(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	errs = required(errs, map[string]string{"/name": in.Name, "/password": in.Password})
	if err := fault.InvalidFields("The name or the password is missing.", errs); err != nil {
		return err
	}
	u, err := s.signIn(w, r, in.Name, in.Password)
	if err != nil {
		return err
	}
	return route.WriteJSON(w, http.StatusOK, s.callerJSON(s.caller(credential{user: u})))
}

func (s *Service) getSession(w http.ResponseWriter, r *http.Request) error {
	return route.WriteJSON(w, http.StatusOK, s.callerJSON(access.From(r.Context())))
}

// deleteSession signs out. Other credentials than a session stay as they are.
func (s *Service) deleteSession(w http.ResponseWriter, r *http.Request) error {
	if c := s.bySession(r); c.session != nil {
		if err := s.edit.Lock(r.Context()); err != nil {
			return err
		}
		defer s.edit.Unlock()
		if err := s.change(access.Change{Drop: []string{c.session.Hash}}); err != nil {
			return err
		}
	}
	setCookie(w, r, cookieName(r), "", 0)
	return noContent(w)
}

// sessionJSON is a session as its user sees it.
type sessionJSON struct {
	ID        string    `json:"id"`
	Agent     string    `json:"agent"`
	Remote    string    `json:"remote"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current"`
}

func (s *Service) listSessions(w http.ResponseWriter, r *http.Request) error {
	who := access.From(r.Context())
	list := []sessionJSON{}
	s.mu.Lock()
	for _, v := range s.sessions {
		if v.User == who.Name {
			list = append(list, sessionJSON{v.ID, v.Agent, v.Remote, v.CreatedAt, v.UsedAt, v.ExpiresAt, v.ID == who.Session})
		}
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(a, b sessionJSON) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return route.WriteJSON(w, http.StatusOK, map[string]any{"sessions": list})
}

func (s *Service) revokeSession(w http.ResponseWriter, r *http.Request) error {
	id, who := route.Var(r, "session"), access.From(r.Context())
	err := s.drop(r.Context(), event.SessionRevoked, func() (hash, name string) {
		for _, v := range s.sessions {
			if v.ID == id && mine(who, v.User) {
				return v.Hash, v.User
			}
		}
		return "", ""
	})
	if err != nil {
		return err
	}
	return noContent(w)
}

// person returns a fault unless the caller is a user who has signed in: a
// token must not make what outlives it.
func person(c *access.Caller) error {
	switch {
	case c.Name == "":
		return fault.New(fault.Conflict, "The hub has no users that could own this.")
	case c.Token != "":
		return fault.New(fault.Forbidden, "A token can't do this; sign in.")
	}
	return nil
}

func (s *Service) putPassword(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Current  string `json:"current"`
		Password string `json:"password"`
	}
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	errs = required(errs, map[string]string{"/current": in.Current})
	patch := UserPatch{Password: &in.Password}
	if err := fault.InvalidFields("The password is not valid.", patch.check(who.Name, errs)); err != nil {
		return err
	}
	if err := person(who); err != nil {
		return err
	}
	if _, err := s.checkPassword(w, r, who.Name, in.Current); fault.KindOf(err) == fault.Unauthorized {
		return fault.InvalidFields("The password is not valid.", multierror.Append(nil, fault.Fieldf("/current", "is not your password")))
	} else if err != nil {
		return err
	}
	if _, err := s.ChangeUser(r.Context(), who.Name, patch, who.Session); err != nil {
		return err
	}
	return noContent(w)
}
