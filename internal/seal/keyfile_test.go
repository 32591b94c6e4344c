package seal

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func load(t *testing.T, dir, env string) Keys {
	t.Helper()
	k, err := LoadKeys(dir, env)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeyIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	first := load(t, dir, "")
	again := load(t, dir, "")
	if !first.Made || again.Made || !slices.Equal(first.Ring, again.Ring) || first.FileText() == "" {
		t.Errorf("first %v, then %v", first, again)
	}
	info, err := os.Stat(filepath.Join(dir, KeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestKeysFromTheEnvironment puts them before those of the file, and writes nothing.
func TestKeysFromTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	k := NewKey()
	if keys := load(t, dir, k.Text()); keys.FileText() != "" || keys.Unused() {
		t.Errorf("%v", keys)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("%v, %v", names, err)
	}
	inFile := load(t, dir, "").Ring[0]
	if keys := load(t, dir, k.Text()); !slices.Equal(keys.Ring, Ring{k, inFile}) || !keys.Unused() {
		t.Errorf("%v", keys)
	}
	if _, err := LoadKeys(dir, "hunter2"); err == nil || !strings.Contains(err.Error(), "CAMHUB_KEY") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestKeyFilesThatCantBeUsed(t *testing.T) {
	good := formatKeyFile(Ring{NewKey()})
	for name, tt := range map[string]struct {
		text string
		mode os.FileMode
		says string
	}{
		"others can read it": {good, 0o604, "chmod 600"},
		"the group can":      {good, 0o640, "chmod 600"},
		"the group writes":   {good, 0o620, "chmod 600"},
		"empty":              {"", 0o600, "from a copy"},
		"cut":                {good[:len(good)-5], 0o600, "from a copy"},
		"too long":           {strings.Repeat(good, 200), 0o600, "too long"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, KeyFile)
		if err := os.WriteFile(path, []byte(tt.text), tt.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKeys(dir, ""); err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != tt.text {
			t.Errorf("%s: it was changed (%v)", name, err)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, KeyFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeys(dir, ""); err == nil {
		t.Error("a folder is taken for a key")
	}
}

// TestKeyFileIsReplacedAfterACut goes on where a step left a file.
func TestKeyFileIsReplacedAfterACut(t *testing.T) {
	dir := t.TempDir()
	keys := load(t, dir, "")
	if err := os.WriteFile(filepath.Join(dir, KeyFile+".new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	next := Ring{NewKey()}.With(keys.Ring...)
	if err := keys.Put(next); err != nil {
		t.Fatal(err)
	}
	if got := load(t, dir, ""); !slices.Equal(got.Ring, next) || !got.Unused() {
		t.Errorf("%v, want %v", got.Ring, next)
	}
	more := NewKey()
	if err := AddKeys(dir, Ring{next[1], more}); err != nil {
		t.Fatal(err)
	}
	if got := load(t, dir, ""); !slices.Equal(got.Ring, next.With(more)) {
		t.Errorf("%v", got.Ring)
	}
}
