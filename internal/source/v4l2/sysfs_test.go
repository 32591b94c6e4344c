package v4l2

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeSystem is a folder with the part of /sys and /dev that names are made of,
// as the kernel lays it out. A device is a path below /sys/devices; each of its
// folders may have a bus.
type fakeSystem struct {
	t testing.TB
	system
}

func newFakeSystem(t testing.TB) fakeSystem {
	root := t.TempDir()
	s := fakeSystem{t, system{root}}
	s.write("sys/class/video4linux/v4l-subdev0/name", "sensor")
	s.write("dev/null", "")
	return s
}

func (s fakeSystem) write(path, text string) {
	s.t.Helper()
	path = filepath.Join(s.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text+"\n"), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

func (s fakeSystem) link(path, target string) {
	s.t.Helper()
	path = filepath.Join(s.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		s.t.Fatal(err)
	}
}

// node adds a video node at a device.
func (s fakeSystem) node(name, device, index string) {
	dir := device + "/video4linux/" + name
	s.write("sys/devices/"+dir+"/index", index)
	s.write("sys/devices/"+dir+"/name", "Camera")
	s.link("sys/devices/"+dir+"/device", filepath.Join(s.root, "sys/devices", device))
	s.link("sys/class/video4linux/"+name, filepath.Join(s.root, "sys/devices", dir))
	s.write("dev/"+name, "")
}

// buses says on which bus the folders of a device are: "" for none.
func (s fakeSystem) buses(device string, buses ...string) {
	parts := strings.Split(device, "/")
	for i, bus := range buses {
		if bus != "" {
			path := filepath.Join("sys/devices", filepath.Join(parts[:i+1]...), "subsystem")
			if _, err := os.Lstat(filepath.Join(s.root, path)); err != nil {
				s.link(path, "/sys/bus/"+bus)
			}
		}
	}
}

// usb adds a camera at a port, with its two nodes.
func (s fakeSystem) usb(port, serial, video, meta string) {
	const controller = "pci0000:00/0000:00:14.0/usb1/"
	device := controller + "1-" + port
	s.buses(device+"/1-"+port+":1.0", "", "pci", "usb", "usb", "usb")
	for name, text := range map[string]string{
		"idVendor": "046d", "idProduct": "082d", "manufacturer": "Maker,  Inc.", "product": "Cam/1 Ü", "serial": serial,
	} {
		s.write("sys/devices/"+device+"/"+name, text)
	}
	s.node(video, device+"/1-"+port+":1.0", "0")
	s.node(meta, device+"/1-"+port+":1.0", "1")
}

// TestStableNames holds the rules of udev 252, in usb_id and path_id.
func TestStableNames(t *testing.T) {
	s := newFakeSystem(t)
	s.usb("2.1", "A1 B2", "video0", "video1")
	s.buses("platform/vivid.0", "platform", "platform")
	s.node("video2", "platform/vivid.0", "0")
	const pi = "platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1:1.2"
	s.buses(pi, "platform", "platform", "platform", "", "pci", "pci", "usb", "usb", "usb")
	s.write("sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/idVendor", "0c45")
	s.write("sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/idProduct", "6366")
	s.node("video10", pi, "0")
	all, err := s.nodes()
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, n := range all {
		got += n.path + " " + strings.TrimPrefix(n.byID, byIDDir) + " " + strings.TrimPrefix(n.byPath, byPathDir) + "\n"
	}
	want := "/dev/video0 usb-Maker__Inc._Cam_1_Ü_A1_B2-video-index0 pci-0000:00:14.0-usb-0:2.1:1.0-video-index0\n" +
		"/dev/video1 usb-Maker__Inc._Cam_1_Ü_A1_B2-video-index1 pci-0000:00:14.0-usb-0:2.1:1.0-video-index1\n" +
		"/dev/video2  platform-vivid.0-video-index0\n" +
		"/dev/video10 usb-0c45_6366-video-index0 platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1:1.2-video-index0\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestResolve(t *testing.T) {
	s := newFakeSystem(t)
	s.usb("1", "A", "video4", "video5")
	s.usb("2", "B", "video0", "video1")
	s.link("dev/door", "video4")
	s.link("dev/v4l/by-id/usb-by-other-rules", "../../video0")
	s.link("dev/loop", "loop")
	s.link("dev/outside", s.root+"/sys/class")
	const prefix = "usb-Maker__Inc._Cam_1_Ü_"
	tests := []struct{ device, want, code string }{
		{"/dev/video0", "/dev/video0", ""},
		{"/dev/door", "/dev/video4", ""},
		{byIDDir + prefix + "A-video-index0", "/dev/video4", ""},
		{byIDDir + prefix + "B-video-index0", "/dev/video0", ""},
		{byIDDir + prefix + "B-video-index1", "/dev/video1", ""},
		{byIDDir + prefix + "C-video-index0", "", "unplugged"},
		{byIDDir + "usb-by-other-rules", "/dev/video0", ""},
		{byPathDir + "pci-0000:00:14.0-usb-0:2:1.0-video-index0", "/dev/video0", ""},
		{byPathDir + "pci-0000:00:14.0-usbv2-0:2:1.0-video-index0", "/dev/video0", ""},
		{byPathDir + "pci-0000:00:14.0-usb-0:3:1.0-video-index0", "", "unplugged"},
		{"/dev/video9", "", "unplugged"},
		{"/dev/loop", "", "no-device"},
		{"/dev/outside", "", "not-a-camera"},
	}
	for _, test := range tests {
		got, err := s.resolve(test.device)
		if got != test.want || code(err) != test.code || (err == nil) != (test.code == "") {
			t.Errorf("%s: %q, %v, want %q, code %q", test.device, got, err, test.want, test.code)
		}
	}
}

// TestTwoCamerasWithOneName has two cameras that their serial number does not
// tell apart.
func TestTwoCamerasWithOneName(t *testing.T) {
	s := newFakeSystem(t)
	s.usb("1", "A", "video0", "video1")
	s.usb("2", "A", "video2", "video3")
	all, err := s.nodes()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{
		0: byPathDir + "pci-0000:00:14.0-usb-0:1:1.0-video-index0",
		2: byPathDir + "pci-0000:00:14.0-usb-0:2:1.0-video-index0",
	} {
		if got := stable(all[i], all); got != want {
			t.Errorf("video%d: offered as %s, want %s", i, got, want)
		}
		if path, err := s.resolve(want); err != nil || path != all[i].path {
			t.Errorf("%s: %s, %v", want, path, err)
		}
	}
	_, err = s.resolve(all[0].byID)
	if code(err) != "ambiguous" || !strings.Contains(err.Error(), all[0].byPath+", "+all[2].byPath) {
		t.Errorf("by serial number: %v", err)
	}
}

func TestNoDriverNoNodes(t *testing.T) {
	if all, err := (system{t.TempDir()}).nodes(); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}
