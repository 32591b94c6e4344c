package auth

import (
	"crypto/rand"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"camhub/internal/access"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/front"
)

// cookieName returns the name of the session's cookie. With HTTPS no other host
// and no page without HTTPS can set it (RFC 6265bis, section 4.1.3.2).
func cookieName(r *http.Request) string {
	if front.Secure(r) {
		return "__Host-camhub"
	}
	return "camhub"
}

func deviceCookieName(r *http.Request) string { return cookieName(r) + "-device" }

func setCookie(w http.ResponseWriter, r *http.Request, name, value string, age time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, Secure: front.Secure(r), SameSite: http.SameSiteLaxMode,
		MaxAge: int(age.Seconds()),
	}
	if age <= 0 {
		c.MaxAge = -1 // away with it
	}
	http.SetCookie(w, c)
}

// deviceLife is how long a browser is known.
const deviceLife = 365 * 24 * time.Hour

// checkPassword returns the user of that name and password. It takes as long for
// a name that no user has. The error is a fault.Unauthorized, a fault.TooMany
// with Retry-After set, or that of the request's context.
func (s *Service) checkPassword(w http.ResponseWriter, r *http.Request, name, password string) (*access.User, error) {
	subjects := []subject{{"address " + network(r.RemoteAddr), freeOfAddress}, {"account " + name, freeOfAccount}}
	nonce, known := s.device(r, name)
	if known {
		subjects = []subject{{"device " + nonce, freeOfDevice}}
	}
	if wait := s.limiter.take(time.Now(), subjects...); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return nil, fault.New(fault.TooMany, "Too many tries with a wrong password. Wait %d s.", int(math.Ceil(wait.Seconds())))
	}
	s.mu.Lock()
	u := s.users[name]
	s.mu.Unlock()
	hash := s.dummy
	if u != nil {
		hash = u.Password
	}
	ok := false
	if err := s.hashers.do(r.Context(), known, func() { ok = matches(hash, password) }); err != nil {
		s.limiter.refund(subjects...)
		return nil, err
	}
	if !ok || u == nil {
		s.failed(r, u)
		return nil, fault.New(fault.Unauthorized, "The name or the password is wrong.")
	}
	s.limiter.forgive(subjects...)
	return u, nil
}

// device returns the name of the browser, if somebody signed in with it before
// as the user.
func (s *Service) device(r *http.Request, name string) (nonce string, ok bool) {
	cookie, err := r.Cookie(deviceCookieName(r))
	if err != nil {
		return "", false
	}
	return readDevice(s.key, name, cookie.Value)
}

// failed writes down that a sign-in failed, unless there are very many: they must
// not push all other events out of the memory of the hub. A name that no user has
// is not written down: it may be a password that went into the wrong field.
func (s *Service) failed(r *http.Request, u *access.User) {
	if s.failures.take(time.Now(), subject{"failures", 200}) > 0 {
		return
	}
	e := event.Event{Time: time.Now(), Type: event.SignInFailed, Remote: network(r.RemoteAddr)}
	if u != nil {
		e.Subject = u.Name
	}
	s.cfg.Record(e)
}

// signIn makes a session for the user of that name and password, and gives its
// cookie to the browser.
func (s *Service) signIn(w http.ResponseWriter, r *http.Request, name, password string) (*access.User, error) {
	u, err := s.checkPassword(w, r, name, password)
	if err != nil {
		return nil, err
	}
	return u, s.startSession(w, r, u)
}

// startSession ends the session that the browser may have, makes a new one, and
// gives it its cookies.
func (s *Service) startSession(w http.ResponseWriter, r *http.Request, u *access.User) error {
	secret, now := rand.Text(), time.Now().UTC()
	v := access.Session{
		Hash: access.Hash(secret), ID: newID(), User: u.Name, Agent: agent(r), Remote: network(r.RemoteAddr),
		CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(sessionLife),
	}
	if err := s.edit.Lock(r.Context()); err != nil {
		return err
	}
	defer s.edit.Unlock()
	if now, err := s.user(u.Name); err != nil || now != u {
		return fault.New(fault.Unauthorized, "The user was changed meanwhile. Sign in again.")
	}
	c := access.Change{PutSessions: []access.Session{v}, Drop: s.oldest(u.Name)}
	if old := s.bySession(r); old.session != nil {
		c.Drop = append(c.Drop, old.session.Hash)
	}
	if err := s.change(c); err != nil {
		return err
	}
	setCookie(w, r, cookieName(r), secret, sessionLife)
	if _, known := s.device(r, u.Name); !known {
		setCookie(w, r, deviceCookieName(r), newDevice(s.key, u.Name), deviceLife)
	}
	s.cfg.Record(event.Event{Time: now, Type: event.SignedIn, Actor: u.Name, Subject: u.Name, Remote: v.Remote})
	return nil
}

// maxSessions is how many sessions a user may have: the one used longest ago ends.
const maxSessions = 100

// oldest returns the session that has to go before the user gets another, if one
// has.
func (s *Service) oldest(name string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	var old *access.Session
	for _, v := range s.sessions {
		if v.User != name {
			continue
		}
		if count++; old == nil || v.UsedAt.Before(old.UsedAt) {
			old = v
		}
	}
	if count < maxSessions {
		return nil
	}
	return []string{old.Hash}
}

// agent returns what the browser says it is, cut to what a list shows.
func agent(r *http.Request) string {
	text := r.UserAgent()
	return strings.ToValidUTF8(text[:min(len(text), maxUserAgent)], "")
}
