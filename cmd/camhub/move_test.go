package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const definitions = `camhub: 1
settings:
  recordings:
    keep_bytes: 5000000000
cameras:
  - id: garage
    name: Garage
    source: {kind: mjpeg, url: "http://127.0.0.1:9/video?pwd=planted1", username: u, password: planted2}
  - id: clock
    name: Clock
    group: inside
    source: {kind: emulated, fps: 5}
`

// moved runs camhub export or import with a file on its standard input.
func moved(t *testing.T, stdin string, args ...string) (out string, status int) {
	t.Helper()
	cmd := camhub(t, args...)
	cmd.Env = append(cmd.Env, "CAMHUB_DATA="+t.TempDir())
	cmd.Stdin = strings.NewReader(stdin)
	b, _ := cmd.CombinedOutput() // the status tells
	return string(b), cmd.ProcessState.ExitCode()
}

func wantMoved(t *testing.T, status int, says, stdin string, args ...string) string {
	t.Helper()
	out, got := moved(t, stdin, args...)
	if got != status || !strings.Contains(out, says) {
		t.Errorf("camhub %v: status %d, want %d and %q in\n%s", args, got, status, says, out)
	}
	if strings.Contains(out, "planted") && !strings.Contains(strings.Join(args, " "), "--with-secrets") && args[0] != "export" {
		t.Errorf("camhub %v shows a secret:\n%s", args, out)
	}
	return out
}

// TestMoveBetweenHubs takes the cameras of a hub that does not run into one that runs,
// and from there into a third.
func TestMoveBetweenHubs(t *testing.T) {
	t.Parallel()
	first, third := t.TempDir(), t.TempDir()
	file := filepath.Join(t.TempDir(), "cameras.yaml")
	wantMoved(t, 0, "nothing was changed", definitions, "import", "--dry-run", "--data", first, "-")
	if entries, err := os.ReadDir(first); err != nil || len(entries) != 0 {
		t.Errorf("a dry run left %v, %v", entries, err)
	}
	wantMoved(t, 1, "there is no hub in the folder", "", "export", "--data", first)
	wantMoved(t, 0, "2 added", definitions, "import", "--data", first, "-")
	wantMoved(t, 0, "2 unchanged", definitions, "import", "-", "--data", first)
	out := wantMoved(t, 0, "garage: password", "", "export", "--data", first, file)
	if strings.Contains(out, "planted") {
		t.Errorf("a secret is told: %s", out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	plain, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(plain), "planted2") || !strings.Contains(string(plain), "id: garage") {
		t.Fatalf("%v\n%s", err, plain)
	}
	if whole := wantMoved(t, 0, "password: planted2", "", "export", "--with-secrets", "--data", first); strings.Contains(whole, "not in the file") {
		t.Errorf("with secrets: %s", whole)
	}

	p := start(t, t.TempDir())
	wantMoved(t, 0, "2 added", string(plain), "import", "--url", p.URL, "-")
	wantMoved(t, 0, "2 unchanged", "", "import", "--url", p.URL, file)
	wantMoved(t, 0, "source.password: (none) → (hidden)", definitions, "import", "--url", p.URL, "-")
	wantMoved(t, 0, "source.password: (hidden) → (another, hidden)", definitions, "import", "--url", p.URL, "-")
	wantMoved(t, 1, "never gives its secrets away", "", "export", "--with-secrets", "--url", p.URL)
	online := wantMoved(t, 0, "id: garage", "", "export", "--url", p.URL)
	if _, yaml, _ := strings.Cut(online, "\ncamhub:"); !strings.Contains(string(plain), strings.Split(yaml, "These secrets")[0]) {
		t.Errorf("the running hub gives\n%s\nand the other gave\n%s", online, plain)
	}
	only := "camhub: 1\ncameras: [{id: clock, name: Clock, source: {kind: emulated, fps: 6}}]\n"
	wantMoved(t, 0, "- garage (Garage) removed", only, "import", "--replace", "--url", p.URL, "-")
	var list struct{ Cameras []struct{ ID string } }
	if p.call("GET", "/api/v1/cameras", "", &list); len(list.Cameras) != 1 || list.Cameras[0].ID != "clock" {
		t.Errorf("the hub has %+v", list)
	}
	var settings struct {
		Recordings struct {
			KeepBytes int64 `json:"keep_bytes"`
		}
	}
	if p.call("GET", "/api/v1/settings", "", &settings); settings.Recordings.KeepBytes != 5_000_000_000 {
		t.Errorf("the settings are %+v", settings)
	}
	wantMoved(t, 0, "done", "", "import", "--data", third, file)
	if again := wantMoved(t, 0, "camhub: 1", "", "export", "--data", third); again != string(plain) {
		t.Errorf("the third hub gives\n%s", again)
	}
}

// TestMoveRefused shows what is refused, and that nothing is changed then.
func TestMoveRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	wantMoved(t, 1, "give its address with --url", definitions, "import", "--data", dir, "-")
	wantMoved(t, 1, "give its address with --url", "", "export", "--data", dir)
	bad := definitions + "  - id: bad\n    name: Bad\n    source: {kind: mjpeg, url: \"rtsp://u:planted3@h/\"}\n"
	wantMoved(t, 1, "standard input:15: bad: source.url must begin with http", bad, "import", "--url", p.URL, "-")
	var list struct{ Cameras []struct{ ID string } }
	if p.call("GET", "/api/v1/cameras", "", &list); len(list.Cameras) != 0 {
		t.Errorf("something was changed: %+v", list)
	}
	// What only the machine of the hub knows fails in the middle, and is told so.
	middle := "camhub: 1\ncameras:\n  - {id: a, name: A, source: {kind: emulated}}\n  - {id: b, name: B, source: {kind: v4l2, device: /dev/null}}\n"
	wantMoved(t, 1, "1 changes were made before one failed:\n    a added\n", middle, "import", "--url", p.URL, "-")
	wantMoved(t, 1, "it looks like a file of motion: try --from motion", "", "import", "--data", t.TempDir(), "../../internal/foreign/testdata/motion/motion.conf")
	wantMoved(t, 2, "say which file", "", "import", "--data", dir)
	wantMoved(t, 2, "--from must be one of", "", "import", "--from", "zoneminder", "x")
	wantMoved(t, 2, `unexpected argument "b"`, "", "import", "a", "b")
	wantMoved(t, 1, "no such file", "", "import", "--url", p.URL, filepath.Join(dir, "none.yaml"))
	wantMoved(t, 1, "must be one such as", "", "export", "--url", "nowhere")
}

// TestMoveNeedsAToken asks a hub with users.
func TestMoveNeedsAToken(t *testing.T) {
	dir := t.TempDir()
	if out, err := userCommand(t, dir, "correct horse", "add", "ann", "--role", "admin"); err != nil {
		t.Fatal(err, out)
	}
	p := start(t, dir)
	wantMoved(t, 1, "CAMHUB_TOKEN", "", "export", "--url", p.URL)
	t.Setenv("CAMHUB_TOKEN", apiToken(t, p, "ann", "correct horse"))
	wantMoved(t, 0, "1 added", "camhub: 1\ncameras: [{id: a, name: A, source: {kind: emulated}}]\n", "import", "--url", p.URL, "-")
	wantMoved(t, 0, "id: a", "", "export", "--url", p.URL)
}

// TestMoveOverTLS asks a hub on this machine with a certificate that it has signed itself.
func TestMoveOverTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir, "--tls-self-signed")
	wantMoved(t, 0, "2 added", definitions, "import", "--url", p.URL, "-")
	wantMoved(t, 0, "id: garage", "", "export", "--url", p.URL)
	wantMoved(t, 1, "leads to HTTPS", "", "export", "--url", "http"+strings.TrimPrefix(p.URL, "https"))
	wantMoved(t, 0, "2 cameras", "", "backup", "--url", p.URL, filepath.Join(t.TempDir(), "b.tar"))
	_, port, _ := strings.Cut(strings.TrimPrefix(p.URL, "https://"), ":")
	examined(t, dir, nil, "--listen", "0.0.0.0:"+port).found("hub", "ok", "https://127.0.0.1:"+port)
}

// TestMoveFromOthers imports what motion is set up with.
func TestMoveFromOthers(t *testing.T) {
	dir := t.TempDir()
	out := wantMoved(t, 0, "+ yard (Yard) added: mjpeg http://192.168.1.40:8080/video?profile=*** with a password",
		"", "import", "--from", "auto", "--data", dir, "../../internal/foreign/testdata/motion")
	if !strings.Contains(out, `skipped ../../internal/foreign/testdata/motion/camera3.conf:2: "Gate": is read over rtsp`) || strings.Contains(out, "hunter2") {
		t.Errorf("it says\n%s", out)
	}
	wantMoved(t, 0, "2 unchanged", "", "import", "--from", "motion", "--data", dir, "../../internal/foreign/testdata/motion/motion.conf")
}

// apiToken makes an API token of an admin.
func apiToken(t *testing.T, p *process, name, password string) string {
	t.Helper()
	send := func(method, path, body string, auth func(*http.Request)) []byte {
		req, err := http.NewRequestWithContext(t.Context(), method, p.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		auth(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusCreated {
			t.Fatalf("%s %s: %s %v %s", method, path, resp.Status, err, b)
		}
		return b
	}
	var made struct{ Secret string }
	b := send("POST", "/api/v1/tokens", `{"name":"mover","role":"admin"}`, func(r *http.Request) { r.SetBasicAuth(name, password) })
	if err := json.Unmarshal(b, &made); err != nil || made.Secret == "" {
		t.Fatalf("%v %s", err, b)
	}
	return made.Secret
}

// TestFolderOrAddress names a folder while an address is in the environment: nobody's
// running hub is changed by that.
func TestFolderOrAddress(t *testing.T) {
	p := start(t, t.TempDir())
	t.Setenv("CAMHUB_URL", p.URL)
	dir := t.TempDir()
	wantMoved(t, 0, "2 added", definitions, "import", "--data", dir, "-")
	wantMoved(t, 2, "--data", definitions, "import", "--data", dir, "--url", p.URL, "-")
	var list struct{ Cameras []any }
	if p.call("GET", "/api/v1/cameras", "", &list); len(list.Cameras) != 0 {
		t.Errorf("the running hub has got %v", list.Cameras)
	}
	wantMoved(t, 0, "2 added", definitions, "import", "-")
}
