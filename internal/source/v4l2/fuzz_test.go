package v4l2

import (
	"path"
	"strings"
	"testing"
)

// FuzzDevice cleans names of devices: what is taken stays below /dev, and is clean.
func FuzzDevice(f *testing.F) {
	for _, seed := range []string{"0", "007", "/dev/video0", "/dev/../etc/passwd", "/dev/fd/0", "/dev/v4l/by-id/x", "/dev/", "video0", "/dev/a\x00", "1234567", "/dev//video0", "-1", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean, fault := cleanDevice(name)
		if fault != "" {
			return
		}
		if !strings.HasPrefix(clean, "/dev/") || path.Clean(clean) != clean || strings.ContainsRune(clean, 0) {
			t.Errorf("%q becomes %q", name, clean)
		}
		if again, fault := cleanDevice(clean); again != clean || fault != "" {
			t.Errorf("%q becomes %q, and that %q, %s", name, clean, again, fault)
		}
	})
}

// FuzzIDPart writes parts of names as udev does, of what a device says it is
// called: none leads out of its folder.
func FuzzIDPart(f *testing.F) {
	for _, seed := range []string{"HD Pro Webcam C920", "../../x", "  a  b ", "é\xff", "a\x00b", ".", "\t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if part := idPart(s); strings.ContainsAny(part, "/\x00 \n\t") {
			t.Errorf("%q becomes %q", s, part)
		}
	})
}
