//go:build v4l2

package v4l2

import (
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/event"
	"camhub/internal/hub"
	"camhub/internal/jpegstream"
	"camhub/internal/source"
)

// running is a camera in a real hub.
type running struct {
	t testing.TB
	*hub.Hub
}

func runHub(t testing.TB, options string) running {
	h := hub.New(hub.Config{
		Kinds: source.Kinds{Kind}, Log: slog.New(slog.DiscardHandler),
		OnChange: func(camera.ID) {}, OnEvent: func(event.Event) {},
	})
	t.Cleanup(h.Close)
	d := camera.Default()
	d.ID, d.Name, d.Source = "a", "A", camera.Source{Kind: Kind.Name, Options: json.RawMessage(options)}
	must(t, h.Put(t.Context(), d))
	return running{t, h}
}

func (r running) status() hub.Status {
	r.t.Helper()
	st, err := r.Status("a")
	must(r.t, err)
	return st
}

// live waits for pictures and returns how long that took.
func (r running) live() time.Duration {
	r.t.Helper()
	start := time.Now()
	eventually(r.t, "the camera is live", func() bool { return r.status().State == hub.Live })
	return time.Since(start)
}

// offline waits for the camera to be offline for a reason.
func (r running) offline(code string) {
	r.t.Helper()
	eventually(r.t, "the camera is offline: "+code, func() bool {
		st := r.status()
		return st.State == hub.Offline && st.Error != nil && st.Error.Code == code
	})
}

// backSoon is within what a camera must be live again after it was plugged in.
const backSoon = 2 * time.Second

// TestReplugUnderAnotherNumber pulls a camera for more than an hour. When it
// comes back, its old number is taken.
func TestReplugUnderAnotherNumber(t *testing.T) {
	leakless(t)
	u := plugIn(t, "-serial", "R")
	r := runHub(t, options(usbName("R"), `"width":320,"height":240,"fps":5`))
	defer r.Close()
	r.live()
	first := r.status().Capture.Device
	other, err := os.Open(first) // keeps the number
	must(t, err)
	defer other.Close()
	u.pull()
	r.offline(codeUnplugged)
	time.Sleep(time.Hour) // of the virtual machine's clock, which skips idle time
	if st := r.status(); st.State != hub.Offline || st.Error.Code != codeUnplugged || st.Attempts < 100 {
		t.Errorf("after an hour: %+v", st)
	}
	plugIn(t, "-serial", "R")
	took := r.live()
	t.Logf("back after %v", took)
	if took > backSoon {
		t.Errorf("back after %v, want at most %v", took, backSoon)
	}
	if now := r.status().Capture.Device; now == first {
		t.Errorf("it is %s again: the test shows nothing", now)
	}
}

// TestVirtualCamerasComeBack takes the driver from the devices, so that their
// nodes are really gone.
func TestVirtualCamerasComeBack(t *testing.T) {
	leakless(t)
	r := runHub(t, options(vivid(t, 0), small))
	defer r.Close()
	r.live()
	rebind(t, "unbind")
	r.offline(codeUnplugged)
	time.Sleep(time.Minute)
	rebind(t, "bind")
	if took := r.live(); took > backSoon {
		t.Errorf("back after %v", took)
	}
}

func TestStalledCameraIsOpenedAgain(t *testing.T) {
	leakless(t)
	u := plugIn(t, "-serial", "S")
	r := runHub(t, options(usbName("S"), `"width":320,"height":240,"fps":5`))
	defer r.Close()
	r.live()
	u.signal(syscall.SIGUSR1)
	r.offline("stalled")
	u.signal(syscall.SIGUSR1)
	r.live()
}

// TestTwoCamerasOfOneSerialNumber tells them apart by where they are plugged
// in, also after both were pulled and come back the other way round.
func TestTwoCamerasOfOneSerialNumber(t *testing.T) {
	leakless(t)
	a := plugIn(t, "-serial", "X", "-port", "0", "-pad", "7")
	if d := find(t, usbName("X")); d.Device != usbName("X") {
		t.Errorf("alone it is offered as %s", d.Device)
	}
	b := plugIn(t, "-serial", "X", "-port", "1")
	var names []string
	all, err := List(t.Context())
	must(t, err)
	for _, d := range all {
		if d.Driver == "uvcvideo" {
			names = append(names, d.Device)
		}
	}
	if got, want := strings.Join(names, " "), byPathDir+"platform-vhci_hcd.0-usb-0:1:1.0-video-index0 "+byPathDir+"platform-vhci_hcd.0-usb-0:2:1.0-video-index0"; got != want {
		t.Fatalf("offered as %s, want %s", got, want)
	}
	if _, _, err := attempt(t, options(usbName("X"), ""), 1, nil); code(err) != "ambiguous" || !strings.Contains(err.Error(), names[0]+", "+names[1]) {
		t.Errorf("by serial number: %v", err)
	}
	// Only the first pads its pictures, and that tells the two apart.
	check := func(when string) {
		t.Helper()
		for i, name := range names {
			out, _ := film(t, options(name, `"width":320,"height":240,"fps":5`), 1)
			if padded := slices.Contains(out.quirks, jpegstream.PaddingAfterEnd); padded != (i == 0) {
				t.Errorf("%s: %s has quirks %v", when, name, out.quirks)
			}
		}
	}
	check("at first")
	a.pull()
	b.pull()
	eventually(t, "the cameras are gone", func() bool { return len(usbNodes(t)) == 0 })
	plugIn(t, "-serial", "X", "-port", "1")
	plugIn(t, "-serial", "X", "-port", "0", "-pad", "7")
	check("after the change")
}

func TestList(t *testing.T) {
	leakless(t)
	plugIn(t, "-serial", "L")
	all, err := List(t.Context())
	must(t, err)
	if len(all) != 3 {
		t.Errorf("%d cameras, want 3: the node for metadata is none", len(all))
	}
	d := find(t, usbName("L"))
	path := d.Paths[len(d.Paths)-1]
	if d.Kind != "v4l2" || d.Name != "uvcsim camera: uvcsim camera" || d.Driver != "uvcvideo" || !strings.HasPrefix(d.Bus, "usb-vhci_hcd") || d.Problem != "" {
		t.Errorf("got %+v", d)
	}
	if want := []string{byPathDir + "platform-vhci_hcd.0-usb-0:1:1.0-video-index0", path}; strings.Join(d.Paths, " ") != strings.Join(want, " ") || number(t, path) < 2 {
		t.Errorf("paths %v, want %v", d.Paths, want)
	}
	got, err := json.Marshal(d.Formats)
	must(t, err)
	const sizes = `[{"width":640,"height":480,"fps":[30,15,10,5]},{"width":320,"height":240,"fps":[30,1]},{"width":1280,"height":720,"fps":[30,15,10,5]}]`
	if want := `[{"fourcc":"MJPG","name":"Motion-JPEG","supported":true,"sizes":` + sizes + `},{"fourcc":"YUYV","name":"YUYV 4:2:2","supported":true,"sizes":` + sizes + `}]`; string(got) != want {
		t.Errorf("formats %s\nwant %s", got, want)
	}
	if v := find(t, vivid(t, 0)); v.Device != "/dev/video0" || len(v.Formats) < 20 || v.Problem != "" {
		t.Errorf("vivid is offered as %s with %d formats, %s", v.Device, len(v.Formats), v.Problem)
	}
}

func controlOf(t testing.TB, dev, name string) device.Control {
	t.Helper()
	all, err := Controls(t.Context(), dev)
	must(t, err)
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no control %s", name)
	return device.Control{}
}
