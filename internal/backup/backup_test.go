package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/seal"
	"camhub/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	password = "Np4plantedpassword"
	prefix   = ".copy-*"
)

// rig is a data folder with a database that is open.
type rig struct {
	dir  string
	db   *store.Store
	keys seal.Keys
	mk   *Maker

	mu     sync.Mutex // guards what follows
	events []event.Event
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{dir: t.TempDir()}
	var err error
	if r.keys, err = seal.LoadKeys(r.dir, ""); err != nil {
		t.Fatal(err)
	}
	r.db = openDB(t, r.dir, r.keys)
	for i := range 5 {
		put(t, r.db, fmt.Sprintf("cam-%d", i), "Camera")
	}
	now := time.Now().UTC()
	err = r.db.ChangeAccess(access.Change{
		PutUsers:    []access.User{{Name: "ann", Role: access.Admin, Grants: access.Everything(), Password: "$argon2id$hash"}},
		PutSessions: []access.Session{{Hash: "sessionhash", ID: "s", User: "ann", CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(time.Hour)}},
		PutTokens:   []access.Token{{Hash: "tokenhash", ID: "t", User: "ann", Role: access.Admin, Grants: access.Everything()}},
		PutShares:   []access.Share{{Hash: "sharehash", ID: "l", Camera: "cam-1", ExpiresAt: now.Add(time.Hour)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.mk = NewMaker(Config{
		Store: r.db, Folder: r.dir, Prefix: prefix, KeyText: r.keys.FileText(), Version: "test",
		Record: func(e event.Event) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events = append(r.events, e)
		},
		Removed: func(path string, err error) { t.Errorf("%s: %v", path, err) },
	})
	return r
}

func openDB(t *testing.T, dir string, keys seal.Keys) *store.Store {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, entryStore))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() }) // a test may have closed it
	v := seal.NewVault(keys.Ring, func(string) ([]string, bool) { return []string{"password"}, true })
	if _, err := db.Protect(v); err != nil {
		t.Fatal(err)
	}
	return db
}

func put(t *testing.T, db *store.Store, id, name string) {
	t.Helper()
	d := camera.Default()
	d.ID, d.Name = camera.ID(id), name
	d.Source = camera.Source{Kind: "mjpeg", Options: json.RawMessage(`{"password":"` + password + `","url":"http://h/"}`)}
	if _, _, err := db.PutCamera(d, event.Event{Time: time.Now(), Type: event.Added, Camera: d.ID, Name: name}); err != nil {
		t.Fatal(err)
	}
}

// make makes a backup and returns its bytes.
func (r *rig) make(t *testing.T, withSecrets bool) []byte {
	t.Helper()
	f, err := r.mk.Make(t.Context(), withSecrets)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if int64(len(b)) != f.Size {
		t.Errorf("%d bytes, and its size is %d", len(b), f.Size)
	}
	return b
}

func read(b []byte) (*Backup, error) { return Read(bytes.NewReader(b), int64(len(b))) }

// TestWhatIsInABackup looks for what may be in one of each kind and what may not.
func TestWhatIsInABackup(t *testing.T) {
	r := newRig(t)
	for _, withSecrets := range []bool{false, true} {
		b := r.make(t, withSecrets)
		for text, want := range map[string]bool{
			password: false, "sessionhash": false, "cam-3": true, `"name":"ann"`: true,
			"$argon2id$": withSecrets, "tokenhash": withSecrets, "sharehash": withSecrets, "sealed by camhub": withSecrets,
			r.keys.Ring[0].Text(): withSecrets,
		} {
			if bytes.Contains(b, []byte(text)) != want {
				t.Errorf("with secrets %t: %q is in it: %t", withSecrets, text, !want)
			}
		}
		is, err := read(b)
		if err != nil || is.Cameras != 5 || is.Users != 1 || is.Events != 5 || is.Secrets != withSecrets {
			t.Errorf("%+v, %v", is, err)
		}
	}
	if len(r.events) != 2 || r.events[1].Type != event.BackupMade {
		t.Errorf("events: %+v", r.events)
	}
	if names, err := filepath.Glob(filepath.Join(r.dir, prefix)); err != nil || len(names) > 0 {
		t.Errorf("left over: %v, %v", names, err)
	}
}

// TestOtherProgramsReadABackup reads one as any tar program does.
func TestOtherProgramsReadABackup(t *testing.T) {
	b := newRig(t).make(t, true)
	var names []string
	for tr := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != "manifest.json camhub.db camhub.key sha256" {
		t.Errorf("it holds %s", got)
	}
}

// TestDamagedBackupsAreRefused cuts a backup at each 512 bytes and flips a bit in each part
// of it, and tries each as a backup to restore.
func TestDamagedBackupsAreRefused(t *testing.T) {
	r := newRig(t)
	good := r.make(t, true)
	if _, err := read(good); err != nil {
		t.Fatal(err)
	}
	refuse := func(what string, b []byte) {
		t.Helper()
		if _, err := read(b); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for at := 0; at < len(good); at += 512 {
		refuse(fmt.Sprintf("cut at %d", at), good[:at])
		refuse(fmt.Sprintf("cut at %d", at+7), good[:at+7])
	}
	for at := range good {
		if at > 2048 && at < len(good)-4096 && at%97 != 0 {
			continue // the database is one sum
		}
		b := bytes.Clone(good)
		b[at] ^= 1 << (at % 8)
		refuse(fmt.Sprintf("bit flipped at %d", at), b)
	}
	refuse("longer", append(bytes.Clone(good), make([]byte, 512)...))
	refuse("twice", append(bytes.Clone(good), good...))
	refuse("nothing", nil)
	refuse("a database", []byte(strings.Repeat("x", 9000)))

	dir := t.TempDir()
	copyFile(t, filepath.Join(r.dir, entryStore), filepath.Join(dir, entryStore))
	for _, at := range []int{len(good) / 2, len(good) - 1, 600} {
		before := list(t, dir)
		b := bytes.Clone(good)
		b[at] ^= 1
		if _, err := restore(t, dir, b); !errors.Is(err, ErrDamaged) {
			t.Errorf("bit flipped at %d: %v", at, err)
		}
		if after := list(t, dir); after != before {
			t.Errorf("the folder was %s, and is %s", before, after)
		}
	}
}

// repack returns a backup whose sum is right, with what it should not hold.
func repack(t *testing.T, m Manifest, db []byte, key string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, m, bytes.NewReader(db), int64(len(db)), key); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBackupsThatCantBeRestored have a sum that is right, and something else that is not:
// nothing in the folder may change.
func TestBackupsThatCantBeRestored(t *testing.T) {
	r := newRig(t)
	is, err := read(r.make(t, true))
	if err != nil {
		t.Fatal(err)
	}
	src, _ := is.Database()
	db, err := io.ReadAll(src)
	if err != nil {
		t.Fatal(err)
	}
	m, key := is.Manifest, r.keys.FileText()
	with := func(f func(m *Manifest)) Manifest { m := m; f(&m); return m }
	page := bytes.Clone(db)
	copy(page[len(page)/2&^4095:], make([]byte, 4096))
	for name, tt := range map[string]struct {
		backup []byte
		says   string
	}{
		"newer format":      {repack(t, with(func(m *Manifest) { m.Version = 2 }), db, key), "newer camhub"},
		"another format":    {repack(t, with(func(m *Manifest) { m.Format = "x" }), db, key), "not a backup of camhub"},
		"no such key place": {repack(t, with(func(m *Manifest) { m.Key = "pocket" }), db, key), "makes no sense"},
		"no key":            {repack(t, m, db, ""), "camhub.key should be"},
		"a key too many":    {repack(t, with(func(m *Manifest) { m.Key, m.Secrets = KeyNone, false }), db, key), "more in it"},
		"a bad key":         {repack(t, m, db, "# key\nhunter2\n"), "its key"},
		"more cameras":      {repack(t, with(func(m *Manifest) { m.Cameras++ }), db, key), "its manifest says"},
		"no database":       {repack(t, m, nil, key), "no database"},
		"another database":  {repack(t, m, []byte("SQLite format 3\x00"+strings.Repeat("x", 9000)), key), "SQLite"},
		"a damaged one":     {repack(t, m, page, key), "damaged"},
		"half of one":       {repack(t, m, db[:len(db)/2&^4095], key), "damaged"},
	} {
		dir := t.TempDir()
		copyFile(t, filepath.Join(r.dir, entryStore), filepath.Join(dir, entryStore))
		before := list(t, dir)
		if _, err := restore(t, dir, tt.backup); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		if after := list(t, dir); after != before {
			t.Errorf("%s: the folder was %s, and is %s", name, before, after)
		}
	}
}

// restore puts a backup into a folder.
func restore(t *testing.T, dir string, b []byte) (Restored, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.tar")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return Target{Folder: dir, Store: entryStore, Prefix: prefix}.Restore(file)
}

// list describes the files of a folder with their content.
func list(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s:%d:%x", e.Name(), len(b), sha256.Sum256(b)))
	}
	return strings.Join(out, " ")
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRestoreKeepsWhatWasThere restores over another database, with another key: both can
// be read afterwards.
func TestRestoreKeepsWhatWasThere(t *testing.T) {
	b := newRig(t).make(t, true)
	other := newRig(t)
	put(t, other.db, "mine", "Mine")
	if _, err := restore(t, other.dir, b); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("while it is open: %v", err)
	}
	if err := other.db.Close(); err != nil {
		t.Fatal(err)
	}
	done, err := restore(t, other.dir, b)
	if err != nil || done.Old == "" || len(done.NoPasswords) > 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	keys, err := seal.LoadKeys(other.dir, "")
	if err != nil || len(keys.Ring) != 2 || keys.Ring[0] != other.keys.Ring[0] {
		t.Fatalf("%v, %v", keys.Ring, err)
	}
	old := t.TempDir()
	copyFile(t, done.Old, filepath.Join(old, entryStore))
	for dir, id := range map[string]camera.ID{other.dir: "cam-3", old: "mine"} {
		db := openDB(t, dir, keys)
		d, err := db.Camera(id)
		if err != nil || !strings.Contains(string(d.Source.Options), password) {
			t.Errorf("%s: %s, %v", id, d.Source.Options, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwoAtOnce holds two backups: a third has to wait until one is closed.
func TestTwoAtOnce(t *testing.T) {
	r := newRig(t)
	var held []*File
	for range maxAtOnce {
		f, err := r.mk.Make(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, f)
	}
	if _, err := r.mk.Make(t.Context(), false); fault.KindOf(err) != fault.TooMany {
		t.Errorf("got %v", err)
	}
	for _, f := range held {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	r.make(t, false)
}

// TestMakeOfABrokenStore gives its turn back.
func TestMakeOfABrokenStore(t *testing.T) {
	r := newRig(t)
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 * maxAtOnce {
		if _, err := r.mk.Make(context.Background(), false); err == nil || fault.KindOf(err) == fault.TooMany {
			t.Errorf("got %v", err)
		}
	}
	if names, err := filepath.Glob(filepath.Join(r.dir, prefix)); err != nil || len(names) > 0 {
		t.Errorf("left over: %v, %v", names, err)
	}
}

// mended returns a backup with the sum that belongs to it.
func mended(b []byte) []byte {
	b = bytes.Clone(b[:len(b)&^511])
	sum := sha256.New()
	sum.Write(b[:len(b)-tailLen])
	return append(b[:len(b)-tailLen], tail(sum)...)
}

// FuzzRead reads what may come as a backup.
func FuzzRead(f *testing.F) {
	good := func(m Manifest, key string) []byte {
		var b bytes.Buffer
		if err := write(&b, m, strings.NewReader("database"), 8, key); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	m := Manifest{Format: formatName, Version: formatVersion, Key: KeyNone}
	f.Add(good(m, ""), false)
	m.Key, m.Secrets = KeyFile, true
	f.Add(good(m, seal.NewKey().Text()), true)
	f.Add([]byte(entryManifest+"\x00"), true)
	f.Fuzz(func(t *testing.T, b []byte, mend bool) {
		if mend && len(b) >= tailLen+512 { // so that the parser is reached
			b = mended(b)
		}
		is, err := read(b)
		if err != nil {
			return
		}
		db, size := is.Database()
		if n, err := io.Copy(io.Discard, db); err != nil || n != size {
			t.Errorf("the database has %d bytes of %d: %v", n, size, err)
		}
		if is.Key == KeyFile && len(is.Keys) == 0 {
			t.Error("no key")
		}
	})
}
