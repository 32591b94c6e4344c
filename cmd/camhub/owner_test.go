//go:build linux

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestRootLeavesTheFolderToItsUser has root do to the data folder of a service what it
// does while the service is stopped: all that comes of it belongs to the service, which
// could else neither read its key nor its database.
func TestRootLeavesTheFolderToItsUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	const service = 12345
	dir, elsewhere := t.TempDir(), t.TempDir()
	if err := os.Chown(dir, service, service); err != nil {
		t.Fatal(err)
	}
	file, saved := filepath.Join(elsewhere, "cameras.yaml"), filepath.Join(elsewhere, "camhub.tar")
	definitions := `{camhub: 1, cameras: [{id: a, name: A, source: {kind: mjpeg, url: "http://h/", password: ` + plantedPassword + `}}]}`
	if err := os.WriteFile(file, []byte(definitions), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"import", file}, {"key", "rotate"}, {"backup", "--with-secrets", saved}, {"restore", saved}, {"key", "check"}, {"doctor"},
	} {
		must(t, dir, args...)
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Sys().(*syscall.Stat_t).Uid != service {
				t.Errorf("camhub %v: %s belongs to root", args, d.Name())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
