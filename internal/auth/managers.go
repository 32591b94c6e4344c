package auth

import (
	"net/http"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// userJSON is a user as admins see one.
type userJSON struct {
	Name      string        `json:"name"`
	Role      access.Role   `json:"role"`
	Grants    access.Grants `json:"grants"`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
}

func toUserJSON(u access.User) userJSON {
	return userJSON{u.Name, u.Role, u.Grants.Clone(), u.CreatedAt, u.UpdatedAt}
}

func (s *Service) listUsers(w http.ResponseWriter, _ *http.Request) error {
	list := []userJSON{}
	for _, u := range s.Users() {
		list = append(list, toUserJSON(u))
	}
	return route.WriteJSON(w, http.StatusOK, map[string]any{"users": list})
}

func (s *Service) postUser(w http.ResponseWriter, r *http.Request) error {
	var in NewUser
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	u, err := s.addUser(r.Context(), in, errs)
	if err != nil {
		return err
	}
	return route.WriteJSON(w, http.StatusCreated, toUserJSON(u))
}

func (s *Service) patchUser(w http.ResponseWriter, r *http.Request) error {
	var in UserPatch
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	u, err := s.changeUser(r.Context(), route.Var(r, "user"), in, access.From(r.Context()).Session, errs)
	if err != nil {
		return err
	}
	return route.WriteJSON(w, http.StatusOK, toUserJSON(u))
}

func (s *Service) deleteUser(w http.ResponseWriter, r *http.Request) error {
	if err := s.RemoveUser(r.Context(), route.Var(r, "user")); err != nil {
		return err
	}
	return noContent(w)
}

// tokenJSON is a token as its user sees it.
type tokenJSON struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Role      access.Role   `json:"role"`
	Grants    access.Grants `json:"grants"`
	CreatedAt time.Time     `json:"created_at"`
	UsedAt    *time.Time    `json:"used_at"`
	ExpiresAt *time.Time    `json:"expires_at"`
	Secret    string        `json:"secret,omitempty"` // once, when it is made
}

func toTokenJSON(t access.Token, secret string) tokenJSON {
	return tokenJSON{t.ID, t.Name, t.Role, t.Grants.Clone(), t.CreatedAt, t.UsedAt, t.ExpiresAt, secret}
}

func (s *Service) listTokens(w http.ResponseWriter, r *http.Request) error {
	list := []tokenJSON{}
	for _, t := range s.tokensOf(access.From(r.Context()).Name) {
		list = append(list, toTokenJSON(t, ""))
	}
	return route.WriteJSON(w, http.StatusOK, map[string]any{"tokens": list})
}

func (s *Service) postToken(w http.ResponseWriter, r *http.Request) error {
	in := newToken{Role: access.Viewer}
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	errs = in.check(errs)
	if in.Role.Valid() && !who.Is(in.Role) {
		errs = multierror.Append(errs, fault.Fieldf("/role", "must not be more than yours"))
	}
	if err := fault.InvalidFields("The token is not valid.", errs); err != nil {
		return err
	}
	if err := person(who); err != nil {
		return err
	}
	t, secret, err := s.addToken(r.Context(), in)
	if err != nil {
		return err
	}
	return route.WriteJSON(w, http.StatusCreated, toTokenJSON(t, secret))
}

func (s *Service) revokeToken(w http.ResponseWriter, r *http.Request) error {
	id, who := route.Var(r, "token"), access.From(r.Context())
	err := s.drop(r.Context(), event.TokenRevoked, func() (hash, name string) {
		for _, v := range s.tokens {
			if v.ID == id && mine(who, v.User) {
				return v.Hash, v.Name
			}
		}
		return "", ""
	})
	if err != nil {
		return err
	}
	return noContent(w)
}

// shareJSON is a share link as who made it sees it.
type shareJSON struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	User      string     `json:"user"`
	Camera    camera.ID  `json:"camera,omitempty"`
	Group     string     `json:"group,omitempty"`
	From      *time.Time `json:"from"`
	To        *time.Time `json:"to"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	Secret    string     `json:"secret,omitempty"` // once, when it is made: the value of ?share=
}

func toShareJSON(v access.Share, secret string) shareJSON {
	return shareJSON{v.ID, v.Name, v.User, v.Camera, v.Group, v.From, v.To, v.CreatedAt, v.ExpiresAt, secret}
}

func (s *Service) listShares(w http.ResponseWriter, r *http.Request) error {
	who := access.From(r.Context())
	list := []shareJSON{}
	for _, v := range s.sharesOf(who.Name, who.Is(access.Admin)) {
		list = append(list, toShareJSON(v, ""))
	}
	return route.WriteJSON(w, http.StatusOK, map[string]any{"shares": list})
}

func (s *Service) postShare(w http.ResponseWriter, r *http.Request) error {
	var in newShare
	errs, err := read(w, r, &in)
	if err != nil {
		return err
	}
	who := access.From(r.Context())
	errs = in.check(errs)
	if in.Camera.Valid() {
		if _, ok := s.cfg.Group(in.Camera); !ok || !who.Sees(in.Camera) {
			errs = multierror.Append(errs, fault.Fieldf("/camera", "is not the id of a camera that you may see"))
		}
	}
	if err := fault.InvalidFields("The link is not valid.", errs); err != nil {
		return err
	}
	if who.Token != "" {
		return person(who)
	}
	v, secret, err := s.addShare(r.Context(), in)
	if err != nil {
		return err
	}
	return route.WriteJSON(w, http.StatusCreated, toShareJSON(v, secret))
}

func (s *Service) revokeShare(w http.ResponseWriter, r *http.Request) error {
	id, who := route.Var(r, "share"), access.From(r.Context())
	err := s.drop(r.Context(), event.ShareRevoked, func() (hash, name string) {
		for _, v := range s.shares {
			if v.ID == id && mine(who, v.User) {
				return v.Hash, v.Name
			}
		}
		return "", ""
	})
	if err != nil {
		return err
	}
	return noContent(w)
}
