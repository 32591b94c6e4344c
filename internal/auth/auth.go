// Package auth finds out who makes a request and what they may do: users with
// passwords, browser sessions, API tokens and share links; and it is where they
// are made and taken back.
//
// Everything is kept in the store and mirrored in memory, so that a request costs
// no transaction. A change is stored first. Whatever a caller has running when their
// rights change is ended at once (see use).
package auth

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/gate"
)

// Store is what the package needs of the database.
type Store interface {
	Access() (access.State, error)
	ChangeAccess(c access.Change) error
}

// Config is what a Service needs of the rest of the program.
type Config struct {
	Store        Store
	Loopback     bool                                    // nobody but this machine reaches the hub
	Insecure     bool                                    // nobody has to sign in
	AllowedHosts []string                                // names of an insecure hub, in lower case
	Group        func(camera.ID) (group string, ok bool) // of a running camera
	Record       func(e event.Event)                     // writes down what happened; must not block
	Log          *slog.Logger
}

// Mode is how the hub treats those who have not signed in.
type Mode string

// The modes. While there are users, it is Users or Insecure.
const (
	Open     Mode = "open"     // no users, this machine only: everybody is the admin
	Setup    Mode = "setup"    // no users, reachable by others: there is nothing but the first setup
	Users    Mode = "users"    // everybody signs in
	Insecure Mode = "insecure" // everybody is the admin, because somebody wanted that
)

// Service knows all users. Use New. Its methods are safe for concurrent use.
type Service struct {
	cfg      Config
	edit     gate.Gate // one change at a time; taken before mu
	hashers  *hashers
	limiter  *limiter
	verified *verified
	dummy    string   // a hash that no password matches
	failures *limiter // bounds how many failures are written down
	key      []byte   // of device cookies

	mu       sync.Mutex // guards what follows, and UsedAt of sessions and tokens
	code     string     // of the first setup; "" when there are users
	users    map[string]*access.User
	sessions map[string]*access.Session // by hash, as the next two
	tokens   map[string]*access.Token
	shares   map[string]*access.Share
	uses     map[*use]struct{}
	dirty    map[string]bool // hashes of sessions and tokens whose UsedAt is not stored
}

// New returns a service over what is stored. Run must be called, so that what
// expires ends.
func New(cfg Config) (*Service, error) {
	st, err := cfg.Store.Access()
	if err != nil {
		return nil, err
	}
	s := &Service{
		cfg: cfg, edit: gate.New(), hashers: newHashers(), limiter: newLimiter(), verified: newVerified(),
		dummy: hashPassword(rand.Text()), failures: newLimiter(), key: st.DeviceKey,
		users: make(map[string]*access.User), sessions: make(map[string]*access.Session),
		tokens: make(map[string]*access.Token), shares: make(map[string]*access.Share),
		uses: make(map[*use]struct{}), dirty: make(map[string]bool),
	}
	s.apply(access.Change{PutUsers: st.Users, PutSessions: st.Sessions, PutTokens: st.Tokens, PutShares: st.Shares})
	if len(s.users) == 0 {
		s.code = rand.Text()
	}
	return s, nil
}

// Mode returns how the hub treats those who have not signed in. It changes when
// the first user is added.
func (s *Service) Mode() Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode()
}

func (s *Service) mode() Mode {
	switch {
	case s.cfg.Insecure:
		return Insecure
	case len(s.users) > 0:
		return Users
	case s.cfg.Loopback:
		return Open
	}
	return Setup
}

// SetupCode returns what the first setup asks for, or "" when there is an owner.
// It is another one after each start.
func (s *Service) SetupCode() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code
}

// change stores c and then makes it true here: rights that it takes away end at
// once. It is called with edit held.
func (s *Service) change(c access.Change) error {
	if err := s.cfg.Store.ChangeAccess(c); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apply(c)
	for u := range s.uses {
		if !s.holds(u.cred) {
			u.end()
		}
	}
	return nil
}

// apply changes what is in memory. It is called with mu held, or by New.
func (s *Service) apply(c access.Change) {
	for _, u := range c.PutUsers {
		s.users[u.Name] = &u
		s.code = ""
	}
	for _, v := range c.PutSessions {
		s.sessions[v.Hash] = &v
	}
	for _, v := range c.PutTokens {
		s.tokens[v.Hash] = &v
	}
	for _, v := range c.PutShares {
		s.shares[v.Hash] = &v
	}
	drop := slices.Clone(c.Drop)
	for _, name := range c.DropUsers {
		delete(s.users, name)
		drop = append(drop, s.ownedBy(name)...)
	}
	for _, hash := range drop {
		delete(s.sessions, hash)
		delete(s.tokens, hash)
		delete(s.shares, hash)
		delete(s.dirty, hash)
	}
}

// ownedBy returns the hashes of all that belongs to a user.
func (s *Service) ownedBy(name string) (hashes []string) {
	for hash, v := range s.sessions {
		if v.User == name {
			hashes = append(hashes, hash)
		}
	}
	for hash, v := range s.tokens {
		if v.User == name {
			hashes = append(hashes, hash)
		}
	}
	for hash, v := range s.shares {
		if v.User == name {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// record writes down what somebody did.
func (s *Service) record(ctx context.Context, kind event.Type, subject string) {
	s.cfg.Record(event.Event{Time: time.Now(), Type: kind, Actor: access.Actor(ctx), Subject: subject})
}
