package auth

import (
	"net/http"
	"strings"
	"time"

	"camhub/internal/access"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// tokenPrefix begins every API token, so that scanners and people know one.
const tokenPrefix = "camhub_"

// maxSecret bounds what is taken for a secret that the hub made.
const maxSecret = 200

// identify finds out whose request it is: an Authorization header counts before a
// share link, and that before a cookie. Nobody is no error, but what is shown and
// not right is a fault.Unauthorized, or a fault.TooMany after many tries.
func (s *Service) identify(w http.ResponseWriter, r *http.Request, need route.Need) (credential, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		if scheme, token, _ := strings.Cut(header, " "); strings.EqualFold(scheme, "Bearer") {
			return s.byToken(strings.TrimSpace(token))
		}
		name, password, ok := r.BasicAuth()
		switch {
		case !ok:
			return credential{}, fault.New(fault.Unauthorized, "The hub takes the schemes Bearer and Basic.")
		case strings.HasPrefix(password, tokenPrefix):
			return s.byToken(password)
		}
		return s.byPassword(w, r, name, password)
	}
	if need == route.Picture || need == route.Recording {
		if secret := r.URL.Query().Get("share"); secret != "" {
			w.Header().Set("Referrer-Policy", "no-referrer") // it would pass the link on
			return s.byShare(secret)
		}
	}
	return s.bySession(r), nil
}

func (s *Service) byToken(secret string) (credential, error) {
	wrong := fault.New(fault.Unauthorized, "The token is not valid, or no longer.")
	if len(secret) > maxSecret {
		return credential{}, wrong
	}
	hash := access.Hash(secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[hash]
	if t == nil {
		return credential{}, wrong
	}
	c := credential{user: s.users[t.User], token: t}
	if c.user == nil || !s.holds(c) {
		return credential{}, wrong
	}
	return c, nil
}

func (s *Service) byShare(secret string) (credential, error) {
	wrong := fault.New(fault.Unauthorized, "The link is not valid, or no longer.")
	if len(secret) > maxSecret {
		return credential{}, wrong
	}
	hash := access.Hash(secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.shares[hash]
	if v == nil {
		return credential{}, wrong
	}
	c := credential{user: s.users[v.User], share: v}
	// Who made it must still be there, and still be one who may share.
	if v.User != "" && (c.user == nil || !c.user.Role.Covers(access.Operator)) || !s.holds(c) {
		return credential{}, wrong
	}
	return c, nil
}

// bySession returns the credential of the request's cookie, or that of nobody.
func (s *Service) bySession(r *http.Request) credential {
	cookie, err := r.Cookie(cookieName(r))
	if err != nil || len(cookie.Value) > maxSecret {
		return credential{}
	}
	hash := access.Hash(cookie.Value)
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.sessions[hash]
	if v == nil {
		return credential{}
	}
	c := credential{user: s.users[v.User], session: v}
	if c.user == nil || !s.holds(c) {
		return credential{}
	}
	return c
}

// byPassword is for clients that send a password with every request.
func (s *Service) byPassword(w http.ResponseWriter, r *http.Request, name, password string) (credential, error) {
	s.mu.Lock()
	u := s.users[name]
	s.mu.Unlock()
	if u != nil && s.verified.knows(u.Password, password, time.Now()) {
		return credential{user: u}, nil
	}
	u, err := s.checkPassword(w, r, name, password)
	if err != nil {
		return credential{}, err
	}
	s.verified.add(u.Password, password, time.Now())
	return credential{user: u}, nil
}
