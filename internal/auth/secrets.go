package auth

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
)

const (
	maxTokens    = 100  // of a user
	maxShares    = 1000 // of all
	longestShare = 366 * 24 * time.Hour
)

// newToken is an API token to be made.
type newToken struct {
	Name      string         `json:"name"`
	Role      access.Role    `json:"role"`
	Grants    *access.Grants `json:"grants"`     // nil: all that its user may see
	ExpiresAt *time.Time     `json:"expires_at"` // nil: never
}

// newShare is a share link to be made.
type newShare struct {
	Name      string     `json:"name"`
	Camera    camera.ID  `json:"camera"`
	Group     string     `json:"group"`
	From      *time.Time `json:"from"`
	To        *time.Time `json:"to"`
	ExpiresAt *time.Time `json:"expires_at"`
}

func checkNamed(name string, errs *multierror.Error) *multierror.Error {
	if detail := access.CheckText(name); detail != "" {
		errs = multierror.Append(errs, fault.Fieldf("/name", "%s", detail))
	}
	return errs
}

func (n *newToken) check(errs *multierror.Error) *multierror.Error {
	errs = checkNamed(n.Name, errs)
	if !n.Role.Valid() {
		errs = multierror.Append(errs, fault.Fieldf("/role", "must be one of %v", access.Roles))
	}
	if n.Grants != nil {
		errs = n.Grants.Check("/grants", errs)
	}
	if expired(n.ExpiresAt, time.Now()) {
		errs = multierror.Append(errs, fault.Fieldf("/expires_at", "must be in the future"))
	}
	return errs
}

func (n *newShare) check(errs *multierror.Error) *multierror.Error {
	bad := func(pointer, detail string) {
		errs = multierror.Append(errs, fault.Fieldf(pointer, "%s", detail))
	}
	errs = checkNamed(n.Name, errs)
	switch {
	case (n.Camera == "") == (n.Group == ""):
		bad("/camera", "must be given, or else a group")
	case n.Camera != "" && !n.Camera.Valid():
		bad("/camera", "is not the id of a camera")
	case n.Group != "" && access.CheckText(n.Group) != "":
		bad("/group", access.CheckText(n.Group))
	}
	if (n.From == nil) != (n.To == nil) {
		bad("/to", "must be given together with from")
	} else if n.From != nil && !n.From.Before(*n.To) {
		bad("/to", "must be after from")
	}
	now := time.Now()
	if n.ExpiresAt == nil {
		bad("/expires_at", "is required")
	} else if !n.ExpiresAt.After(now) || n.ExpiresAt.After(now.Add(longestShare)) {
		bad("/expires_at", "must be in the future, and within a year")
	}
	return errs
}

// addToken makes a token of the caller, who must be a user, and returns it with
// its secret, which nobody can find out again.
func (s *Service) addToken(ctx context.Context, n newToken) (access.Token, string, error) {
	who := access.From(ctx)
	secret := tokenPrefix + rand.Text()
	t := access.Token{
		Hash: access.Hash(secret), ID: newID(), User: who.Name, Name: n.Name, Role: n.Role, Grants: access.Everything(),
		CreatedAt: time.Now().UTC(), ExpiresAt: utc(n.ExpiresAt),
	}
	if n.Grants != nil {
		t.Grants = n.Grants.Clone()
	}
	if err := s.edit.Lock(ctx); err != nil {
		return t, "", err
	}
	defer s.edit.Unlock()
	if _, err := s.user(who.Name); err != nil {
		return t, "", err
	}
	if len(s.tokensOf(who.Name)) >= maxTokens {
		return t, "", fault.New(fault.Conflict, "You have %d tokens already; revoke some first.", maxTokens)
	}
	if err := s.change(access.Change{PutTokens: []access.Token{t}}); err != nil {
		return t, "", err
	}
	s.record(ctx, event.TokenAdded, t.Name)
	return t, secret, nil
}

// addShare makes a link to what the caller may see, and returns it with its
// secret.
func (s *Service) addShare(ctx context.Context, n newShare) (access.Share, string, error) {
	secret := rand.Text()
	v := access.Share{
		Hash: access.Hash(secret), ID: newID(), User: access.Actor(ctx), Name: n.Name, Camera: n.Camera, Group: n.Group,
		From: utc(n.From), To: utc(n.To), CreatedAt: time.Now().UTC(), ExpiresAt: n.ExpiresAt.UTC(),
	}
	if err := s.edit.Lock(ctx); err != nil {
		return v, "", err
	}
	defer s.edit.Unlock()
	s.mu.Lock()
	count := len(s.shares)
	s.mu.Unlock()
	if count >= maxShares {
		return v, "", fault.New(fault.Conflict, "There are %d links already; withdraw some first.", maxShares)
	}
	if err := s.change(access.Change{PutShares: []access.Share{v}}); err != nil {
		return v, "", err
	}
	s.record(ctx, event.ShareAdded, v.Name)
	return v, secret, nil
}

// drop takes back what find returns the hash and the name of, if mine says that
// the caller may.
func (s *Service) drop(ctx context.Context, kind event.Type, find func() (hash, name string)) error {
	if err := s.edit.Lock(ctx); err != nil {
		return err
	}
	defer s.edit.Unlock()
	s.mu.Lock()
	hash, name := find()
	s.mu.Unlock()
	if hash == "" {
		return fault.New(fault.NotFound, "There is nothing with this ID.")
	}
	if err := s.change(access.Change{Drop: []string{hash}}); err != nil {
		return err
	}
	s.record(ctx, kind, name)
	return nil
}

// mine reports whether a caller may take back what belongs to a user.
func mine(c *access.Caller, user string) bool {
	return c.Is(access.Admin) || user != "" && c.Name == user
}

func (s *Service) tokensOf(name string) (list []access.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if t.User == name {
			list = append(list, *t)
		}
	}
	slices.SortFunc(list, func(a, b access.Token) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list
}

// sharesOf returns the links of a user, or all when all is true.
func (s *Service) sharesOf(name string, all bool) (list []access.Share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.shares {
		if all || v.User == name {
			list = append(list, *v)
		}
	}
	slices.SortFunc(list, func(a, b access.Share) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list
}

// newID returns a name for what has a secret besides.
func newID() string { return strings.ToLower(rand.Text()[:12]) }

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
