package picamera

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"camhub/internal/fault"
)

func TestDefaultsAreFilledIn(t *testing.T) {
	c, errs := Kind.Parse(nil)
	if errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"command":"auto","camera":0,"width":1280,"height":720,"fps":15,"quality":80,"rotation":0,"hflip":false,"vflip":false,` +
		`"exposure":"normal","shutter":"0s","gain":0,"ev":0,"metering":"centre","awb":"auto","brightness":0,"contrast":1,"saturation":1,` +
		`"sharpness":1,"denoise":"auto","hdr":"off","roi":"","autofocus_mode":"default"}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	again, errs := Kind.Parse(b)
	if errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	if b2, _ := json.Marshal(again); string(b2) != want {
		t.Errorf("the second time: %s", b2)
	}
}

func TestRightOptions(t *testing.T) {
	for _, options := range []string{
		Kind.Example, `{}`, `{"roi":"0,0,1,1"}`, `{"roi":" 0.7, 0.7, 0.3, 0.3 "}`, `{"roi":""}`, `{"lens_position":0}`, `{"lens_position":null}`,
		`{"shutter":"20ms","fps":50}`, `{"shutter":"10s","fps":0.1}`, `{"gain":1}`, `{"width":9600,"height":64}`, `{"rotation":180}`,
		`{"autofocus_mode":"manual","lens_position":2.5}`, `{"command":"raspivid","fps":25}`, `{"brightness":-1,"ev":-8}`,
	} {
		if _, errs := Kind.Parse(json.RawMessage(options)); errs.ErrorOrNil() != nil {
			t.Errorf("%s: %v", options, errs)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	tests := map[string]string{
		`[]`:                            "/source",
		`{"command":"/bin/sh"}`:         "/source/command",
		`{"command":"rpicam-vid; ls"}`:  "/source/command",
		`{"command":""}`:                "/source/command",
		`{"camera":-1}`:                 "/source/camera",
		`{"camera":"0"}`:                "/source/camera",
		`{"camera":1.5}`:                "/source/camera",
		`{"camera":16}`:                 "/source/camera",
		`{"width":0}`:                   "/source/width",
		`{"width":641}`:                 "/source/width",
		`{"width":1000000}`:             "/source/width",
		`{"height":62}`:                 "/source/height",
		`{"fps":0}`:                     "/source/fps",
		`{"fps":1e300}`:                 "/source/fps",
		`{"fps":"15"}`:                  "/source/fps",
		`{"quality":0}`:                 "/source/quality",
		`{"quality":101}`:               "/source/quality",
		`{"rotation":90}`:               "/source/rotation",
		`{"hflip":1}`:                   "/source/hflip",
		`{"exposure":"night"}`:          "/source/exposure",
		`{"shutter":20}`:                "/source/shutter",
		`{"shutter":"1ns"}`:             "/source/shutter",
		`{"shutter":"11s","fps":0.1}`:   "/source/shutter",
		`{"shutter":"100ms","fps":15}`:  "/source/shutter",
		`{"gain":0.5}`:                  "/source/gain",
		`{"gain":100}`:                  "/source/gain",
		`{"ev":9}`:                      "/source/ev",
		`{"metering":"matrix"}`:         "/source/metering",
		`{"awb":"custom"}`:              "/source/awb",
		`{"brightness":1.1}`:            "/source/brightness",
		`{"contrast":-1}`:               "/source/contrast",
		`{"saturation":16}`:             "/source/saturation",
		`{"sharpness":-0.1}`:            "/source/sharpness",
		`{"denoise":"on"}`:              "/source/denoise",
		`{"hdr":true}`:                  "/source/hdr",
		`{"hdr":"on"}`:                  "/source/hdr",
		`{"roi":"0,0,1"}`:               "/source/roi",
		`{"roi":"0,0,0,1"}`:             "/source/roi",
		`{"roi":"0.5,0,0.6,1"}`:         "/source/roi",
		`{"roi":"0,0,NaN,1"}`:           "/source/roi",
		`{"roi":"-0.1,0,1,1"}`:          "/source/roi",
		`{"roi":"0,0,1,1 --config /x"}`: "/source/roi",
		`{"roi":[0,0,1,1]}`:             "/source/roi",
		`{"autofocus_mode":"on"}`:       "/source/autofocus_mode",
		`{"lens_position":33}`:          "/source/lens_position",
		`{"lens_position":"near"}`:      "/source/lens_position",
		`{"lens_position":1,"autofocus_mode":"auto"}`: "/source/lens_position",
		`{"device":"/dev/video0"}`:                    "/source/device",
		`{"width":null}`:                              "/source/width",
		`{"camera":-1,"fps":0,"awb":"","x":1}`:        "/source/awb /source/camera /source/fps /source/x",
		`{"command":"raspivid","fps":12.5,"hdr":"auto","denoise":"off","awb":"indoor","contrast":3,"saturation":3,"sharpness":3,"ev":5,"lens_position":1,"autofocus_mode":"manual"}`: "/source/autofocus_mode /source/awb /source/contrast /source/denoise /source/ev /source/fps /source/hdr /source/lens_position /source/saturation /source/sharpness",
	}
	for options, want := range tests {
		_, errs := Kind.Parse(json.RawMessage(options))
		var got []string
		for _, f := range fault.Fields(errs) {
			got = append(got, f.Pointer)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: faults at %q, want %q", options, got, want)
		}
	}
}

// everything sets each option to something other than its default.
const everything = `{"camera":1,"width":640,"height":480,"fps":25,"quality":50,"rotation":180,"hflip":true,"vflip":true,
	"exposure":"sport","shutter":"20ms","gain":2.5,"ev":-0.5,"metering":"average","awb":"daylight",
	"brightness":-0.1,"contrast":1.5,"saturation":0,"sharpness":2,"roi":"0.25,0.25,0.5,0.5"`

func TestArguments(t *testing.T) {
	tests := []struct{ options, want string }{
		{`{}`, "--camera 0 -t 0 -n --codec mjpeg -q 80 --width 1280 --height 720 --framerate 15 --flush -v 0 -o -"},
		{everything + `,"denoise":"cdn_off","hdr":"single-exp","autofocus_mode":"manual","lens_position":0.5}`,
			"--camera 1 -t 0 -n --codec mjpeg -q 50 --width 640 --height 480 --framerate 25 --flush -v 0 --rotation 180 --hflip --vflip " +
				"--exposure sport --shutter 20000 --gain=2.5 --ev=-0.5 --metering average --awb daylight --brightness=-0.1 --contrast=1.5 " +
				"--saturation=0 --sharpness=2 --denoise cdn_off --hdr single-exp --roi 0.25,0.25,0.5,0.5 --autofocus-mode manual --lens-position 0.5 -o -"},
		{`{"fps":0.1,"gain":1.0000001}`, "--camera 0 -t 0 -n --codec mjpeg -q 80 --width 1280 --height 720 --framerate 0.1 --flush -v 0 --gain=1.0000001 -o -"},
		{`{"command":"raspivid"}`, "-cs 0 -t 0 -n -cd MJPEG -b 16588800 -w 1280 -h 720 -fps 15 -fl -o -"},
		{everything + `,"command":"raspivid"}`, "-cs 1 -t 0 -n -cd MJPEG -b 4536000 -w 640 -h 480 -fps 25 -fl -rot 180 -hf -vf -ex sports -ss 20000 " +
			"-mm matrix -awb sun -ag 2.5 -dg 1 -ev -3 -br 45 -co 50 -sa -100 -sh 100 -roi 0.25,0.25,0.5,0.5 -o -"},
	}
	for _, test := range tests {
		o, errs := parse(json.RawMessage(test.options))
		if errs.ErrorOrNil() != nil {
			t.Errorf("%s: %v", test.options, errs)
			continue
		}
		args := o.arguments()
		if o.Command == raspivid {
			args = o.legacyArguments()
		}
		if got := strings.Join(args, " "); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
