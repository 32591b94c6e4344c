//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// page is what the doctor found.
type page struct {
	t        *testing.T
	status   int
	out      string
	Healthy  bool
	Findings []struct{ Check, Result, Detail, Advice string }
}

// examined runs the doctor on a data folder, as a command prepares.
func examined(t *testing.T, dir string, prepare func(*exec.Cmd), args ...string) *page {
	t.Helper()
	cmd := camhub(t, append([]string{"doctor", "--json", "--data", dir}, args...)...)
	if prepare != nil {
		prepare(cmd)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, _ := cmd.Output() // the status tells
	p := &page{t: t, status: cmd.ProcessState.ExitCode(), out: string(out)}
	if err := json.Unmarshal(out, p); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, stderr.String())
	}
	if p.Healthy != (p.status == 0) || p.status > 1 {
		t.Errorf("healthy is %v with the status %d", p.Healthy, p.status)
	}
	return p
}

// found fails the test unless a check has this result, and says this.
func (p *page) found(check, result, says string) {
	p.t.Helper()
	for _, f := range p.Findings {
		if f.Check == check && f.Result == result && strings.Contains(f.Detail, says) {
			if f.Advice == "" && (result == "warn" || result == "fail") {
				p.t.Errorf("%s: no advice", check)
			}
			return
		}
	}
	p.t.Errorf("%s is not %s with %q:\n%s", check, result, says, p.out)
}

// onTmpfs has a command run in a file system of its own, after a script that finds the
// data folder in $0. It skips the test where that is forbidden.
func onTmpfs(t *testing.T, dir, options, script string) func(*exec.Cmd) {
	t.Helper()
	wrap := func(cmd *exec.Cmd, script string) {
		cmd.Args = append([]string{"sh", "-c", `mount --make-rprivate / && mount -t tmpfs -o ` + options + ` none "$0" && ` + script + ` && exec "$@"`, dir, cmd.Path}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
		if os.Getuid() != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
		}
	}
	try := exec.Command("true")
	wrap(try, "true")
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("no mounts of its own here: %v\n%s", err, out)
	}
	return func(cmd *exec.Cmd) { wrap(cmd, script) }
}

// TestDoctorOfAMachine breaks what is around a hub that does not run.
func TestDoctorOfAMachine(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	examined(t, dir, nil).found("database", "warn", "there is none in")
	wantMoved(t, 0, "1 added", "camhub: 1\ncameras: [{id: a, name: A, source: {kind: picamera}}]\n", "import", "--data", dir, "-")
	p := examined(t, dir, func(c *exec.Cmd) { c.Env = append(c.Env, "PATH="+dir) })
	p.found("database", "ok", "whole")
	p.found("data folder", "ok", "0700")
	p.found("camera programs", "fail", "camera a needs one")
	p.found("ffmpeg", "warn", "not installed")
	examined(t, dir, nil, "--listen", "0.0.0.0:8080").found("access", "warn", "has no user")
	examined(t, dir, nil, "--url", "http://127.0.0.1:9").found("hub", "fail", "does not answer")
	limited := func(c *exec.Cmd) {
		c.Args = append([]string{"sh", "-c", `ulimit -n 128 && exec "$0" "$@"`, c.Path}, c.Args[1:]...)
		c.Path = "/bin/sh"
	}
	examined(t, dir, limited).found("open files", "fail", "128")

	t.Run("tmpfs", func(t *testing.T) {
		p := examined(t, dir, onTmpfs(t, dir, "size=1m", `dd if=/dev/zero of="$0/x" bs=1M count=2 2>/dev/null; true`))
		p.found("file system", "warn", "tmpfs is memory")
		p.found("disk space", "fail", "0 bytes of 1.0 MB are free")
	})
	t.Run("inodes", func(t *testing.T) {
		p := examined(t, dir, onTmpfs(t, dir, "size=900m,nr_inodes=50", "true"))
		p.found("disk space", "fail", "more files of 50")
	})
	t.Run("read-only", func(t *testing.T) {
		p := examined(t, dir, onTmpfs(t, dir, "size=1m", `mount -o remount,ro,bind "$0"`))
		p.found("data folder", "fail", "mounted read-only")
	})
	t.Run("damaged", func(t *testing.T) {
		path := filepath.Join(dir, "camhub.db")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 8192; i < len(b); i++ {
			b[i] ^= 0x55
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		examined(t, dir, nil).found("database", "fail", "it is damaged")
	})
}

// TestDoctorWithAnotherKey looks with a key of the environment that is not the hub's, and
// without any: it says so, and neither takes the one nor makes another.
func TestDoctorWithAnotherKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wantMoved(t, 0, "2 added", definitions, "import", "--data", dir, "-")
	path := filepath.Join(dir, "camhub.key")
	key, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := func(c *exec.Cmd) { c.Env = append(c.Env, "CAMHUB_KEY="+strings.Repeat("5e", 32)) }
	examined(t, dir, other).found("database", "fail", "CAMHUB_KEY is not the key")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	examined(t, dir, other).found("database", "fail", "does not open the passwords of these cameras: garage")
	examined(t, dir, nil).found("database", "fail", "there is no key that opens")
	wantMoved(t, 1, "there is no key that opens", "", "key", "check", "--data", dir)
	wantMoved(t, 0, "garage", "", "export", "--data", dir)
	wantMoved(t, 0, "with secrets, which CAMHUB_KEY opens", "", "backup", "--with-secrets", "--data", dir, filepath.Join(t.TempDir(), "b.tar"))
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key was made: %v", err)
	}
	if err := os.WriteFile(path, key, 0o600); err != nil {
		t.Fatal(err)
	}
	wantMoved(t, 0, "opens everything", "", "key", "check", "--data", dir)
	wantMoved(t, 0, "planted2", "", "export", "--with-secrets", "--data", dir)
}

// TestDoctorOfAHub looks at a hub that runs, with a camera whose port nobody listens at,
// and a budget that the disk has no room for.
func TestDoctorOfAHub(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	dir := t.TempDir()
	p := start(t, dir)
	p.await(p.addEmulated("Works"), "live")
	id := p.add(fmt.Sprintf(`{"name":"Gone","source":{"kind":"mjpeg","url":"http://%s/video?pwd=planted1","username":"planted2","password":"planted3"}}`, gone.Addr()))
	p.await(id, "offline")
	p.call("PATCH", "/api/v1/settings", `{"recordings":{"keep_bytes":900000000000000000,"min_free_bytes":0}}`, nil)
	bundle := filepath.Join(t.TempDir(), "bundle.zip")
	found := examined(t, dir, nil, "--listen", strings.TrimPrefix(p.URL, "http://"), "--bundle", bundle)
	found.found("database", "ok", "in use by a hub")
	found.found("hub", "ok", p.URL)
	found.found("access", "ok", "this machine only")
	found.found("cameras", "ok", "1 of 2 are live")
	found.found("cameras", "fail", "gone is offline: The camera refused the connection")
	found.found("recordings", "warn", "only has room for")
	whole := wantBundle(t, bundle, `"type":"added"`, "http://"+gone.Addr().String()+"/video?pwd=***", `"state": "offline"`, "camhub doctor, ")
	if strings.Contains(whole+found.out, "planted") {
		t.Errorf("a secret is told:\n%s\n%s", whole, found.out)
	}
	p.Stop()

	// The same of the hub that does not run any more: its secrets are known now.
	found = examined(t, dir, nil, "--bundle", bundle)
	found.found("cameras", "unknown", "2 are defined")
	if whole := wantBundle(t, bundle, `"type":"offline"`, "id: works"); strings.Contains(whole+found.out, "planted") {
		t.Errorf("a secret is told:\n%s\n%s", whole, found.out)
	}
}

// TestDoctorOfAnOpenHub looks at hubs that anybody may use, or that nobody may yet.
func TestDoctorOfAnOpenHub(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "--insecure-no-auth")
	examined(t, dir, nil, "--url", p.URL).found("access", "fail", "everybody who reaches the hub")
	p.Stop()
	if out, err := userCommand(t, dir, "correct horse", "add", "ann", "--role", "admin"); err != nil {
		t.Fatal(err, out)
	}
	examined(t, dir, nil).found("access", "ok", "1 users")
	p = start(t, dir)
	examined(t, dir, nil, "--url", p.URL).found("hub", "warn", "tells nothing without a login")
	t.Setenv("CAMHUB_TOKEN", apiToken(t, p, "ann", "correct horse"))
	examined(t, dir, nil, "--url", p.URL).found("access", "ok", "users have to sign in")
	examined(t, dir, nil, "--url", "http://127.0.0.1:9").found("hub", "fail", "uses the data folder, and does not answer")
	p.Stop()
	empty := t.TempDir()
	p = start(t, empty, "--listen", "0.0.0.0:0")
	examined(t, empty, nil, "--url", p.URL).found("hub", "warn", "has no owner yet")
}

// wantBundle returns all that is in a bundle, which must hold some texts.
func wantBundle(t *testing.T, path string, texts ...string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		r.Close()
	}
	for _, text := range texts {
		if !strings.Contains(all.String(), text) {
			t.Errorf("%q is not in the bundle:\n%s", text, all.String())
		}
	}
	return all.String()
}

// TestDoctorOfHubsThatAreNotPlainHTTP finds hubs where they listen, one with a
// certificate of its own and one on a Unix-domain socket, and backs them up.
func TestDoctorOfHubsThatAreNotPlainHTTP(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	secure := start(t, data, "--tls-self-signed")
	examined(t, data, nil, "--listen", strings.TrimPrefix(secure.URL, "https://")).found("hub", "ok", secure.URL)
	if out, err := camhub(t, "backup", filepath.Join(t.TempDir(), "b.tar"), "--url", secure.URL).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	at := "unix:" + filepath.Join(t.TempDir(), "hub.sock")
	data = t.TempDir()
	start(t, data, "--insecure-no-auth", "--listen", at)
	examined(t, data, nil, "--listen", at).found("hub", "ok", at)
	if out, err := camhub(t, "export", "--url", at).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("camhub: 1")) {
		t.Errorf("%v: %s", err, out)
	}
}
