package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"camhub/internal/backup"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/seal"
	"camhub/store"
)

// plant gives the hub an owner, a token, a link, a session and a camera with secrets,
// which must not be seen anywhere from then on. It returns what the owner sends.
func (h *testHub) plant(t *testing.T) []string {
	cam := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(cam.Close)
	h.secrets = append(h.secrets, secretPassword, secretHeader)
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","source":{"kind":"mjpeg","url":"`+cam.URL+`",
		"username":"u","password":"`+secretPassword+`","headers":{"X-Key":"`+secretHeader+`"}}}`)
	owner := h.own()
	h.secretOf(h.want(http.StatusCreated, "POST", "/api/v1/tokens", `{"name":"T","role":"admin","grants":{"all":true}}`, owner...))
	h.secretOf(h.want(http.StatusCreated, "POST", "/api/v1/shares",
		fmt.Sprintf(`{"name":"L","camera":"a","expires_at":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339)), owner...))
	h.want(http.StatusOK, "POST", "/api/v1/session", fmt.Sprintf(`{"name":"ann","password":%q}`, ownerPassword))
	return owner
}

// backups makes backups of both kinds, and looks at what every answer of the hub, and
// each of its files, shows of secrets.
func backups(t *testing.T, h *testHub) {
	owner := h.plant(t)
	viewer := h.addUser(owner, "bob", "viewer", `{"all":true}`)
	h.want(http.StatusForbidden, "GET", "/api/v1/backup", "", viewer...)
	for _, bad := range []string{"secrets=yes", "secrets=", "secret=1"} {
		name, _, _ := strings.Cut(bad, "=")
		a := h.want(http.StatusUnprocessableEntity, "GET", "/api/v1/backup?"+bad, "", owner...)
		if got := pointers(t, a); got != "/"+name {
			t.Errorf("%s: the fault is at %q", bad, got)
		}
	}
	for _, o := range h.contract.operations() {
		if o.method == http.MethodGet && o.template != "/api/v1/events/live" { // which has no end
			path := o.path("a")
			if o.template == "/debug/pprof/profile" {
				path += "?seconds=1" // not 30, which is longer than this client waits
			}
			h.do("GET", path, "", owner...) // and it is searched
		}
	}
	made := func() int {
		return len(decode[struct{ Events []event.Event }](t, h.want(http.StatusOK, "GET", "/api/v1/events?type=backup_made", "", owner...)).Events)
	}
	before := 0
	eventually(t, "the first is written down", func() bool { before = made(); return before > 0 })
	for range 10 { // none is made, or the third would be too many
		if a := h.want(http.StatusOK, "HEAD", "/api/v1/backup?secrets=1", "", owner...); a.header.Get("Content-Type") != "application/x-tar" {
			t.Errorf("HEAD tells %v", a.header)
		}
	}
	if n := made(); n != before {
		t.Errorf("HEAD made %d backups", n-before)
	}
	for _, withSecrets := range []bool{false, true} {
		query := map[bool]string{false: "", true: "?secrets=1"}[withSecrets]
		a := h.want(http.StatusOK, "GET", "/api/v1/backup"+query, "", owner...)
		b, err := backup.Read(bytes.NewReader(a.body), int64(len(a.body)))
		if err != nil {
			t.Fatal(err)
		}
		if name := `filename=` + b.FileName(); !strings.HasSuffix(a.header.Get("Content-Disposition"), name) {
			t.Errorf("saved as %q, not %q", a.header.Get("Content-Disposition"), name)
		}
		if b.Cameras != 1 || b.Users != 2 || b.Secrets != withSecrets || (len(b.Keys) == 1) != withSecrets {
			t.Errorf("the manifest is %+v, with %d keys", b.Manifest, len(b.Keys))
		}
		for what, want := range map[string]bool{"$argon2id$": withSecrets, "sealed by camhub": withSecrets, `"id":"a"`: true, `"user_agent"`: false} {
			if bytes.Contains(a.body, []byte(what)) != want {
				t.Errorf("with secrets: %t: %q is in it: %t", withSecrets, what, !want)
			}
		}
		checkRestored(t, h.dir, a.body, b)
	}
	eventually(t, "it is written down", func() bool {
		es := decode[struct{ Events []event.Event }](t, h.want(http.StatusOK, "GET", "/api/v1/events?type=backup_made", "", owner...)).Events
		return len(es) >= 2 && es[0].Actor == "ann" && es[0].Subject == "with secrets" && es[1].Subject == "without secrets"
	})
}

// checkRestored puts a backup into a new folder, and sees that the camera has its password
// there if it should.
func checkRestored(t *testing.T, hubDir string, body []byte, b *backup.Backup) {
	t.Helper()
	file := filepath.Join(t.TempDir(), b.FileName())
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := Restore(hubDir, file, &out); err == nil || !strings.Contains(err.Error(), "another process has it open") {
		t.Errorf("it was put into the folder of a hub that runs: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "new")
	if err := Restore(dir, file, &out); err != nil {
		t.Fatal(err)
	}
	if says := strings.Contains(out.String(), "ann, bob"); says == b.Secrets {
		t.Errorf("it says %s", &out)
	}
	d := openCamera(t, dir, "a")
	var options struct {
		Username, Password string
		Headers            map[string]string
	}
	if err := json.Unmarshal(d.Source.Options, &options); err != nil {
		t.Fatal(err)
	}
	want := "map[]"
	if b.Secrets {
		want = "map[X-Key:" + secretHeader + "]"
	}
	if options.Username != "u" || (options.Password == secretPassword) != b.Secrets || fmt.Sprint(options.Headers) != want {
		t.Errorf("with secrets %t: the camera has %s", b.Secrets, d.Source.Options)
	}
}

// openCamera opens a data folder as the hub does, and returns a camera of it.
func openCamera(t *testing.T, dir string, id camera.ID) camera.Definition {
	t.Helper()
	db := openAt(t, dir, "")
	defer db.Close()
	d, err := db.Camera(id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sealedIn returns how many values in a database file are sealed with a key.
func sealedIn(t *testing.T, dir string, k seal.Key) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("1."+k.ID()+"."))
}

// plainStore makes a database with secrets as an earlier version stored them.
func plainStore(t *testing.T, dir string, cameras int) {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	for i := range cameras {
		d := camera.Default()
		d.ID, d.Name = camera.ID(fmt.Sprintf("cam-%d", i)), "Camera"
		d.Source = camera.Source{Kind: "mjpeg", Options: json.RawMessage(fmt.Sprintf(
			`{"headers":{"X-Key":"%s-%d"},"password":"%s-%d","url":"http://10.0.0.5/","username":"u"}`, secretHeader, i, secretPassword, i))}
		if _, _, err := db.PutCamera(d, event.Event{Time: time.Now(), Type: event.Added, Camera: d.ID, Name: d.Name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
