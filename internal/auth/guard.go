package auth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// Guard lets through to a route those who meet its need. It is a route.Guard.
// What it lets through ends when the right to it does: the context of the request
// is cancelled with the cause access.ErrRevoked.
func (s *Service) Guard(need route.Need, next route.Func) route.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := camera.ID(route.Var(r, "id"))
		for {
			u, err := s.admit(w, r, need, id)
			if err != nil {
				return s.refuse(w, r, err)
			}
			ctx, done, err := s.begin(r.Context(), u)
			if errors.Is(err, errChanged) {
				continue // it is another credential now, or none
			}
			defer done()
			return s.refuse(w, r, next(w, r.WithContext(ctx)))
		}
	}
}

// admit returns the use that a request is, or why it may not be.
func (s *Service) admit(w http.ResponseWriter, r *http.Request, need route.Need, id camera.ID) (*use, error) {
	u := &use{need: need, camera: id}
	mode := s.Mode()
	if err := s.checkHost(mode, r); err != nil {
		return nil, err
	}
	if mode == Setup && need != route.Public {
		return nil, errSetup
	}
	if mode != Users || need == route.Public || need == route.Guest {
		u.cred.mode = mode
		if mode == Open || mode == Insecure {
			u.caller = access.LocalAdmin()
		}
	} else {
		var err error
		if u.cred, err = s.identify(w, r, need); err != nil {
			return nil, err
		}
		u.caller = s.caller(u.cred)
	}
	return u, permit(need, u.caller, id)
}

// errSetup is what a hub without an owner answers to whoever is not in its own
// house.
var errSetup = fault.New(fault.Unavailable, "The hub has no owner yet. Open the link that it printed when it started, or run camhub user add.")

// caller returns who shows a credential, and what they may do.
func (s *Service) caller(c credential) *access.Caller {
	if c.user == nil && c.share == nil {
		return nil
	}
	who := &access.Caller{Group: s.cfg.Group}
	if c.user != nil {
		who.Name, who.Role = c.user.Name, c.user.Role
		who.Grants = append(who.Grants, c.user.Grants)
	}
	switch {
	case c.session != nil:
		who.Session = c.session.ID
	case c.token != nil:
		who.Token = c.token.ID
		who.Grants = append(who.Grants, c.token.Grants)
		if !c.token.Role.Covers(who.Role) {
			who.Role = c.token.Role
		}
	case c.share != nil:
		who.Name, who.Role, who.Share = "", "", c.share
		who.Grants = append(who.Grants, c.share.Grants())
	}
	return who
}

// refuse tells a program what is missing, and leads a person there, if err says
// that the hub does not know who asks.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	person := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
	switch kind := fault.KindOf(err); {
	case errors.Is(err, errSetup) && person:
		return redirect(w, r, "/setup")
	case kind == fault.Unauthorized && person:
		return redirect(w, r, "/login?"+url.Values{"next": {r.URL.RequestURI()}}.Encode())
	case kind == fault.Unauthorized:
		// A browser that is asked for Basic opens a dialog of its own, over ours.
		if !strings.Contains(r.UserAgent(), "Mozilla/") {
			w.Header().Add("WWW-Authenticate", `Basic realm="camhub", charset="UTF-8"`)
		}
		w.Header().Add("WWW-Authenticate", `Bearer realm="camhub"`)
	}
	return err
}

// redirect sends a browser to a page of ours. Nobody keeps that answer.
func redirect(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
