//go:build v4l2

package v4l2

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"camhub/internal/device"
	"camhub/internal/media"
	"camhub/internal/source"
)

// The tests with the build tag v4l2 run in the virtual machine of
// testvm/v4l2vm.sh, as root: see "make test-v4l2". They change the state of
// their devices and so don't run in parallel.

// errEnough ends an attempt that gave all that a test wants.
var errEnough = errors.New("enough")

// sink keeps what a source finds, and ends the attempt after enough pictures.
type sink struct {
	enough  int
	stop    context.CancelCauseFunc
	onWrite func(n int) // called with the number of pictures so far; may be nil

	mu       sync.Mutex
	packets  []*media.Packet
	received int
	quirks   []string
}

func (s *sink) Write(p *media.Packet) {
	s.mu.Lock()
	s.packets = append(s.packets, p)
	n := len(s.packets)
	s.mu.Unlock()
	if s.onWrite != nil {
		s.onWrite(n)
	}
	if n == s.enough {
		s.stop(errEnough)
	}
}

func (s *sink) Received(n int) { s.received += n }

func (s *sink) Quirk(name string) {
	if !slices.Contains(s.quirks, name) {
		s.quirks = append(s.quirks, name)
	}
}

// attempt runs a source with these options until it has given enough pictures
// or fails, and returns what it gave.
func attempt(t testing.TB, options string, enough int, onWrite func(int)) (*sink, *source.Capture, error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	stop := time.AfterFunc(time.Minute, func() { cancel(errors.New("the test waited for a minute")) })
	defer stop.Stop()
	r := newReader(config(t, options))
	out := &sink{enough: enough, stop: cancel, onWrite: onWrite}
	err := r.Run(ctx, out)
	return out, r.Capture(), err
}

// film is attempt, when it must succeed.
func film(t testing.TB, options string, enough int) (*sink, *source.Capture) {
	t.Helper()
	out, capture, err := attempt(t, options, enough, nil)
	if !errors.Is(err, errEnough) {
		t.Fatalf("%s: %v after %d pictures", options, err, len(out.packets))
	}
	return out, capture
}

// options writes the options of a camera, with more behind the device.
func options(device, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"device":%q%s}`, device, more)
}

// vivid returns the path of one of the two virtual cameras, in their usual
// state.
func vivid(t testing.TB, i int) string {
	t.Helper()
	want := fmt.Sprintf("vivid-%03d-vid-cap", i)
	all, err := here.nodes()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		if n.name == want {
			must(t, SetControls(t.Context(), n.path, map[string]int64{"brightness": 128, "percentage_of_dropped_buffers": 0, "test_pattern": 0, "osd_text_mode": 2}))
			return n.path
		}
	}
	t.Fatalf("no %s among %v", want, all)
	return ""
}

// press presses a button of a camera, or sets a control.
func press(t testing.TB, device, control string, value int64) {
	t.Helper()
	must(t, SetControls(t.Context(), device, map[string]int64{control: value}))
}

// usbCamera is a simulated USB camera.
type usbCamera struct {
	t   testing.TB
	cmd *exec.Cmd
	out bytes.Buffer
}

// plugIn starts a simulated USB camera and waits for its nodes. It is pulled at
// the end of the test.
func plugIn(t testing.TB, args ...string) *usbCamera {
	t.Helper()
	before := len(usbNodes(t))
	u := &usbCamera{t: t, cmd: exec.Command("/bin/uvcsim", args...)}
	u.cmd.Stdout, u.cmd.Stderr = &u.out, &u.out
	must(t, u.cmd.Start())
	t.Cleanup(u.pull)
	eventually(t, "the camera appears", func() bool { return len(usbNodes(t)) == before+2 })
	return u
}

// pull pulls the plug and returns when the nodes are gone. It may be called
// twice.
func (u *usbCamera) pull() {
	if u.cmd == nil {
		return
	}
	before := len(usbNodes(u.t))
	u.signal(syscall.SIGTERM)
	if err := u.cmd.Wait(); err != nil {
		u.t.Errorf("uvcsim: %v\n%s", err, &u.out)
	}
	u.cmd = nil
	eventually(u.t, "the camera disappears", func() bool { return len(usbNodes(u.t)) == before-2 })
}

func (u *usbCamera) signal(s syscall.Signal) {
	u.t.Helper()
	must(u.t, u.cmd.Process.Signal(s))
}

// usbNodes returns the nodes of simulated cameras.
func usbNodes(t testing.TB) []node {
	t.Helper()
	all, err := here.nodes()
	must(t, err)
	return slices.DeleteFunc(all, func(n node) bool { return !strings.HasPrefix(n.name, "uvcsim") })
}

// usbName is the by-id name of a simulated camera.
func usbName(serial string) string {
	return byIDDir + "usb-uvcsim_uvcsim_camera_" + serial + "-video-index0"
}

// eventually polls for something that must happen within a minute.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// holdings is what a process may not leave behind.
type holdings struct{ files, mappings int }

func held(t testing.TB) holdings {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	maps, err := os.ReadFile("/proc/self/maps")
	must(t, err)
	return holdings{len(files), bytes.Count(maps, []byte("/dev/video"))}
}

// leakless fails the test if at its end it holds more than at its beginning.
func leakless(t testing.TB) {
	t.Helper()
	held(t) // the first call may open something for good
	before := held(t)
	t.Cleanup(func() {
		if after := held(t); after != before {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}

// decode decodes a picture that must be whole and of the size of its track.
func decode(t testing.TB, p *media.Packet) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(p.Data))
	if err != nil {
		t.Fatalf("picture of %d bytes: %v", len(p.Data), err)
	}
	if b := m.Bounds(); b.Dx() != p.Track.Width || b.Dy() != p.Track.Height {
		t.Fatalf("%v, and the track says %dx%d", b, p.Track.Width, p.Track.Height)
	}
	return m
}

// find returns the listed device with a path.
func find(t testing.TB, path string) device.Device {
	t.Helper()
	all, err := List(t.Context())
	must(t, err)
	for _, d := range all {
		if d.Device == path || slices.Contains(d.Paths, path) {
			return d
		}
	}
	t.Fatalf("%s is not listed", path)
	return device.Device{}
}

// rebind takes the virtual cameras from their driver, or gives them back.
func rebind(t testing.TB, what string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join("/sys/bus/platform/drivers/vivid", what), []byte("vivid.0"), 0))
}

func number(t testing.TB, path string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(path, "/dev/video"))
	must(t, err)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
