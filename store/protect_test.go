package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	berrors "go.etcd.io/bbolt/errors"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/retention"
	sealing "camhub/internal/seal"
)

const planted = "Bd8plantedpassword"

func newVault(ks ...sealing.Key) Vault {
	return sealing.NewVault(ks, func(string) ([]string, bool) { return []string{"password"}, true })
}

// putSecrets stores n cameras with passwords.
func putSecrets(t *testing.T, s *Store, n int) {
	t.Helper()
	for i := range n {
		d := camera.Default()
		d.ID, d.Name = cameraN(i), "Camera"
		d.Source = camera.Source{Kind: "x", Options: json.RawMessage(fmt.Sprintf(`{"password":"%s-%d"}`, planted, i))}
		_, _, err := s.PutCamera(d, event.Event{Time: time.Now(), Type: event.Added, Camera: d.ID})
		check(t, err)
	}
}

// wantSecrets fails unless the cameras of putSecrets have their passwords.
func wantSecrets(t *testing.T, s *Store, n int) {
	t.Helper()
	ds, err := s.Cameras()
	check(t, err)
	if len(ds) != n {
		t.Fatalf("%d cameras, want %d", len(ds), n)
	}
	for i, d := range ds {
		if want := fmt.Sprintf(`{"password":"%s-%d"}`, planted, i); string(d.Source.Options) != want {
			t.Errorf("%s has %s", d.ID, d.Source.Options)
		}
	}
}

func holds(t *testing.T, path, text string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	return bytes.Contains(b, []byte(text))
}

// TestProtectSealsAndCompactLeavesNothing seals what was plain, and looks for it in the file.
func TestProtectSealsAndCompactLeavesNothing(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s := openFile(t, path)
	putSecrets(t, s, 30)
	fillEvents(t, s, 3*rewriteStep/2)
	check(t, s.SetOrder(ids(t, s)))
	k := sealing.NewKey()
	sealed, err := s.Protect(newVault(k))
	if err != nil || sealed != 30 {
		t.Fatalf("%d sealed, %v", sealed, err)
	}
	if !holds(t, path, planted) {
		t.Fatal("nothing is left over: the test is worth nothing")
	}
	was := describeStore(t, s)
	for range 2 { // the second has nothing to do
		check(t, s.Compact())
		if holds(t, path, planted) {
			t.Fatal("the password is still in the file")
		}
	}
	if is := describeStore(t, s); is != was {
		t.Errorf("it was %s and is %s", was, is)
	}
	wantSecrets(t, s, 30)
	if _, err := Open(path); err == nil {
		t.Error("another process can open it")
	}
	p, err := s.AddPin(retention.Pin{Cameras: []camera.ID{cameraN(1)}})
	if err != nil || p.ID != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	putSecrets(t, s, 30)
	check(t, s.Close())
	if holds(t, path, planted) {
		t.Error("what was stored later is plain")
	}
	again := openFile(t, path)
	if sealed, err := again.Protect(newVault(k)); err != nil || sealed != 0 {
		t.Errorf("%d sealed again, %v", sealed, err)
	}
	wantSecrets(t, again, 30)
}

// describeStore tells of everything that Compact must not change.
func describeStore(t *testing.T, s *Store) string {
	t.Helper()
	c, err := s.Contents()
	check(t, err)
	ds, err := s.Cameras()
	check(t, err)
	last, err := s.LastEventID()
	check(t, err)
	b, err := json.Marshal(ds)
	check(t, err)
	return fmt.Sprint(c, last, string(b))
}

func ids(t *testing.T, s *Store) (list []camera.ID) {
	t.Helper()
	ds, err := s.Cameras()
	check(t, err)
	for _, d := range ds {
		list = append(list, d.ID)
	}
	return list
}

// TestCompactThatFails leaves the file as it is, and is done at the next start.
func TestCompactThatFails(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s := openFile(t, path)
	putSecrets(t, s, 3)
	k := sealing.NewKey()
	_, err := s.Protect(newVault(k))
	check(t, err)
	check(t, os.MkdirAll(path+".compact/x", 0o700)) // in its way
	if err := s.Compact(); err == nil {
		t.Error("no error")
	}
	wantSecrets(t, s, 3)
	check(t, s.Close())
	check(t, os.RemoveAll(path+".compact"))
	check(t, os.WriteFile(path+".compact", []byte("half of one"), 0o600))
	s = openFile(t, path)
	_, err = s.Protect(newVault(k))
	check(t, err)
	check(t, s.Compact())
	wantSecrets(t, s, 3)
	if holds(t, path, planted) {
		t.Error("the password is still in the file")
	}
}

// TestOpenOfAFileThatWasReplaced waits for the lock of one that Compact removes meanwhile.
func TestOpenOfAFileThatWasReplaced(t *testing.T) {
	path := t.TempDir() + "/store.db"
	s := openFile(t, path)
	putSecrets(t, s, 1)
	stale := &Store{path: path, db: s.db, file: s.file}
	check(t, stale.isAt(path))
	_, err := s.Protect(newVault(sealing.NewKey()))
	check(t, err)
	old, err := os.Open(path)
	check(t, err)
	defer old.Close()
	check(t, s.Compact())
	stale.file = old
	if err := stale.isAt(path); !errors.Is(err, berrors.ErrTimeout) {
		t.Errorf("got %v", err)
	}
}

// TestCopyWhileTheStoreIsUsed makes copies while cameras and events are stored: each is
// whole, and of one moment.
func TestCopyWhileTheStoreIsUsed(t *testing.T) {
	dir := t.TempDir()
	s := openFile(t, dir+"/store.db")
	k := sealing.NewKey()
	_, err := s.Protect(newVault(k))
	check(t, err)
	putSecrets(t, s, 5)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			d, err := s.Camera(cameraN(i % 5))
			if err == nil {
				d.Name = fmt.Sprintf("Camera %d", i)
				_, _, err = s.PutCamera(d, event.Event{Time: time.Now(), Type: event.Changed, Camera: d.ID, Name: d.Name})
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 10 {
		path := filepath.Join(dir, fmt.Sprintf("copy-%d.db", i))
		said, err := s.CopyTo(path, true)
		check(t, err)
		c := openFile(t, path)
		if sealed, err := c.Protect(newVault(k)); err != nil || sealed != 0 {
			t.Errorf("%d sealed, %v", sealed, err)
		}
		wantSecrets(t, c, 5)
		if is, err := c.Contents(); err != nil || is != said {
			t.Errorf("it has %+v, and was said to have %+v (%v)", is, said, err)
		}
		if oneMoment(t, c) != nil {
			t.Error(oneMoment(t, c))
		}
	}
	close(stop)
	wg.Wait()
}

// oneMoment reports when the newest event is not about the newest name.
func oneMoment(t *testing.T, s *Store) error {
	t.Helper()
	es, err := s.Events(event.Query{Type: event.Changed}, 1)
	check(t, err)
	if len(es) == 0 {
		return nil
	}
	d, err := s.Camera(es[0].Camera)
	check(t, err)
	if d.Name != es[0].Name {
		return fmt.Errorf("the camera is %q, and its last event says %q", d.Name, es[0].Name)
	}
	return nil
}

// TestCopyWithoutSecrets looks for what may not be in one.
func TestCopyWithoutSecrets(t *testing.T) {
	dir := t.TempDir()
	s := openFile(t, dir+"/store.db")
	if _, err := s.CopyTo(dir+"/early.db", false); err == nil {
		t.Error("a store that is not protected was copied")
	}
	_, err := s.Protect(newVault(sealing.NewKey()))
	check(t, err)
	putSecrets(t, s, 2)
	check(t, s.ChangeAccess(access.Change{
		PutUsers:    []access.User{{Name: "ann", Role: access.Admin, Password: "$argon2id$x"}},
		PutSessions: []access.Session{{Hash: "sessionhash", User: "ann"}},
		PutTokens:   []access.Token{{Hash: "tokenhash", User: "ann"}},
		PutShares:   []access.Share{{Hash: "sharehash"}},
	}))
	all, err := s.Access()
	check(t, err)
	path := dir + "/copy.db"
	_, err = s.CopyTo(path, false)
	check(t, err)
	key, err := json.Marshal(all.DeviceKey)
	check(t, err)
	for _, text := range []string{planted, "sealed by camhub", "argon2id", "sessionhash", "tokenhash", "sharehash", strings.Trim(string(key), `"`)} {
		if holds(t, path, text) {
			t.Errorf("%s is in it", text)
		}
	}
	c := openFile(t, path)
	a, err := c.Access()
	if err != nil || len(a.Users) != 1 || a.Users[0].Role != access.Admin || len(a.DeviceKey) != deviceKeyBytes {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestReplace puts a file in place of others.
func TestReplace(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(t *testing.T, path string)
		kept bool
		says string
	}{
		"nothing": {func(*testing.T, string) {}, false, ""},
		"a store": {func(t *testing.T, path string) {
			s, err := Open(path)
			check(t, err)
			check(t, s.Close())
		}, true, ""},
		"a damaged store": {content("not a store at all, but somebody's"), true, ""},
		"one in use":      {func(t *testing.T, path string) { openFile(t, path) }, false, "another process"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, next, old := dir+"/store.db", dir+"/next", dir+"/old"
			tt.make(t, path)
			was := look(path)
			content("new")(t, next)
			kept, err := Replace(path, next, old)
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) || look(path) != was {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || kept != tt.kept || !holds(t, path, "new") {
				t.Errorf("kept %t, %v", kept, err)
			}
			if tt.kept && look(old) != was {
				t.Errorf("the old one is %s, and was %s", look(old), was)
			}
			content("newer")(t, next)
			if _, err := Replace(path, next, old); tt.kept && (err == nil || !holds(t, path, "new") || holds(t, path, "newer")) {
				t.Errorf("the old one was overwritten: %v", err)
			}
		})
	}
}

func TestPublishOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	content("a")(t, dir+"/part")
	check(t, Publish(dir+"/part", dir+"/name"))
	content("b")(t, dir+"/part")
	if err := Publish(dir+"/part", dir+"/name"); err == nil || !holds(t, dir+"/name", "a") {
		t.Errorf("got %v", err)
	}
}
