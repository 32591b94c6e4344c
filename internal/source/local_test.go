package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"camhub/internal/camera"
	"camhub/internal/device"
)

// resolvePath is a Resolve for devices that are files: it follows links, and a
// number N stands for /dev/videoN.
func resolvePath(name string) string {
	if name != "" && strings.Trim(name, "0123456789") == "" {
		name = "/dev/video" + name
	}
	if path, err := filepath.EvalSymlinks(name); err == nil {
		return path
	}
	return filepath.Clean(name) // it is not plugged in
}

func TestDeviceOfOptions(t *testing.T) {
	text := &Local{Option: "device"}
	tests := []struct {
		local         *Local
		options, want string
	}{
		{text, `{"device":"/dev/video0"}`, "/dev/video0"},
		{text, `{"device":0}`, "0"},
		{text, `{"device": 3 }`, "3"},
		{text, `{}`, ""},
		{text, `[]`, ""},
		{nil, `{"device":"/dev/video0"}`, ""},
		{&Local{Option: "device", Resolve: resolvePath}, `{"device":"2"}`, "/dev/video2"},
	}
	for _, test := range tests {
		if got := test.local.Device(json.RawMessage(test.options)); got != test.want {
			t.Errorf("%s: %q, want %q", test.options, got, test.want)
		}
	}
}

// TestReadsByAnyName has a device with a stable name and a number, and a camera
// that is defined by either.
func TestReadsByAnyName(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "video0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"usb-cam-index0", "path-1"} {
		if err := os.Symlink("video0", filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	local := &Local{Option: "device", Resolve: resolvePath}
	found := device.Device{Device: dir + "/usb-cam-index0", Paths: []string{dir + "/video0"}}
	away := device.Device{Device: dir + "/away", Paths: []string{dir + "/video7"}}
	tests := []struct {
		name string
		d    device.Device
		want bool
	}{
		{"usb-cam-index0", found, true}, {"video0", found, true}, {"path-1", found, true}, {"../" + filepath.Base(dir) + "/video0", found, true},
		{"video1", found, false}, {"away", found, false}, {"away", away, true}, {"video7", away, true}, {"video0", away, false},
	}
	for _, test := range tests {
		options := fmt.Sprintf(`{"device":%q}`, dir+"/"+test.name)
		if got := local.Reads(json.RawMessage(options), test.d); got != test.want {
			t.Errorf("%s and %s: %v", test.name, test.d.Device, got)
		}
	}
	if local.Reads(json.RawMessage(`{}`), device.Device{}) {
		t.Error("no name is the name of a device")
	}
}

func TestTuned(t *testing.T) {
	nothing := func(context.Context, string) ([]device.Control, error) { return nil, nil }
	ks := Kinds{
		{Name: "v", Local: &Local{Option: "device", Controls: nothing, SetControls: func(context.Context, string, map[string]int64) error { return nil }}},
		{Name: "w", Local: &Local{Option: "device"}},
		{Name: "net"},
	}
	tests := []struct {
		name, a, b string
		want       string // "" when they differ in more
	}{
		{"changed, new, gone", `{"kind":"v","device":"d","controls":{"a":1,"b":2,"c":3}}`, `{"kind":"v","device":"d","controls":{"a":1,"b":5,"d":4}}`, `{"b":5,"c":null,"d":4}`},
		{"first", `{"kind":"v","device":"d"}`, `{"kind":"v","controls":{"a":0},"device":"d"}`, `{"a":0}`},
		{"null", `{"kind":"v","controls":{"a":1}}`, `{"kind":"v","controls":null}`, `{"a":null}`},
		{"the same", `{"kind":"v","controls":{}}`, `{"kind":"v"}`, `{}`},
		{"more", `{"kind":"v","device":"d","controls":{"a":1}}`, `{"kind":"v","device":"e","controls":{"a":2}}`, ""},
		{"not numbers", `{"kind":"v","controls":{"a":1}}`, `{"kind":"v","controls":{"a":"2"}}`, ""},
		{"another kind", `{"kind":"v","controls":{"a":1}}`, `{"kind":"w","controls":{"a":2}}`, ""},
		{"a kind without", `{"kind":"w","controls":{"a":1}}`, `{"kind":"w","controls":{"a":2}}`, ""},
		{"a kind of the network", `{"kind":"net","controls":{"a":1}}`, `{"kind":"net","controls":{"a":2}}`, ""},
		{"an unknown kind", `{"kind":"x","controls":{"a":1}}`, `{"kind":"x","controls":{"a":2}}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed, ok := ks.Tuned(decode(t, test.a), decode(t, test.b))
			got := ""
			if ok {
				b, err := json.Marshal(changed)
				if err != nil {
					t.Fatal(err)
				}
				got = string(b)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTune(t *testing.T) {
	one := int64(1)
	var listErr error
	var got string
	local := &Local{
		Option: "device",
		Controls: func(context.Context, string) ([]device.Control, error) {
			return []device.Control{
				{Name: "a", Type: "integer", Default: 7}, {Name: "b", Type: "button"}, {Name: "c", Type: "menu", Default: 2, ReadOnly: true},
			}, listErr
		},
		SetControls: func(_ context.Context, name string, values map[string]int64) error {
			b, err := json.Marshal(values)
			got = name + string(b)
			return err
		},
	}
	tune := func(changed map[string]*int64) error {
		got = ""
		return local.Tune(t.Context(), camera.Source{Options: json.RawMessage(`{"device":"d"}`)}.Options, changed)
	}
	tests := []struct {
		changed map[string]*int64
		want    string
	}{
		{nil, ""},
		{map[string]*int64{"x": &one}, `d{"x":1}`},
		{map[string]*int64{"a": nil, "b": nil, "c": nil, "x": &one}, `d{"a":7,"x":1}`},
		{map[string]*int64{"b": nil, "gone": nil}, ""},
	}
	for _, test := range tests {
		if err := tune(test.changed); err != nil || got != test.want {
			t.Errorf("%v: %s, %v", test.changed, got, err)
		}
	}
	listErr = errors.New("unplugged")
	if err := tune(map[string]*int64{"a": nil}); !errors.Is(err, listErr) {
		t.Errorf("got %v", err)
	}
}
