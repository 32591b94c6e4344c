//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"camhub/internal/hubtest"
)

// startOnTmpfs runs a hub whose data folder is a file system of its own, of a size as
// mount has it, that nobody else sees and that is gone with it. What is to be done first
// is a part of a shell script, in which $0 is the folder and "$@" the hub. It returns where
// the files are seen from outside. Where that is forbidden the test is skipped.
func startOnTmpfs(t *testing.T, size, first string) (p *process, seen string) {
	t.Helper()
	dir := t.TempDir()
	serve := hubtest.Serve(os.Args[0], dir)
	script := `mount --make-rprivate / && mount -t tmpfs -o size=` + size + ` none "$0" && ` + first + ` && exec "$@"`
	cmd := exec.Command("sh", append([]string{"-c", script, dir}, serve.Args...)...)
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	try := *cmd
	try.Args = []string{"sh", "-c", `mount --make-rprivate / && mount -t tmpfs none "$0"`, dir}
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("no mounts of its own here: a full disk was not tried: %v\n%s", err, out)
	}
	p = &process{Hub: hubtest.Start(t, cmd), t: t}
	return p, filepath.Join("/proc", strconv.Itoa(p.Process.Pid), "root", dir)
}

// TestFirstStartOnAFullDisk has no room for the database, or not for all of it. The hub
// says so, and starts like new when there is room.
func TestFirstStartOnAFullDisk(t *testing.T) {
	t.Parallel()
	for _, size := range []string{"4k", "8k", "12k", "20k"} {
		p, _ := startOnTmpfs(t, size, `! "$@" && mount -o remount,size=8m "$0"`)
		if !strings.Contains(p.Log(), "the disk is full. What to do") {
			t.Errorf("%s: it did not say why:\n%s", size, p.Log())
		}
		p.add(`{"id":"a","name":"0","source":{"kind":"emulated"}}`)
		p.Stop()
	}
}

// TestDiskIsFull records onto a file system that is much too small, and that nothing
// but its being full tells so. Recording goes on by deleting the oldest; when all is
// pinned it fails and says so, and when there is room again it goes on by itself. The
// recordings and the database are whole.
func TestDiskIsFull(t *testing.T) {
	t.Parallel()
	p, seen := startOnTmpfs(t, "8m", "true")
	p.keepAll()
	p.add(`{"id":"a","name":"0","record":{"mode":"always"},"source":{"kind":"emulated","width":320,"height":240,"fps":30}}`)
	p.awaitRecorded("a", 5)
	began := time.Now()
	p.resize("the oldest is deleted", func() bool {
		l := p.recorded("a", began.Add(-time.Minute))
		return len(l.Ranges) > 0 && l.Ranges[0].From.Sub(began) > 10*time.Second
	})
	if r := wantClean(t, seen); !r.Running || r.Pictures == 0 {
		t.Errorf("%+v", r)
	}
	pin := fmt.Sprintf(`{"cameras":["a"],"from":%q,"to":%q}`, began.Add(-time.Hour).Format(time.RFC3339), began.Add(time.Hour).Format(time.RFC3339))
	if status := p.call("POST", "/api/v1/pins", pin, nil); status != 201 {
		t.Fatalf("pin: %d", status) // it is stored while the disk is full
	}
	p.resize("it fails and says so", func() bool {
		r := p.recording("a")
		return r.State == "failing" && r.Reason != nil && r.Reason.Code == "disk_full"
	})
	if status, b := p.Call("GET", "/readyz", ""); status != 200 || string(b) != "ok\nrecording failed: 1 cameras: disk_full\n" {
		t.Errorf("readyz: %d %q", status, b)
	}
	if status := p.call("DELETE", "/api/v1/pins/1", "", nil); status != 204 {
		t.Fatalf("unpin: %d", status)
	}
	name := p.resize("it goes on by itself", func() bool { return p.recording("a").State == "recording" })
	wantClean(t, seen)

	// The database is whole, and has what was acknowledged last.
	copied := t.TempDir()
	b, err := os.ReadFile(filepath.Join(seen, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, "camhub.db"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	p.Stop()
	p = start(t, copied)
	var c struct{ Name string }
	if p.call("GET", "/api/v1/cameras/a", "", &c); c.Name != name {
		t.Errorf("the database has %q, want %q", c.Name, name)
	}
	var es struct{ Events []struct{ Type string } }
	p.call("GET", "/api/v1/events?type=recording_failed", "", &es)
	if len(es.Events) == 0 {
		t.Error("there is no event of the failure")
	}
	p.Stop()
}

// resize changes the size of camera "a" about once a second, which begins a new file
// each time, until something is true. It returns the name that it gave the camera
// with the last change that was acknowledged.
func (p *process) resize(until string, ok func() bool) (name string) {
	p.t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for n := 1; ; n++ {
		next := strconv.Itoa(n)
		body := fmt.Sprintf(`{"name":%q,"source":{"width":%d}}`, next, 320+16*(n%2))
		if status := p.call("PATCH", "/api/v1/cameras/a", body, nil); status == 200 {
			name = next
		}
		for range 10 {
			if ok() && name == next {
				return name
			}
			time.Sleep(100 * time.Millisecond)
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("not within a while: %s; %+v\n%s", until, p.recording("a"), p.Log())
		}
	}
}
