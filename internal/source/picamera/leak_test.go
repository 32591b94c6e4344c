//go:build linux

package picamera

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"camhub/internal/picamtest"
	"camhub/internal/proctest"
)

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// alive reports whether a process runs. One that nobody has waited for does not.
func alive(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// gone checks that no process is left of the programs.
func gone(t *testing.T, programs *picamtest.Programs) {
	t.Helper()
	if pids := proctest.Children(t, ""); len(pids) > 0 {
		t.Errorf("processes %q are left", pids)
	}
	for _, pid := range programs.Children() {
		waitFor(t, "the child ends", func() bool { return !alive(pid) })
	}
}

// files returns how many files this process has open.
func files(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestNothingIsLeftBehind opens and closes a camera a thousand times, in good
// order and not.
func TestNothingIsLeftBehind(t *testing.T) {
	cycles := 1000
	if testing.Short() {
		cycles = 50
	}
	programs := picamtest.Install(t, "rpicam-vid")
	r := open(t, `{"width":64,"height":64,"fps":240}`)
	modes := []string{"", picamtest.Dies, picamtest.None, picamtest.Forks, picamtest.Floods}
	filesBefore, goroutinesBefore := 0, 0
	for i := range cycles {
		if i == len(modes) { // whatever is made once is there
			filesBefore, goroutinesBefore = files(t), runtime.NumGoroutine()
		}
		programs.Mode(modes[i%len(modes)])
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		out := &sink{most: i%3 + 1, stop: cancel}
		if err := r.Run(ctx, out); err == nil {
			t.Fatal("no error")
		}
		cancel()
	}
	gone(t, programs)
	if programs.Starts() != cycles {
		t.Errorf("%d starts", programs.Starts())
	}
	if n := files(t); n > filesBefore {
		t.Errorf("%d files are open, %d before", n, filesBefore)
	}
	waitFor(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= goroutinesBefore })
}

// TestMainAsHub is no test of its own: it is the hub that the next test kills.
func TestMainAsHub(t *testing.T) {
	if os.Getenv("PICAMERA_HUB") == "" {
		t.Skip("this is for TestProgramDiesWithTheHub")
	}
	r := open(t, small)
	r.silence = time.Minute
	_ = r.Run(t.Context(), new(sink))
}

// TestProgramDiesWithTheHub kills a hub that reads a camera: the program must
// not go on holding the camera. This one takes no notice of anything but the
// kernel.
func TestProgramDiesWithTheHub(t *testing.T) {
	programs := picamtest.Install(t, "rpicam-vid")
	programs.Mode(picamtest.Hangs)
	hub := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMainAsHub$")
	hub.Env = append(os.Environ(), "PICAMERA_HUB=1")
	if err := hub.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "it runs", func() bool { return programs.Starts() == 1 })
	var program int
	waitFor(t, "the hub has a child", func() bool {
		all, _ := filepath.Glob("/proc/" + strconv.Itoa(hub.Process.Pid) + "/task/*/children") // the pattern is good
		for _, file := range all {
			b, _ := os.ReadFile(file) // the thread may have ended
			if pids := strings.Fields(string(b)); len(pids) > 0 {
				program, _ = strconv.Atoi(pids[0])
			}
		}
		return program != 0
	})
	if err := hub.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = hub.Wait()
	waitFor(t, "the program ends", func() bool { return !alive(program) })
}

// TestDeniedDevices looks at devices that may not be opened, as somebody who is
// not the superuser.
func TestDeniedDevices(t *testing.T) {
	if dir := os.Getenv("PICAMERA_DENIED"); dir != "" {
		if !denied(dir) {
			t.Error("they may be opened")
		}
		return
	}
	dir := t.TempDir()
	if denied(dir) {
		t.Error("nothing is denied")
	}
	for _, name := range []string{"media0", "media1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getuid() != 0 {
		t.Setenv("PICAMERA_DENIED", dir)
		TestDeniedDevices(t)
		return
	}
	if denied(dir) {
		t.Error("nothing is denied to the superuser")
	}
	program := filepath.Join(t.TempDir(), "test")
	b, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, b, 0o755); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Dir(dir), filepath.Dir(program), program} {
		if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // likewise
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestDeniedDevices$")
	cmd.Dir = "/"
	cmd.Env = []string{"PICAMERA_DENIED=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
