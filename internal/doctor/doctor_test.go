//go:build linux

package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/portable"
)

// want fails the test unless a check found this result, and says this.
func want(t *testing.T, found []Finding, result Result, says string) {
	t.Helper()
	for _, f := range found {
		if f.Result == result && strings.Contains(f.Detail, says) {
			if (f.Advice == "") != (result == OK) {
				t.Errorf("%s with the advice %q", result, f.Advice)
			}
			return
		}
	}
	t.Errorf("found %+v, want %s and %q", found, result, says)
}

func folder(t *testing.T, mode os.FileMode) *exam {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, mode); err != nil {
		t.Fatal(err)
	}
	return &exam{Config: Config{DataDir: dir}, database: filepath.Join(dir, "camhub.db")}
}

// write makes a file with just these rights, whatever the umask is.
func write(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, nil, mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func TestFolder(t *testing.T) {
	e := folder(t, 0o700)
	want(t, checkFolder(t.Context(), e), OK, "0700")
	write(t, e.database, 0o644)
	want(t, checkFolder(t.Context(), e), Fail, "may read the passwords of cameras")
	want(t, checkFolder(t.Context(), folder(t, 0o755)), Warn, "may read recordings")
	want(t, checkFolder(t.Context(), folder(t, 0o777)), Fail, "every user of this machine may change")
	e.DataDir = e.database
	want(t, checkFolder(t.Context(), e), Fail, "is not a folder")
	e.DataDir += "-none"
	want(t, checkFolder(t.Context(), e), Warn, "does not exist")
	asNobody(t, func() {
		want(t, checkFolder(context.Background(), e), Fail, "may not write")
	}, func() {
		e = folder(t, 0o555)
		if err := os.Chmod(filepath.Dir(e.DataDir), 0o755); err != nil {
			t.Fatal(err)
		}
	})
}

// TestFilesInTheFolder looks at files that others may read, and that the hub may not.
func TestFilesInTheFolder(t *testing.T) {
	e := folder(t, 0o700)
	key := filepath.Join(e.DataDir, "camhub.key")
	write(t, key, 0o640)
	want(t, checkFolder(t.Context(), e), Fail, "with "+key+" (0640)")
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, checkFolder(t.Context(), e), OK, "0700")
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	if err := os.Chown(e.DataDir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	want(t, checkFolder(t.Context(), e), Fail, key+" belongs to user root, and the folder to user 12345")
}

// TestDevices looks at devices that this user may not read.
func TestDevices(t *testing.T) {
	dir := t.TempDir()
	e := &exam{Config: Config{DevDir: dir}}
	want(t, checkDevices(t.Context(), e), OK, "none")
	e.data = &Data{State: &portable.State{Cameras: []camera.Definition{{ID: "desk", Enabled: true, Source: camera.Source{Kind: "v4l2"}}}}}
	want(t, checkDevices(t.Context(), e), Fail, "camera desk needs one")
	video := filepath.Join(dir, "video0")
	if err := os.WriteFile(video, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, checkDevices(t.Context(), e), OK, video)
	asNobody(t, func() {
		found := checkDevices(context.Background(), e)
		want(t, found, Fail, "may not read "+video)
		if !strings.Contains(found[0].Advice, "usermod -a -G ") {
			t.Errorf("the advice is %q", found[0].Advice)
		}
	}, func() {
		if err := errors.Join(os.Chmod(video, 0), os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPrograms(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	e := &exam{data: &Data{State: &portable.State{Cameras: []camera.Definition{{ID: "printer", Source: camera.Source{Kind: "picamera"}}}}}}
	want(t, checkFFmpeg(t.Context(), e), Warn, "not installed")
	want(t, checkCameraPrograms(t.Context(), e), Fail, "camera printer needs one")
	program := filepath.Join(os.Getenv("PATH"), "rpicam-vid")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	want(t, checkCameraPrograms(t.Context(), e), OK, program)
}

func TestClock(t *testing.T) {
	e := folder(t, 0o700)
	now := time.Now()
	e.hub = &hubAnswers{started: now.Add(-3 * time.Hour), uptime: time.Hour, told: now}
	want(t, checkClock(t.Context(), e), Warn, "changed by 2h0m0s since the hub started")
	if err := os.WriteFile(e.database, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(e.database, now, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	want(t, checkClock(t.Context(), e), Warn, "one of them is wrong")
}

// TestCamerasThatWork tells what is wrong with those all the same.
func TestCamerasThatWork(t *testing.T) {
	e := &exam{hub: &hubAnswers{Cameras: []cameraAnswer{
		{ID: "a", Status: []byte(`{"state":"live","frozen_since":"2026-01-02T15:04:05Z"}`)},
		{ID: "b", Status: []byte(`{"state":"live","recording":{"state":"failing","reason":{"code":"disk_full","message":"The disk is full."}}}`)},
		{ID: "c", Status: []byte(`{"state":"idle","recording":{"state":"recording"}}`)},
	}}}
	found := checkCameras(t.Context(), e)
	want(t, found, OK, "2 of 3 are live")
	want(t, found, Warn, "a has sent the identical picture since 2026-01-02T15:04:05Z")
	want(t, found, Fail, "b is not recorded: The disk is full.")
	if len(found) != 3 {
		t.Errorf("found %+v", found)
	}
}

func TestVersions(t *testing.T) {
	e := &exam{Config: Config{Version: "v2"}}
	want(t, checkVersions(t.Context(), e), OK, runtime.Version())
	e.hub = &hubAnswers{version: "v1"}
	want(t, checkVersions(t.Context(), e), Warn, "the hub is camhub v1")
}

// TestCleanTakesSecretsOut shows that no text leaves with a secret in it.
func TestCleanTakesSecretsOut(t *testing.T) {
	s := &portable.State{Cameras: []camera.Definition{{Source: camera.Source{Options: []byte(`{"password":"planted1","headers":{"X":"planted2"}}`)}}}}
	e := &exam{secrets: secretsOf(s)}
	got := e.clean("a\nplanted1 planted2 http://u:planted3@h/x?pwd=planted4")
	if got != "a *** *** http://***@h/x?pwd=***" {
		t.Errorf("got %q", got)
	}
}

// TestLostKey tells of cameras whose secrets can't be read, and hides what is known of
// their others.
func TestLostKey(t *testing.T) {
	state := &portable.State{Cameras: []camera.Definition{
		{ID: "a", Source: camera.Source{Kind: "mjpeg", Options: []byte(`{"password":"planted1","headers":{"X":{"sealed by camhub":"1.a.b"}}}`)}},
		{ID: "b", Source: camera.Source{Kind: "mjpeg", Options: []byte(`{"password":"planted2"}`)}},
	}}
	e := &exam{data: &Data{State: state, Key: "the key does not open", Locked: []string{"a"}}}
	want(t, checkDatabase(t.Context(), e), Fail, "the key does not open the passwords of these cameras: a")
	if got := secretsOf(state).Replace("planted1 planted2"); strings.Contains(got, "planted") {
		t.Errorf("secrets are left: %s", got)
	}
}

// TestUsersAfterARestore tells those without a password from those who have to sign in.
func TestUsersAfterARestore(t *testing.T) {
	e := &exam{data: &Data{Users: 2}}
	want(t, checkAccess(t.Context(), e), OK, "2 users, who have to sign in")
	e.data.Shut = []string{"ann"}
	want(t, checkAccess(t.Context(), e), Warn, "1 of 2 users can't sign in")
	e.data.Shut = []string{"ann", "bob"}
	want(t, checkAccess(t.Context(), e), Fail, "nobody can sign in: no user has a password since a backup without secrets was put back (ann, bob)")
}

func TestWrongKey(t *testing.T) {
	e := &exam{data: &Data{WrongKey: errors.New("it is another key")}}
	want(t, checkDatabase(t.Context(), e), Fail, "it is another key")
}
