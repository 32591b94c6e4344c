//go:build linux

package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"camhub/internal/record/disk"
)

// insideEnv names the test that runs in a process with mounts of its own.
const insideEnv = "CAMHUB_TEST_INSIDE"

// ownMounts runs the test that calls it again, in a process whose mounts nobody else
// sees and which are gone with it: as root, or else in a user namespace. It returns
// true there, and false here, where there is nothing more to do. Where that is
// forbidden, or root is needed and is not there, the test is skipped.
func ownMounts(t *testing.T, needRoot bool) bool {
	t.Helper()
	if os.Getenv(insideEnv) == t.Name() {
		if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
			t.Skipf("make mounts private: %v: this fault was not tried", err) // a user namespace without rights
		}
		return true
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), insideEnv+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if !needRoot {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !needRoot && err != nil && !errors.As(err, &exit) && os.Getuid() == 0 { // no user namespaces here
		cmd = exec.Command(exe, cmd.Args[1:]...)
		cmd.Env = append(os.Environ(), insideEnv+"="+t.Name())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
		out, err = cmd.CombinedOutput()
	}
	if err != nil && !errors.As(err, &exit) {
		t.Skipf("no mounts of its own here (%v): this fault was not tried", err)
	}
	if bytes.Contains(out, []byte("--- SKIP: "+t.Name())) {
		t.Skipf("skipped inside:\n%s", out)
	}
	if err != nil {
		t.Fatalf("inside: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "_test.go:") {
			t.Log(strings.TrimSpace(line))
		}
	}
	return false
}

// tmpfs mounts a file system of a size in memory.
func tmpfs(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mount a tmpfs: %v: this fault was not tried", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func remount(t *testing.T, dir string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatalf("remount %s: %v", dir, err)
	}
}

func unmount(t *testing.T, dir string) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for {
		err := syscall.Unmount(dir, 0)
		if err == nil || errors.Is(err, syscall.EINVAL) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("unmount %s: %v", dir, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// makeImage makes a sparse file of so many megabytes with a file system in it.
func makeImage(t *testing.T, path string, mb int, kind string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(int64(mb)<<20), f.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs."+kind, "-q", "-F", "-m", "0", path).CombinedOutput(); err != nil {
		t.Skipf("mkfs.%s: %v %s: this fault was not tried", kind, err, out)
	}
}

// loopMount mounts the file system in a file. Unmounting frees the loop device.
func loopMount(t *testing.T, image, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
		t.Skipf("mount %s: %v %s: this fault was not tried", image, err, out)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	r, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(w, r)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
}

// room returns how many bytes are free.
func room(t *testing.T, path string) int64 {
	t.Helper()
	left, _, err := disk.Free(path)
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// fill writes a file until a file system has no more than so many bytes left.
func fill(t *testing.T, path string, leave int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for room(t, path) > leave {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
}

// zram makes a block device of so many megabytes in memory, and a function that
// bounds what it may hold: beyond that it fails to write. 0 sets no bound.
func zram(t *testing.T, mb int) (device string, limit func(mb int)) {
	t.Helper()
	const control = "/sys/class/zram-control/"
	b, err := os.ReadFile(control + "hot_add")
	if err != nil {
		t.Skipf("make a device that can fail: %v: this fault was not tried", err)
	}
	id := strings.TrimSpace(string(b))
	set := func(name, value string) error { return os.WriteFile("/sys/block/zram"+id+"/"+name, []byte(value), 0) }
	t.Cleanup(func() {
		if err := errors.Join(set("reset", "1"), os.WriteFile(control+"hot_remove", []byte(id), 0)); err != nil && !t.Skipped() {
			t.Errorf("remove zram%s: %v", id, err)
		}
	})
	if err := set("disksize", fmt.Sprint(mb<<20)); err != nil { // as where /sys is read-only
		t.Skipf("make a device that can fail: %v: this fault was not tried", err)
	}
	return "/dev/zram" + id, func(mb int) {
		t.Helper()
		if err := set("mem_limit", fmt.Sprint(mb<<20)); err != nil {
			t.Fatal(err)
		}
	}
}

// mountDevice makes a file system on a block device and mounts it.
func mountDevice(t *testing.T, device, dir, kind string) {
	t.Helper()
	if out, err := exec.Command("mkfs."+kind, "-q", "-F", "-m", "0", device).CombinedOutput(); err != nil {
		t.Skipf("mkfs.%s: %v %s: this fault was not tried", kind, err, out)
	}
	if err := syscall.Mount(device, dir, kind, 0, ""); err != nil {
		t.Skipf("mount %s: %v: this fault was not tried", device, err)
	}
	t.Cleanup(func() { unmount(t, dir) })
}

// freeze makes every write to a file system wait, until the result is called.
func freeze(t *testing.T, dir string) (thaw func()) {
	t.Helper()
	if out, err := exec.Command("fsfreeze", "-f", dir).CombinedOutput(); err != nil {
		t.Skipf("fsfreeze: %v %s: this fault was not tried", err, out)
	}
	thaw = sync.OnceFunc(func() {
		if out, err := exec.Command("fsfreeze", "-u", dir).CombinedOutput(); err != nil {
			t.Errorf("fsfreeze: %v %s", err, out)
		}
	})
	t.Cleanup(thaw)
	return thaw
}
