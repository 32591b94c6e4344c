package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/access"
	"camhub/internal/auth"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/store"
)

// User is a user as the command line describes one.
type User struct {
	Name, Role, Password string
	Cameras, Groups      []string // if both are empty: everything
}

// ManageUsers does with the users of a hub that does not run what verb says: add,
// passwd, list or remove. It writes what came of it to out.
func ManageUsers(ctx context.Context, dataDir, verb string, u User, out io.Writer) (err error) {
	db, err := store.Open(filepath.Join(dataDir, storeFile))
	if err != nil {
		return fmt.Errorf("%w (while the hub runs, use its page /users)", err)
	}
	var events []event.Event
	defer func() {
		_, lost := db.AppendEvents(events)
		err = multierror.Append(nil, err, lost, db.Close()).ErrorOrNil()
		if errs, ok := err.(*multierror.Error); ok && len(errs.Errors) == 1 {
			err = errs.Errors[0] // in one line
		}
	}()
	users, err := auth.New(auth.Config{
		Store: db, Record: func(e event.Event) { events = append(events, e) }, Log: slog.Default(),
		Group: func(camera.ID) (string, bool) { return "", false },
	})
	if err != nil {
		return err
	}
	return inWords(manage(ctx, users, verb, u, out))
}

func manage(ctx context.Context, users *auth.Service, verb string, u User, out io.Writer) error {
	var err error
	done := ""
	switch verb {
	case "add":
		_, err = users.AddUser(ctx, auth.NewUser{Name: u.Name, Password: u.Password, Role: access.Role(u.Role), Grants: u.grants()})
		done = "was added"
	case "passwd":
		_, err = users.ChangeUser(ctx, u.Name, auth.UserPatch{Password: &u.Password}, "")
		done = "has a new password and is signed out everywhere"
	case "remove":
		err = users.RemoveUser(ctx, u.Name)
		done = "was removed"
	case "list":
		for _, u := range users.Users() {
			fmt.Fprintf(out, "%-20s %-9s %s\n", u.Name, u.Role, grantsText(u.Grants))
		}
		return nil
	default:
		return fmt.Errorf("nothing to do: %q", verb)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s %s\n", u.Name, done)
	return err
}

func (u *User) grants() access.Grants {
	if len(u.Cameras)+len(u.Groups) == 0 {
		return access.Everything()
	}
	g := access.Grants{Groups: u.Groups}
	for _, id := range u.Cameras {
		g.Cameras = append(g.Cameras, camera.ID(id))
	}
	return g
}

// grantsText names the cameras that may be seen.
func grantsText(g access.Grants) string {
	if g.All {
		return "all cameras"
	}
	var parts []string
	for _, id := range g.Cameras {
		parts = append(parts, string(id))
	}
	for _, group := range g.Groups {
		parts = append(parts, "group "+group)
	}
	return strings.Join(parts, ", ")
}

// inWords makes one line of an error with faults of fields.
func inWords(err error) error {
	var parts []string
	for _, f := range fault.Fields(err) {
		parts = append(parts, f.Pointer[1:]+" "+f.Detail)
	}
	if len(parts) == 0 {
		return err
	}
	return fmt.Errorf("%s", strings.Join(parts, "; "))
}
