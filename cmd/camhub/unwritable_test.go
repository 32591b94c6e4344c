//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"camhub/internal/hubtest"
)

// TestRecordingsCannotBeWritten starts a hub whose recordings are on a disk that is mounted
// read-only: it says so before it says where it is, and shows its cameras all the same.
func TestRecordingsCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recordings := filepath.Join(dir, "recordings")
	if err := os.Mkdir(recordings, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := hubtest.Serve(os.Args[0], dir)
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	onTmpfs(t, recordings, "size=1m", `mount -o remount,ro "$0"`)(cmd)
	p := &process{Hub: hubtest.Start(t, cmd), t: t}
	warned := strings.Index(p.Log(), "nothing can be recorded in this folder")
	if told := strings.Index(p.Log(), `"msg":"listening"`); warned < 0 || warned > told {
		t.Errorf("the log does not say so first:\n%s", p.Log())
	}
	id := p.add(`{"name":"A","record":{"mode":"always"},"source":{"kind":"emulated","width":320,"height":240,"fps":20}}`)
	p.await(id, "live")
}

// TestRecordingsThatAreNoFolder end the start before anybody is told where the hub is.
func TestRecordingsThatAreNoFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "not-mounted"), filepath.Join(dir, "recordings")); err != nil {
		t.Fatal(err)
	}
	cmd := camhub(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err == nil || stdout.Len() > 0 || !strings.Contains(stderr.String(), "if it is a link to another disk, mount that") {
		t.Errorf("%v: %s%s", err, &stdout, &stderr)
	}
}
