package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"camhub/internal/event"
	"camhub/internal/seal"
	"camhub/store"
)

// openAt opens a data folder as the hub does.
func openAt(t *testing.T, dir, key string) protected {
	t.Helper()
	db, err := openStore(dir, key, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// wantSecrets fails unless every camera of plainStore has its secrets.
func wantSecrets(t *testing.T, dir, key string, cameras int) {
	t.Helper()
	db := openAt(t, dir, key)
	defer db.Close()
	ds, err := db.Cameras()
	if err != nil || len(ds) != cameras {
		t.Fatalf("%d cameras, %v", len(ds), err)
	}
	for i, d := range ds {
		want := fmt.Sprintf(`{"headers":{"X-Key":"%s-%d"},"password":"%s-%d","url":"http://10.0.0.5/","username":"u"}`, secretHeader, i, secretPassword, i)
		if string(d.Source.Options) != want {
			t.Errorf("camera %s has %s", d.ID, d.Source.Options)
		}
	}
}

// wantNoPlain fails when a planted secret is in a file of the folder.
func wantNoPlain(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{secretPassword, secretHeader} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s is in %s", secret, name)
			}
		}
	}
}

// copyFolder copies the files of a folder, as a crash at this moment leaves them.
func copyFolder(t *testing.T, from string) (to string) {
	t.Helper()
	to = t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(to, seal.KeyFile), 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return to
}

const someCameras = 20

// TestPlainSecretsAreSealedAtStart brings a database of an earlier version up to date: its
// passwords are in no file of the folder afterwards, also when a crash came between.
func TestPlainSecretsAreSealedAtStart(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	if b, err := os.ReadFile(filepath.Join(dir, storeFile)); err != nil || !bytes.Contains(b, []byte(secretPassword)) {
		t.Fatalf("the password was not there to begin with (%v)", err)
	}
	plain := openUnsealed(t, dir)
	d, err := plain.Camera("cam-3")
	if err = errors.Join(err, plain.Close()); err != nil {
		t.Fatal(err)
	}
	revision := d.Revision
	before := openAt(t, dir, "")
	if sealedIn(t, dir, before.keys.Ring[0]) < 2*someCameras {
		t.Error("not every secret is sealed by itself")
	}
	if d, err := before.Camera("cam-3"); err != nil || d.Revision != revision {
		t.Errorf("the revision changed: %d, %v", d.Revision, err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	wantNoPlain(t, dir)
	wantSecrets(t, dir, "", someCameras)
	if info, err := os.Stat(filepath.Join(dir, seal.KeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info.Mode(), err)
	}
}

// TestSealedAndNotCompacted starts a hub after a crash between the two: the transaction is
// there, and so are pages with plain text.
func TestSealedAndNotCompacted(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	var cut string
	db := openAtStep(t, dir, func(step string) {
		if step == "sealed" {
			cut = copyFolder(t, dir)
		}
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(cut, storeFile))
	if err != nil || !bytes.Contains(b, []byte(secretPassword)) {
		t.Fatalf("there is nothing left to remove: the test is worth nothing (%v)", err)
	}
	wantSecrets(t, cut, "", someCameras)
	wantNoPlain(t, cut)
}

// openUnsealed opens a database as programs do that know no cameras.
func openUnsealed(t *testing.T, dir string) *store.Store {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// openAtStep is openStore that tells of its steps.
func openAtStep(t *testing.T, dir string, done func(string)) protected {
	t.Helper()
	keys, err := seal.LoadKeys(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	db := openUnsealed(t, dir)
	p := protected{db, keys}
	if err := p.protect(slog.New(slog.DiscardHandler), done); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRotationIsSafeAtEveryStep takes a copy of the folder after each step, as a kill
// leaves it, and starts from it.
func TestRotationIsSafeAtEveryStep(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	wantSecrets(t, dir, "", someCameras)
	old := keyIn(t, dir)
	left := make(map[string]string)
	err := rotateKey(dir, "", io.Discard, func(step string) { left[step] = copyFolder(t, dir) })
	if err != nil {
		t.Fatal(err)
	}
	left["all"] = dir
	for _, step := range []string{"opened", "both keys written", "sealed", "compacted", "dropped", "all"} {
		cut, ok := left[step]
		if !ok {
			t.Errorf("there was no step %q", step)
			continue
		}
		wantSecrets(t, cut, "", someCameras)
		if now := keyIn(t, cut); (now == old) != (step == "opened") {
			t.Errorf("%s: the key is %v, and was %v", step, now, old)
		} else if step != "opened" && sealedIn(t, cut, old) > 0 {
			t.Errorf("%s: there is something that the old key opens", step)
		}
		if b, err := os.ReadFile(filepath.Join(cut, seal.KeyFile)); err != nil || step != "opened" && strings.Contains(string(b), old.Text()) {
			t.Errorf("%s: the old key is still there, %v", step, err)
		}
	}
}

func keyIn(t *testing.T, dir string) seal.Key {
	t.Helper()
	keys, err := seal.LoadKeys(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	return keys.Ring[0]
}

// TestRotationFromTheEnvironment changes CAMHUB_KEY.
func TestRotationFromTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	first, second := seal.NewKey(), seal.NewKey()
	wantSecrets(t, dir, first.Text(), someCameras)
	if _, err := os.Stat(filepath.Join(dir, seal.KeyFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a key file, and the key is from elsewhere: %v", err)
	}
	if err := RotateKey(dir, first.Text(), io.Discard); err == nil || !strings.Contains(err.Error(), "NEW,OLD") {
		t.Errorf("with one key: %v", err)
	}
	if err := RotateKey(dir, second.Text()+","+first.Text(), io.Discard); err != nil {
		t.Fatal(err)
	}
	wantSecrets(t, dir, second.Text(), someCameras)
	if sealedIn(t, dir, first) > 0 {
		t.Error("there is something that the old key opens")
	}
	if err := CheckKey(dir, first.Text(), io.Discard); err == nil {
		t.Error("the old key is said to open everything")
	}
	if err := CheckKey(dir, second.Text(), io.Discard); err != nil {
		t.Error(err)
	}
}

// TestWrongKeyLosesNothing opens a folder without its key, writes to it, and opens it with the
// key again.
func TestWrongKeyLosesNothing(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	wantSecrets(t, dir, "", someCameras)
	key := filepath.Join(dir, seal.KeyFile)
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	db := openAt(t, dir, "")
	ids, err := db.locked()
	if err != nil || len(ids) != someCameras {
		t.Errorf("%d cameras are locked, %v", len(ids), err)
	}
	for _, id := range ids { // each is stored again as it is
		d, err := db.Camera("cam-0")
		if err == nil {
			_, _, err = db.PutCamera(d, event.Event{Type: event.Changed, Camera: d.ID})
		}
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}
	wantSecrets(t, dir, "", someCameras)
}

// TestKeyThatOthersCanRead is refused with what to do.
func TestKeyThatOthersCanRead(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, 1)
	wantSecrets(t, dir, "", 1)
	key := filepath.Join(dir, seal.KeyFile)
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := openStore(dir, "", slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "chmod 600 "+key) {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	wantSecrets(t, dir, "", 1)
}
