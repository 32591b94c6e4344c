package store

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"camhub/internal/access"
	"camhub/internal/camera"
)

// TestAccessOutlivesTheProgram stores one of each kind, opens the file again,
// and then removes a user with all that is his.
func TestAccessOutlivesTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "camhub.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	grants := access.Grants{Cameras: []camera.ID{"a"}, Groups: []string{"Ö"}}
	change := access.Change{
		PutUsers: []access.User{
			{Name: "ann", Role: access.Admin, Grants: access.Everything(), Password: "x", CreatedAt: now, UpdatedAt: now},
			{Name: "bob", Role: access.Viewer, Grants: grants, Password: "y", CreatedAt: now, UpdatedAt: now},
		},
		PutSessions: []access.Session{{Hash: "1", ID: "s", User: "bob", CreatedAt: now, UsedAt: now, ExpiresAt: now}},
		PutTokens:   []access.Token{{Hash: "2", ID: "t", User: "bob", Role: access.Viewer, Grants: grants, CreatedAt: now, UsedAt: &now}},
		PutShares:   []access.Share{{Hash: "3", ID: "l", User: "bob", Camera: "a", CreatedAt: now, ExpiresAt: now}},
	}
	if err := s.ChangeAccess(change); err != nil {
		t.Fatal(err)
	}
	first, err := s.Access()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.Access()
	if err != nil || !reflect.DeepEqual(got, first) {
		t.Fatalf("read back %+v, %v", got, err)
	}
	want := access.State{
		Users: change.PutUsers, Sessions: change.PutSessions, Tokens: change.PutTokens, Shares: change.PutShares,
		DeviceKey: first.DeviceKey,
	}
	if !reflect.DeepEqual(got, want) || len(got.DeviceKey) != deviceKeyBytes {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if err := s.ChangeAccess(access.Change{DropUsers: []string{"bob"}, Drop: []string{"nothing"}}); err != nil {
		t.Fatal(err)
	}
	got, err = s.Access()
	if err != nil || len(got.Users) != 1 || len(got.Sessions)+len(got.Tokens)+len(got.Shares) != 0 {
		t.Errorf("after removal: %+v, %v", got, err)
	}
}

// TestUserUnderAnotherNameIsDamage swaps a record to another key: nobody gets
// another's rights by that.
func TestUserUnderAnotherNameIsDamage(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.update(func(tx *bolt.Tx) error {
		_, err := putRecord(tx.Bucket(bucketUsers), []byte("bob"), access.User{Name: "ann", Role: access.Admin})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.Access(); err == nil {
		t.Errorf("read as %+v", a)
	}
}
