package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/route"
)

// How long a session lasts, and how often what runs is looked at.
const (
	sessionIdle  = 14 * 24 * time.Hour // without use
	sessionLife  = 90 * 24 * time.Hour // at all
	lookEvery    = 2 * time.Second
	usedEvery    = 5 * time.Minute // a use is written down this often
	maxUserAgent = 200             // bytes
)

// credential is what a request showed, as it was then. One that changed since is
// another one.
type credential struct {
	user    *access.User
	session *access.Session
	token   *access.Token
	share   *access.Share
	mode    Mode // of a request without any
}

// use is a request that runs, perhaps for days: a feed, the wall, live events.
type use struct {
	cred   credential
	caller *access.Caller
	need   route.Need
	camera camera.ID // of the path, or ""
	cancel context.CancelCauseFunc
}

func (u *use) end() { u.cancel(access.ErrRevoked) }

// holds reports whether a credential is still what it was. It is called with mu
// held.
func (s *Service) holds(c credential) bool {
	now := time.Now()
	switch {
	case c.mode != "":
		return s.mode() == c.mode
	case s.cfg.Insecure:
		return false
	case c.user != nil && s.users[c.user.Name] != c.user:
		return false
	case c.session != nil:
		return s.sessions[c.session.Hash] == c.session && !sessionEnded(c.session, now)
	case c.token != nil:
		return s.tokens[c.token.Hash] == c.token && !expired(c.token.ExpiresAt, now)
	case c.share != nil:
		return s.shares[c.share.Hash] == c.share && now.Before(c.share.ExpiresAt)
	}
	return c.user != nil
}

func sessionEnded(v *access.Session, now time.Time) bool {
	return !now.Before(v.ExpiresAt) || now.Sub(v.UsedAt) >= sessionIdle
}

func expired(at *time.Time, now time.Time) bool { return at != nil && !now.Before(*at) }

// errChanged says that a credential changed between its reading and its use.
var errChanged = errors.New("auth: rights changed meanwhile")

// begin returns a context that ends with access.ErrRevoked when the credential is
// taken back. done must be called when the request has been answered.
func (s *Service) begin(ctx context.Context, u *use) (_ context.Context, done func(), err error) {
	ctx, u.cancel = context.WithCancelCause(access.With(ctx, u.caller))
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.holds(u.cred) {
		u.cancel(errChanged)
		return nil, nil, errChanged
	}
	s.touch(u.cred, time.Now())
	s.uses[u] = struct{}{}
	return ctx, func() {
		s.mu.Lock()
		delete(s.uses, u)
		s.mu.Unlock()
		u.cancel(nil)
	}, nil
}

// touch notes that a session or token is used. It is called with mu held.
func (s *Service) touch(c credential, now time.Time) {
	if c.session != nil && now.Sub(c.session.UsedAt) >= usedEvery {
		c.session.UsedAt = now.UTC()
		s.dirty[c.session.Hash] = true
	}
	if c.token != nil && (c.token.UsedAt == nil || now.Sub(*c.token.UsedAt) >= usedEvery) {
		at := now.UTC()
		c.token.UsedAt = &at
		s.dirty[c.token.Hash] = true
	}
}

// Run ends what has expired, and writes down what was used, until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.flush(context.WithoutCancel(ctx))
			return
		case <-tick.C:
		}
		s.look()
		s.flush(ctx)
	}
}

// look ends the requests whose credential has expired, or whose camera was moved
// to a group that the caller may not see.
func (s *Service) look() {
	s.mu.Lock()
	all := slices.Collect(maps.Keys(s.uses))
	s.mu.Unlock()
	now := time.Now()
	for _, u := range all {
		seen := permit(u.need, u.caller, u.camera) == nil // asks the hub, so mu is not held
		s.mu.Lock()
		if !seen || !s.holds(u.cred) {
			u.end()
		} else {
			s.touch(u.cred, now)
		}
		s.mu.Unlock()
	}
}

// flush stores when sessions and tokens were used, and drops those that expired.
func (s *Service) flush(ctx context.Context) {
	if s.edit.Lock(ctx) != nil {
		return
	}
	defer s.edit.Unlock()
	c := s.due(time.Now())
	if len(c.PutSessions)+len(c.PutTokens)+len(c.Drop) == 0 {
		return
	}
	if err := s.cfg.Store.ChangeAccess(c); err != nil {
		s.cfg.Log.Error("use of sessions not stored", "err", fmt.Errorf("flush: %w", err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apply(access.Change{Drop: c.Drop})
}

// due returns what there is to store, and counts it as stored.
func (s *Service) due(now time.Time) (c access.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for hash, v := range s.sessions {
		if sessionEnded(v, now) {
			c.Drop = append(c.Drop, hash)
		} else if s.dirty[hash] {
			c.PutSessions = append(c.PutSessions, *v)
		}
	}
	for hash, v := range s.tokens {
		if expired(v.ExpiresAt, now) {
			c.Drop = append(c.Drop, hash)
		} else if s.dirty[hash] {
			c.PutTokens = append(c.PutTokens, *v)
		}
	}
	for hash, v := range s.shares {
		if !now.Before(v.ExpiresAt) {
			c.Drop = append(c.Drop, hash)
		}
	}
	clear(s.dirty)
	return c
}
