package browsertest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"camhub/internal/hubtest"
)

// startOnSmallDisk runs a hub whose data folder is a file system of its own, of so many
// MiB, which is gone with it. It returns where its files are seen from outside. Where
// that is forbidden the test is skipped.
func startOnSmallDisk(t *testing.T, mib int) (h *hub, seen string) {
	t.Helper()
	h = &hub{t: t, program: program, data: t.TempDir()}
	serve := hubtest.Serve(h.program, h.data)
	mount := `mount --make-rprivate / && mount -t tmpfs -o size=` + strconv.Itoa(mib) + `m none "$0"`
	command := func(script string, args ...string) *exec.Cmd {
		cmd := exec.Command("sh", append([]string{"-c", script, h.data}, args...)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
		return cmd
	}
	if out, err := command(mount).CombinedOutput(); err != nil {
		t.Skipf("no mounts of its own here: a full disk was not tried: %v\n%s", err, out)
	}
	h.Hub = hubtest.Start(t, command(mount+` && exec "$@"`, serve.Args...))
	h.url = h.URL
	t.Cleanup(h.stop)
	return h, filepath.Join("/proc", strconv.Itoa(h.Process.Pid), "root", h.data)
}

// fill writes a file until the disk that it lies on is full, and returns its path.
func fill(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 64<<10))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOneSaysWhyItIsNotRecorded has the disk so full that recording fails, and lets it
// have room again.
func TestOneSaysWhyItIsNotRecorded(t *testing.T) {
	t.Parallel()
	hub, seen := startOnSmallDisk(t, 8)
	page := startBrowser(t)
	hub.call("PATCH", "/api/v1/settings", `{"recordings":{"min_free_bytes":0}}`, nil)
	hub.add("Yard")
	hub.recordFor(2 * time.Second)
	now := time.Now()
	hub.call("POST", "/api/v1/pins", fmt.Sprintf(`{"cameras":["yard"],"from":%q,"to":%q}`, zulu(now.Add(-time.Hour)), zulu(now.Add(time.Hour))), nil)
	p := page.openOne(hub, "yard")
	const row = `[...document.querySelectorAll('#figures div')].find((e) => e.firstChild.textContent === 'Recording').lastChild.textContent`
	p.waitFor(row + ` === 'Recorded now'`)
	ballast := fill(t, filepath.Join(seen, "ballast"))
	p.waitFor(`document.querySelector('[data-mark=unrecorded]').innerText.trim().startsWith('Not recorded. The disk is full. Nothing may be deleted: ') && document.querySelector('[data-mark=unrecorded]').checkVisibility()`)
	p.waitFor(row + `.startsWith('Not recorded. ')`)
	p.waitFor(`/Can’t be recorded any more: ./.test(document.querySelector('#lately').innerText)`)
	p.screenshot("one-disk-full")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	p.waitFor(`document.querySelector('[data-mark=unrecorded]').hidden && ` + row + ` === 'Recorded now'`)
}
