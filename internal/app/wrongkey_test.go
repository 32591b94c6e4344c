package app

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"camhub/internal/seal"
)

// wantRefused fails unless everybody refuses the key who would take it, says how to go on,
// and leaves the database as it is.
func wantRefused(t *testing.T, dir string, key seal.Key, says string) {
	t.Helper()
	before := readStore(t, dir)
	_, serve := openStore(dir, key.Text(), slog.New(slog.DiscardHandler))
	place := Place{DataDir: dir, Key: key.Text()}
	backup := Backup{Place: place, File: filepath.Join(t.TempDir(), "b.tar")}.Run(t.Context(), io.Discard, io.Discard)
	file := filepath.Join(t.TempDir(), "cameras.yaml")
	if err := os.WriteFile(file, []byte("camhub: 1\ncameras:\n  - id: new\n    name: New\n    source: {kind: mjpeg, url: \"http://10.0.0.9/\", password: x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	imported := Import{Place: place, Path: file, From: "camhub"}.Run(t.Context(), strings.NewReader(""), io.Discard)
	for who, err := range map[string]error{"serve": serve, "backup": backup, "import": imported, "check": CheckKey(dir, key.Text(), io.Discard)} {
		if !errors.Is(err, errWrongKey) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", who, err, says)
		}
	}
	if !bytes.Equal(before, readStore(t, dir)) {
		t.Error("the database is not as it was")
	}
}

// readStore returns what is stored of all cameras.
func readStore(t *testing.T, dir string) (all []byte) {
	t.Helper()
	db := openUnsealed(t, dir)
	defer db.Close()
	ds, err := db.Cameras()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		all = append(all, d.Source.Options...)
	}
	return all
}

// TestWrongKeyBesideAnother refuses a CAMHUB_KEY of something else: neither what the key
// file opens nor what nobody opens is sealed anew.
func TestWrongKeyBesideAnother(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	wantSecrets(t, dir, "", someCameras)
	other := seal.NewKey()
	wantRefused(t, dir, other, "unset CAMHUB_KEY: the key in camhub.key opens them")
	wantSecrets(t, dir, "", someCameras)
	if err := RotateKey(dir, other.Text(), io.Discard); err != nil {
		t.Errorf("change to it: %v", err)
	}
	wantSecrets(t, dir, other.Text(), someCameras)
	if err := os.Remove(filepath.Join(dir, seal.KeyFile)); err != nil {
		t.Fatal(err)
	}
	wantSecrets(t, dir, other.Text(), someCameras)

	wrong := seal.NewKey()
	wantRefused(t, dir, wrong, "camhub key forget removes")
	if err := RotateKey(dir, seal.NewKey().Text()+","+wrong.Text(), io.Discard); !errors.Is(err, errWrongKey) {
		t.Errorf("change from a wrong key: %v", err)
	}
	wantSecrets(t, dir, other.Text(), someCameras)
}

// TestAnyKeyWithoutSecrets takes a key when there is nothing that it should open.
func TestAnyKeyWithoutSecrets(t *testing.T) {
	dir := t.TempDir()
	if err := openAt(t, dir, "").Close(); err != nil {
		t.Fatal(err)
	}
	if err := openAt(t, dir, seal.NewKey().Text()).Close(); err != nil {
		t.Fatal(err)
	}
}

// TestForgetSecrets goes on with a new key after the old one was lost for good, and keeps
// what the new one opens.
func TestForgetSecrets(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	old, key := seal.NewKey(), seal.NewKey()
	wantSecrets(t, dir, old.Text(), someCameras)
	var out bytes.Buffer
	if err := ForgetSecrets(dir, old.Text(), &out); err != nil || !strings.Contains(out.String(), "nothing to forget") {
		t.Errorf("with the right key: %v, %s", err, &out)
	}
	wantSecrets(t, dir, old.Text(), someCameras)
	out.Reset()
	if err := ForgetSecrets(dir, key.Text(), &out); err != nil || !strings.Contains(out.String(), "the secrets of 20 cameras") {
		t.Errorf("%v, %s", err, &out)
	}
	db := openAt(t, dir, key.Text())
	defer db.Close()
	d, err := db.Camera("cam-3")
	if want := `{"headers":{},"url":"http://10.0.0.5/","username":"u"}`; err != nil || string(d.Source.Options) != want {
		t.Errorf("%s, %v", d.Source.Options, err)
	}
	if _, err := kinds.Parse(d.Source); err != nil {
		t.Errorf("what is left is no camera: %v", err)
	}
}

// TestRotationThatLeavesTraces fails, says what may still be read, and is done by the next
// one.
func TestRotationThatLeavesTraces(t *testing.T) {
	dir := t.TempDir()
	plainStore(t, dir, someCameras)
	wantSecrets(t, dir, "", someCameras)
	old := keyIn(t, dir)
	inTheWay := filepath.Join(dir, storeFile+".compact")
	var out bytes.Buffer
	err := rotateKey(dir, "", &out, func(step string) {
		if step == "both keys written" {
			if err := os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	})
	if err == nil || !strings.Contains(err.Error(), "may still hold them as they were before") || !strings.Contains(err.Error(), "run camhub key rotate again") || out.Len() > 0 {
		t.Errorf("got %v, and it prints %q", err, &out)
	}
	if err := os.RemoveAll(inTheWay); err != nil {
		t.Fatal(err)
	}
	if err := RotateKey(dir, "", io.Discard); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, storeFile))
	if err != nil || bytes.Contains(b, []byte(old.ID())) {
		t.Errorf("what the old key opens is still in the file (%v)", err)
	}
	wantSecrets(t, dir, "", someCameras)
}
