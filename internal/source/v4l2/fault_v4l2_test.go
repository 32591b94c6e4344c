//go:build v4l2

package v4l2

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	go4vl "github.com/vladimirvivien/go4vl/v4l2"
	"golang.org/x/sys/unix"
)

// small is the mode that costs least to encode.
const small = `"width":320,"height":180,"fps":25,"format":"GREY"`

func TestAThousandCyclesLeaveNothing(t *testing.T) {
	dev := vivid(t, 0)
	film(t, options(dev, small), 1)
	leakless(t)
	goroutines := runtime.NumGoroutine()
	const cycles = 1000
	for i := range cycles {
		if i%4 != 0 {
			film(t, options(dev, small), 1)
			continue
		}
		// Stopped before the first picture.
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Duration(i)*10*time.Microsecond, func() { cancel(errEnough) })
		if err := newReader(config(t, options(dev, `"format":"NV12"`))).Run(ctx, &sink{}); !errors.Is(err, errEnough) {
			t.Fatal(err)
		}
	}
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
	film(t, options(dev, small), 2)
}

// TestFaultsWhileStreaming injects faults into a camera that streams.
func TestFaultsWhileStreaming(t *testing.T) {
	tests := []struct {
		control string
		code    string // how the attempt ends; "" when it goes on
		text    string
	}{
		{"inject_v4l2_buf_flag_error", "", ""},
		{"inject_fatal_streaming_error", "broken", "The driver of the camera gave up"},
		{"disconnect", "unplugged", "The camera was unplugged."},
	}
	for _, test := range tests {
		t.Run(test.control, func(t *testing.T) {
			leakless(t)
			dev := vivid(t, 0)
			var at time.Time
			out, capture, err := attempt(t, options(dev, small), 10, func(n int) {
				if n == 3 {
					press(t, dev, test.control, 1)
					at = time.Now()
				}
			})
			if test.code == "" {
				if !errors.Is(err, errEnough) || capture.Faulty != 1 || !slices.Contains(out.quirks, FaultyFrames) {
					t.Errorf("%v, capture %+v, quirks %v", err, capture, out.quirks)
				}
			} else if code(err) != test.code || !strings.Contains(err.Error(), test.text) || time.Since(at) > time.Second {
				t.Errorf("%v (%v later)", err, time.Since(at))
			}
			film(t, options(dev, small), 3) // it can be opened again at once
		})
	}
}

// TestFaultsAtTheStart has the driver refuse one step of starting.
func TestFaultsAtTheStart(t *testing.T) {
	for control, text := range map[string]string{
		"inject_vidioc_reqbufs_error":  "failed to give buffers",
		"inject_vidioc_qbuf_error":     "failed to take a buffer",
		"inject_vidioc_streamon_error": "failed to start",
	} {
		t.Run(control, func(t *testing.T) {
			leakless(t)
			dev := vivid(t, 0)
			press(t, dev, control, 1)
			if _, _, err := attempt(t, options(dev, small), 1, nil); code(err) != "failed" || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v, want %q", err, text)
			}
			film(t, options(dev, small), 3)
		})
	}
}

func TestBusyCameraSaysWhoHasIt(t *testing.T) {
	leakless(t)
	dev := vivid(t, 0)
	var here error
	film2(t, options(dev, small), func() { _, _, here = attempt(t, options(dev, `"width":640,"height":480,"format":"YUYV"`), 1, nil) })
	if want := fmt.Sprintf("Another program uses %s: a camera of this hub (process %d).", dev, os.Getpid()); code(here) != codeBusy || here.Error() != want {
		t.Errorf("within the hub: %v, want %s", here, want)
	}

	other := exec.Command("/bin/cat", dev) // reading streams too
	must(t, other.Start())
	defer other.Wait()
	defer other.Process.Kill()
	eventually(t, "the other program reads the camera", func() bool {
		var read int
		io, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", other.Process.Pid))
		must(t, err)
		_, err = fmt.Sscanf(string(io), "rchar: %d", &read)
		must(t, err)
		return read > 100_000
	})
	_, _, err := attempt(t, options(dev, small), 1, nil)
	if want := fmt.Sprintf("cat (process %d)", other.Process.Pid); !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
	if d := find(t, dev); d.Problem != "" || len(d.Controls) == 0 {
		t.Errorf("a busy camera is listed as %+v", d)
	}
}

// film2 does something while a camera streams.
func film2(t *testing.T, options string, do func()) {
	t.Helper()
	_, _, err := attempt(t, options, 3, func(n int) {
		if n == 2 {
			do()
		}
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
}

// TestManyOpenFiles opens a camera on a descriptor that select(2) can't take.
func TestManyOpenFiles(t *testing.T) {
	dev := vivid(t, 0)
	for range 1100 {
		f, err := os.Open("/dev/null")
		must(t, err)
		defer f.Close()
	}
	film(t, options(dev, small), 2)
}

// TestGuardedCallsOnAnyStack makes go4vl's calls at many depths of the stack:
// without guarded some of them answer from memory that was moved.
func TestGuardedCallsOnAnyStack(t *testing.T) {
	h, err := open(vivid(t, 0))
	must(t, err)
	defer h.close()
	ask := func() (f go4vl.PixFormat) {
		guarded(func() { f, _ = go4vl.GetPixFormat(uintptr(h.fd)) })
		return f
	}
	want := ask()
	for depth := range 400 {
		done := make(chan go4vl.PixFormat)
		go func() {
			deep(depth, func() {
				runtime.GC()
				done <- ask()
			})
		}()
		if got := <-done; got.Width != want.Width || got.PixelFormat != want.PixelFormat {
			t.Fatalf("at depth %d: %v", depth, got)
		}
	}
}

//go:noinline
func deep(n int, f func()) {
	var stack [64]byte
	if n == 0 {
		f()
	} else {
		deep(n-1, f)
	}
	runtime.KeepAlive(&stack)
}

// TestNoRightToOpen looks at a camera as a user who may not open it.
func TestNoRightToOpen(t *testing.T) {
	if os.Getenv("CAMHUB_TEST_UNPRIVILEGED") != "" {
		_, err := open(os.Getenv("CAMHUB_TEST_UNPRIVILEGED"))
		fmt.Printf("code=%s %v\n", code(err), err)
		return
	}
	dev := vivid(t, 0)
	must(t, os.WriteFile("/etc/group", []byte("root:x:0:\nvideo:x:44:\n"), 0o644))
	self, err := os.Executable()
	must(t, err)
	try := func(groups ...uint32) string {
		cmd := exec.Command(self, "-test.run=^TestNoRightToOpen$")
		cmd.Env = append(os.Environ(), "CAMHUB_TEST_UNPRIVILEGED="+dev)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000, Gid: 1000, Groups: groups}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		line, _, _ := strings.Cut(string(out), "\n")
		return line
	}
	must(t, os.Chown(dev, 0, 44))
	must(t, os.Chmod(dev, 0o660))
	defer os.Chown(dev, 0, 0)
	defer os.Chmod(dev, 0o600)
	want := "code=no-permission The hub may not open " + dev + ". Add its user to the group video (usermod -aG video USER), then start it again."
	if got := try(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := try(44); got != "code= <nil>" {
		t.Errorf("as a member of the group: %s", got)
	}
	must(t, os.Chmod(dev, 0o600))
	if got := try(44); !strings.Contains(got, "Give its user the right") {
		t.Errorf("without rights for the group: %s", got)
	}
}

// TestWhatIsNoCamera looks at paths that can be known beforehand to be wrong,
// and at some that can't.
func TestWhatIsNoCamera(t *testing.T) {
	leakless(t)
	plugIn(t, "-serial", "M")
	meta := ""
	for _, n := range usbNodes(t) {
		if n.index == "1" {
			meta = n.path
		}
	}
	must(t, os.WriteFile("/dev/shm/file", nil, 0o600))
	must(t, os.Symlink("/etc/group", "/dev/outside"))
	must(t, os.Symlink(meta, "/dev/meta"))
	tests := []struct{ options, pointer, text string }{
		{options("/dev/shm", ""), "/source/device", "is a folder"},
		{options("/dev/shm/file", ""), "/source/device", "is no device"},
		{options("/dev/null", ""), "/source/device", "is no video device"},
		{options("/dev/outside", ""), "/source/device", "outside /dev"},
		{options(meta, ""), "/source/device", "gives metadata and no pictures"},
		{options("/dev/meta", ""), "/source/device", "gives metadata and no pictures"},
		{options(usbName("M"), `"format":"NV12"`), "/source/format", "does not give NV12; it has MJPG, YUYV"},
		{options(usbName("M"), `"controls":{"zoom":1}`), "/source/controls/zoom", "is not a control of this camera"},
		{options(usbName("M"), `"controls":{"brightness":256}`), "/source/controls/brightness", "must be from 0 to 255"},
		{options(usbName("M"), `"controls":{"brightness":255}`), "", ""},
		{options(usbName("missing"), `"controls":{"zoom":1}`), "", ""},
		{options("/dev/video99", ""), "", ""},
	}
	for _, test := range tests {
		errs := config(t, test.options).Check(t.Context())
		got := strings.Join(pointers(errs.ErrorOrNil()), " ")
		if got != test.pointer || test.pointer != "" && !strings.Contains(errs.Error(), test.text) {
			t.Errorf("%s: %v, want %s %q", test.options, errs, test.pointer, test.text)
		}
	}
	for device, want := range map[string]string{meta: "not-a-camera", "/dev/video99": codeUnplugged, "/dev/null": "not-a-camera"} {
		if _, _, err := attempt(t, options(device, ""), 1, nil); code(err) != want {
			t.Errorf("%s: %v", device, err)
		}
	}
}

// TestExplanations covers what can't be brought about in the virtual machine.
func TestExplanations(t *testing.T) {
	h, err := open(vivid(t, 0))
	must(t, err)
	defer h.close()
	for _, test := range []struct {
		err        error
		code, text string
	}{
		{unix.ENOSPC, "no-bandwidth", "Choose MJPG as the format, a smaller size"},
		{unix.ENOMEM, "failed", "no memory left"},
		{unix.ENODEV, codeUnplugged, "was unplugged"},
		{go4vl.ErrorSystem, "failed", "failed to start"},
	} {
		if got := h.explain("start", test.err); got.Code != test.code || !strings.Contains(got.Message, test.text) || !errors.Is(got, test.err) {
			t.Errorf("%v: %+v", test.err, got)
		}
	}
	h264 := []offer{{format: "H264"}}
	if got := errNoFormat("/dev/video0", formatAuto, h264); !strings.Contains(got.Message, "gives H.264 only") {
		t.Errorf("got %v", got)
	}
}
