package auth

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/event"
	"camhub/internal/fault"
)

// maxUsers is how many users a hub may have.
const maxUsers = 1000

// NewUser is a user to be added.
type NewUser struct {
	Name     string        `json:"name"`
	Password string        `json:"password"`
	Role     access.Role   `json:"role"`
	Grants   access.Grants `json:"grants"` // of no meaning for an admin, who sees everything
}

// UserPatch is what changes of a user. What is nil stays.
type UserPatch struct {
	Password *string        `json:"password"`
	Role     *access.Role   `json:"role"`
	Grants   *access.Grants `json:"grants"`
}

// check returns all faults of u.
func (u *NewUser) check(errs *multierror.Error) *multierror.Error {
	if detail := access.CheckName(u.Name); detail != "" {
		errs = multierror.Append(errs, fault.Fieldf("/name", "%s", detail))
	}
	if detail := access.CheckPassword(u.Name, u.Password); detail != "" {
		errs = multierror.Append(errs, fault.Fieldf("/password", "%s", detail))
	}
	if !u.Role.Valid() {
		errs = multierror.Append(errs, fault.Fieldf("/role", "must be one of %v", access.Roles))
	}
	return u.Grants.Check("/grants", errs)
}

// check returns all faults of a patch of the user name.
func (p *UserPatch) check(name string, errs *multierror.Error) *multierror.Error {
	if p.Password != nil {
		if detail := access.CheckPassword(name, *p.Password); detail != "" {
			errs = multierror.Append(errs, fault.Fieldf("/password", "%s", detail))
		}
	}
	if p.Role != nil && !p.Role.Valid() {
		errs = multierror.Append(errs, fault.Fieldf("/role", "must be one of %v", access.Roles))
	}
	if p.Grants != nil {
		errs = p.Grants.Check("/grants", errs)
	}
	return errs
}

// Users returns all users by name. Their passwords are hashes, and must not be
// shown.
func (s *Service) Users() []access.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]access.User, 0, len(s.users))
	for _, name := range slices.Sorted(maps.Keys(s.users)) {
		all = append(all, *s.users[name])
	}
	return all
}

// user returns a user as stored now, or a fault.NotFound error.
func (s *Service) user(name string) (*access.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[name]; u != nil {
		return u, nil
	}
	return nil, fault.New(fault.NotFound, "There is no user %q.", name)
}

// hash hashes a password when it is its turn.
func (s *Service) hash(ctx context.Context, password string) (hash string, err error) {
	err = s.hashers.do(ctx, true, func() { hash = hashPassword(password) })
	return hash, err
}

// AddUser adds a user; the first must be an admin. The error is a fault.Invalid
// with fields, or a fault.Conflict when the name is taken.
func (s *Service) AddUser(ctx context.Context, n NewUser) (access.User, error) {
	return s.addUser(ctx, n, nil)
}

// addUser is AddUser for a user whose fields may have faults already.
func (s *Service) addUser(ctx context.Context, n NewUser, errs *multierror.Error) (access.User, error) {
	errs = n.check(errs)
	s.mu.Lock()
	first := len(s.users) == 0
	s.mu.Unlock()
	if first && n.Role.Valid() && n.Role != access.Admin {
		errs = multierror.Append(errs, fault.Fieldf("/role", "must be admin: it is the first user"))
	}
	if err := fault.InvalidFields("The user is not valid.", errs); err != nil {
		return access.User{}, err
	}
	hash, err := s.hash(ctx, n.Password)
	if err != nil {
		return access.User{}, err
	}
	if err := s.edit.Lock(ctx); err != nil {
		return access.User{}, err
	}
	defer s.edit.Unlock()
	s.mu.Lock()
	count, taken, nowFirst := len(s.users), s.users[n.Name] != nil, len(s.users) == 0
	s.mu.Unlock()
	switch {
	case taken:
		return access.User{}, fault.New(fault.Conflict, "There is a user %q already.", n.Name)
	case count >= maxUsers:
		return access.User{}, fault.New(fault.Conflict, "There are %d users already.", count)
	case nowFirst != first:
		return access.User{}, fault.New(fault.Conflict, "Somebody else added the first user meanwhile.")
	}
	now := time.Now().UTC()
	u := access.User{Name: n.Name, Role: n.Role, Grants: n.Grants.Clone(), Password: hash, CreatedAt: now, UpdatedAt: now}
	if u.Role == access.Admin {
		u.Grants = access.Everything()
	}
	if err := s.change(access.Change{PutUsers: []access.User{u}}); err != nil {
		return access.User{}, err
	}
	s.record(ctx, event.UserAdded, u.Name)
	return u, nil
}

// ChangeUser changes a user. The sessions end when the password changes, but for
// the one with the ID keep; whatever the user has running ends in any case, and begins
// again with the new rights.
func (s *Service) ChangeUser(ctx context.Context, name string, p UserPatch, keep string) (access.User, error) {
	return s.changeUser(ctx, name, p, keep, nil)
}

func (s *Service) changeUser(ctx context.Context, name string, p UserPatch, keep string, errs *multierror.Error) (access.User, error) {
	errs = p.check(name, errs)
	if err := fault.InvalidFields("The user is not valid.", errs); err != nil {
		return access.User{}, err
	}
	if _, err := s.user(name); err != nil {
		return access.User{}, err // before a password is hashed for nobody
	}
	hash := ""
	if p.Password != nil {
		var err error
		if hash, err = s.hash(ctx, *p.Password); err != nil {
			return access.User{}, err
		}
	}
	if err := s.edit.Lock(ctx); err != nil {
		return access.User{}, err
	}
	defer s.edit.Unlock()
	old, err := s.user(name)
	if err != nil {
		return access.User{}, err
	}
	u := *old
	c := access.Change{}
	if hash != "" {
		u.Password = hash
		c.Drop = s.sessionsOf(name, keep)
	}
	if p.Role != nil {
		u.Role = *p.Role
	}
	if p.Grants != nil {
		u.Grants = p.Grants.Clone()
	}
	if u.Role == access.Admin {
		u.Grants = access.Everything()
	} else if err := s.otherAdmin(name); err != nil {
		return access.User{}, err
	}
	u.UpdatedAt = time.Now().UTC()
	c.PutUsers = []access.User{u}
	if err := s.change(c); err != nil {
		return access.User{}, err
	}
	s.record(ctx, event.UserChanged, name)
	return u, nil
}

// RemoveUser removes a user with all sessions, tokens and share links. The last
// admin can't be removed.
func (s *Service) RemoveUser(ctx context.Context, name string) error {
	if err := s.edit.Lock(ctx); err != nil {
		return err
	}
	defer s.edit.Unlock()
	if _, err := s.user(name); err != nil {
		return err
	}
	if err := s.otherAdmin(name); err != nil {
		return err
	}
	if err := s.change(access.Change{DropUsers: []string{name}}); err != nil {
		return err
	}
	s.record(ctx, event.UserRemoved, name)
	return nil
}

// otherAdmin returns a fault.Conflict error when name is the only admin.
func (s *Service) otherAdmin(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.users {
		if u.Role == access.Admin && u.Name != name {
			return nil
		}
	}
	if u := s.users[name]; u != nil && u.Role != access.Admin {
		return nil
	}
	return fault.New(fault.Conflict, "%q is the last admin: make somebody else one first.", name)
}

// sessionsOf returns the hashes of a user's sessions, but for that with the ID
// keep.
func (s *Service) sessionsOf(name, keep string) (hashes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for hash, v := range s.sessions {
		if v.User == name && v.ID != keep {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}
