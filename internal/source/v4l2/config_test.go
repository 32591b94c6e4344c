package v4l2

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOptionsWithDefaults(t *testing.T) {
	const rest = `"width":1280,"height":720,"fps":30,"format":"auto","quality":80,"controls":{}}`
	tests := []struct{ options, want string }{
		{`{"device":"0"}`, `{"device":"/dev/video0",` + rest},
		{`{"device":"007"}`, `{"device":"/dev/video7",` + rest},
		{`{"device":"/dev/video12"}`, `{"device":"/dev/video12",` + rest},
		{`{"device":"/dev/cameras/door"}`, `{"device":"/dev/cameras/door",` + rest},
		{`{"device":"/dev/v4l/by-id/usb-a_b-video-index0"}`, `{"device":"/dev/v4l/by-id/usb-a_b-video-index0",` + rest},
		{
			`{"device":"1","width":16,"height":16384,"fps":0.1,"format":"mjpeg","quality":1,"controls":{"focus":-5,"brightness":3}}`,
			`{"device":"/dev/video1","width":16,"height":16384,"fps":0.1,"format":"MJPG","quality":1,"controls":{"brightness":3,"focus":-5}}`,
		},
		{`{"device":"1","format":"Auto"}`, `{"device":"/dev/video1",` + rest},
		{`{"device":"1","format":"rgb24"}`, `{"device":"/dev/video1",` + strings.Replace(rest, "auto", "RGB3", 1)},
	}
	for _, test := range tests {
		got, err := json.Marshal(config(t, test.options))
		if err != nil || string(got) != test.want {
			t.Errorf("%s became %s, %v, want %s", test.options, got, err, test.want)
		}
		if again, _ := json.Marshal(config(t, string(got))); string(again) != string(got) {
			t.Errorf("%s became %s", got, again)
		}
	}
	config(t, Kind.Example)
}

func TestOptionFaults(t *testing.T) {
	device := func(name string) string {
		b, err := json.Marshal(map[string]string{"device": name})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	many := make([]string, maxControls+1)
	for i := range many {
		many[i] = fmt.Sprintf(`"c%d":1`, i)
	}
	tests := []struct{ options, want string }{
		{`[]`, "/source /source/device"},
		{``, "/source/device"},
		{`{"device":7}`, "/source/device"},
		{device(""), "/source/device"},
		{device("video0"), "/source/device"},
		{device("/etc/passwd"), "/source/device"},
		{device("/dev/../etc/passwd"), "/source/device"},
		{device("/dev/./video0"), "/source/device"},
		{device("/dev/"), "/source/device"},
		{device("/dev"), "/source/device"},
		{device("/dev/v4l/by-id"), "/source/device"},
		{device("/dev/fd/0"), "/source/device"},
		{device("/dev/video0\n"), "/source/device"},
		{device("-1"), "/source/device"},
		{device("1234567"), "/source/device"},
		{device("/dev/" + strings.Repeat("a", 251)), "/source/device"},
		{`{"device":"0","width":0,"height":1000000}`, "/source/width /source/height"},
		{`{"device":"0","width":1e6,"height":-1}`, "/source/width /source/height"},
		{`{"device":"0","fps":0,"quality":101}`, "/source/fps /source/quality"},
		{`{"device":"0","format":"H264"}`, "/source/format"},
		{`{"device":"0","format":""}`, "/source/format"},
		{`{"device":"0","index":1}`, "/source/index"},
		{`{"device":"0","controls":[1]}`, "/source/controls"},
		{`{"device":"0","controls":{"a/b":1,"Focus":1,"a":null,"b":"x","c":1.5,"":1}}`,
			"/source/controls/ /source/controls/Focus /source/controls/a /source/controls/a~1b /source/controls/b /source/controls/c"},
		{`{"device":"0","controls":{` + strings.Join(many, ",") + `}}`, "/source/controls"},
	}
	for _, test := range tests {
		c, errs := Kind.Parse(json.RawMessage(test.options))
		if got, want := pointers(errs.ErrorOrNil()), strings.Fields(test.want); !slices.Equal(got, want) || c != nil {
			t.Errorf("%.80s: faults at %v, want %v", test.options, got, want)
		}
	}
}

func TestControlNames(t *testing.T) {
	for label, want := range map[string]string{
		"Power Line Frequency":       "power_line_frequency",
		"White Balance, Automatic":   "white_balance_automatic",
		"Exposure (Absolute)":        "exposure_absolute",
		"  3D-Noise  ":               "3d_noise",
		"Inject V4L2_BUF_FLAG_ERROR": "inject_v4l2_buf_flag_error",
		"焦点":                         "",
	} {
		if got := controlName(label); got != want {
			t.Errorf("%q became %q, want %q", label, got, want)
		}
	}
}

func TestPatienceWithSlowCameras(t *testing.T) {
	for fps, want := range map[float64]time.Duration{30: 0, 1: 0, 0.1: 10 * time.Second} {
		r := newReader(&Config{FPS: fps})
		if got := r.Patience(); got != want {
			t.Errorf("%v fps: %v, want %v", fps, got, want)
		}
	}
}
