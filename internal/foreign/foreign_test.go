package foreign

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// told returns a result a line a camera.
func told(r *Result) []string {
	var out []string
	for _, c := range r.Cameras {
		enabled := ""
		if !c.Enabled {
			enabled = " off"
		}
		out = append(out, fmt.Sprintf("%s:%d %s%s: %s %s", filepath.Base(c.File), c.Line, c.Name, enabled, c.Source.Kind, c.Source.Options))
	}
	for _, s := range r.Skipped {
		out = append(out, fmt.Sprintf("skipped %s:%d %s: %s", filepath.Base(s.File), s.Line, s.Name, s.Text))
	}
	for _, s := range r.Notes {
		out = append(out, fmt.Sprintf("note %s:%d %s: %s", filepath.Base(s.File), s.Line, s.Name, s.Text))
	}
	return out
}

// files are what is in testdata, and what is told of it: each line as far as it is here.
var files = []struct {
	file   string
	format Format
	want   []string
}{
	{"testdata/go2rtc.yaml", Go2rtc, []string{
		`go2rtc.yaml:9 driveway: mjpeg {"url":"http://admin:s3cret@192.168.1.20/axis-cgi/mjpg/video.cgi?camera=1\u0026fps=15"}`,
		`go2rtc.yaml:10 dahua_snap: snapshot {"url":"http://admin:password@192.168.1.123/cgi-bin/snapshot.cgi?channel=1"}`,
		`go2rtc.yaml:11 printer: mjpeg {"url":"http://octopi.local/webcam/?action=stream"}`,
		`go2rtc.yaml:14 garden: mjpeg {"url":"http://192.168.1.21/cgi-bin/mjpg/video.cgi"}`,
		`go2rtc.yaml:17 bearer: mjpeg {"headers":{"Authorization":"Bearer XXX"},"url":"https://192.168.1.22/stream"}`,
		`go2rtc.yaml:18 self_signed: mjpeg {"tls_insecure":true,"url":"https://192.168.1.23/video"}`,
		`go2rtc.yaml:19 usb: v4l2 {"device":"/dev/video2","format":"MJPG","fps":30,"height":720,"width":1280}`,
		`go2rtc.yaml:20 usb_raw: v4l2 {"device":"/dev/video0","format":"YUYV","fps":10,"height":480,"width":640}`,
		`go2rtc.yaml:21 usb_number: v4l2 {"device":"/dev/video1"}`,
		`skipped go2rtc.yaml:22 usb_h264: asks the device for H.264`,
		`skipped go2rtc.yaml:23 door: is RTSP, and camhub reads MJPEG over HTTP`,
		`skipped go2rtc.yaml:24 pi: is a command, and camhub never runs`,
		`skipped go2rtc.yaml:25 dynamic: is a command, and camhub never runs`,
		`skipped go2rtc.yaml:26 computed: is a program of its own`,
		`skipped go2rtc.yaml:27 variable: holds ${CAMERA_PASSWORD}, which is not expanded`,
		`skipped go2rtc.yaml:28 hls: is HLS`,
		`skipped go2rtc.yaml:29 homekit1: is of a kind ("homekit")`,
		`skipped go2rtc.yaml:30 file1: is a file or another stream`,
		`skipped go2rtc.yaml:31 unset: has no source`,
		`note go2rtc.yaml:11 printer: has 2 sources, of which number 1`,
		`note go2rtc.yaml:14 garden: has 2 sources, of which number 2`,
		`note go2rtc.yaml:14 garden: what stands behind #`,
		`note go2rtc.yaml:19 usb: what stands behind #`,
	}},
	{"testdata/motion/motion.conf", Motion, []string{
		`camera1.conf:4 Hall: v4l2 {"device":"/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_A1B2C3-video-index0","fps":12,"height":720,"width":1280}`,
		`camera2.conf:2 Yard: mjpeg {"password":"hunter2:x","url":"http://192.168.1.40:8080/video?profile=2","username":"operator"}`,
		`skipped motion.conf:20 /usr/etc/motion/missing.conf: open /usr/etc/motion/missing.conf`,
		`skipped camera3.conf:2 Gate: is read over rtsp`,
		`note camera1.conf:4 Hall: is turned by 180 degrees`,
		`note camera2.conf:2 Yard: the second address (netcam_high_url)`,
	}},
	{"testdata/motioneye", MotionEye, []string{
		`camera-1.conf:1 Werkstatt Süd: v4l2 {"device":"/dev/video0","fps":10,"height":600,"width":800}`,
		`camera-2.conf:1 Carport off: mjpeg {"password":"pa55","url":"https://10.0.0.9/mjpg/video.mjpg","username":"admin"}`,
		`camera-3.conf:1 Terrace: mjpeg {"password":"pa66","url":"http://10.0.0.10/videostream.cgi","username":"viewer"}`,
		`camera-5.conf:1 Nest box: picamera {"fps":5,"height":768,"width":1024}`,
		`skipped camera-4.conf:1 Attic: is a camera of another motionEye`,
	}},
	{"testdata/commands.txt", MJPGStream, []string{
		`commands.txt:3 video0: v4l2 {"device":"/dev/video0","fps":30,"height":720,"quality":80,"width":1280}`,
		`commands.txt:5 video1: v4l2 {"device":"/dev/video1","format":"YUYV","height":600,"width":800}`,
		`commands.txt:5 Raspberry Pi camera: picamera {"fps":15,"height":960,"hflip":true,"rotation":180,"width":1280}`,
		`commands.txt:6 192.168.1.50: mjpeg {"url":"http://192.168.1.50:8081/?action=stream"}`,
		`commands.txt:8 video2: v4l2 {"device":"/dev/video2","format":"MJPG","fps":25,"height":1080,"width":1920}`,
		`commands.txt:9 usb-cam: v4l2 {"device":"/dev/v4l/by-id/usb-cam","height":480,"width":640}`,
		`commands.txt:11 octopi.local:8080: mjpeg {"url":"http://octopi.local:8080/?action=stream"}`,
		`commands.txt:12 octopi.local:8080: snapshot {"url":"http://user:hidden3@octopi.local:8080/?action=snapshot"}`,
		`commands.txt:13 192.168.1.51: mjpeg {"url":"http://192.168.1.51/stream"}`,
		`skipped commands.txt:7 input_file: is a plugin`,
		`skipped commands.txt:10 ustreamer: holds ${DEVICE}`,
		`skipped commands.txt:15 ustreamer: has a quotation mark`,
		`note commands.txt:3 video0: one program at a time`,
		`note commands.txt:5 video1: one program at a time`,
		`note commands.txt:8 video2: one program at a time`,
		`note commands.txt:9 usb-cam: the format "RGB565"`,
		`note commands.txt:9 usb-cam: one program at a time`,
	}},
}

func TestFiles(t *testing.T) {
	for _, tt := range files {
		t.Run(tt.file, func(t *testing.T) {
			for _, format := range []Format{tt.format, Auto} {
				r, err := ReadFile(format, tt.file)
				if err != nil || r.Format != tt.format {
					t.Fatalf("as %s: %v, %v", format, r, err)
				}
				got := told(r)
				for i, want := range tt.want {
					if i >= len(got) || !strings.HasPrefix(got[i], want) {
						t.Errorf("as %s, %d:\n got %s\nwant %s", format, i, slices.Concat(got, []string{"nothing"})[min(i, len(got))], want)
					}
				}
				if len(got) > len(tt.want) {
					t.Errorf("as %s, and: %s", format, got[len(tt.want):])
				}
				for _, line := range slices.Concat(r.Skipped, r.Notes) {
					if strings.Contains(line.String(), "hidden") {
						t.Errorf("a secret: %s", line)
					}
				}
			}
		})
	}
}

// TestPackagedMotion reads the configuration that comes with motion.
func TestPackagedMotion(t *testing.T) {
	const path = "/etc/motion/motion.conf"
	if _, err := os.Stat(path); err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	r, err := ReadFile(Auto, path)
	want := `motion.conf:1 motion: v4l2 {"device":"/dev/video0","fps":15,"height":480,"width":640}`
	if err != nil || r.Format != Motion || len(told(r)) != 1 || told(r)[0] != want {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestNotReadable(t *testing.T) {
	for name, tt := range map[string]struct {
		format Format
		text   string
		want   string
	}{
		"whose":       {Auto, "hello\n", "can't tell which program"},
		"no yaml":     {Go2rtc, "streams:\n\tcam: x\n", "line 2"},
		"no streams":  {Go2rtc, "api: {}\n", "no streams of go2rtc"},
		"wrong kind":  {Go2rtc, "streams: [a]\n", "must be an object"},
		"binary":      {Motion, "a\x00b", "no text"},
		"not UTF-8":   {Motion, "camera_name \xff\n", "no text"},
		"large":       {Motion, strings.Repeat("x", maxFile+1), "more than"},
		"wrong name":  {"zoneminder", "x", "can't tell"},
		"unreadable":  {Go2rtc, "streams: {a: &a [*a]}\n", "levels"},
		"no such yml": {Go2rtc, "", "no streams"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(tt.format, "file", strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	if _, err := ReadFile(Auto, "testdata/none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := ReadFile(Auto, t.TempDir()); err == nil || !strings.Contains(err.Error(), "no motion.conf") {
		t.Errorf("an empty folder: %v", err)
	}
	r, err := Read(Motion, "-", strings.NewReader("camera /etc/passwd\n"))
	if err != nil || len(r.Cameras) != 0 || len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0].Text, "standard input") {
		t.Errorf("standard input includes files: %v, %v", r, err)
	}
}

func FuzzGo2rtc(f *testing.F)    { fuzz(f, Go2rtc, "testdata/go2rtc.yaml") }
func FuzzMotion(f *testing.F)    { fuzz(f, Motion, "testdata/motion/motion.conf") }
func FuzzMotionEye(f *testing.F) { fuzz(f, MotionEye, "testdata/motioneye/camera-3.conf") }
func FuzzCommands(f *testing.F)  { fuzz(f, MJPGStream, "testdata/commands.txt") }

func fuzz(f *testing.F, format Format, seed string) {
	b, err := os.ReadFile(seed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	for line := range strings.Lines(string(b)) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []Format{format, Auto} {
			r, err := Read(format, "-", strings.NewReader(text))
			if err != nil {
				continue
			}
			if n := len(r.Cameras) + len(r.Skipped); n > len(text)+1 {
				t.Errorf("%d cameras of %d bytes", n, len(text))
			}
			for _, c := range r.Cameras {
				if c.Source.Kind == "" || len(c.Source.Options) < 2 {
					t.Errorf("%q became %+v", text, c)
				}
			}
		}
	})
}

// TestPasswordWithASlash is in no name and no remark of a list of addresses.
func TestPasswordWithASlash(t *testing.T) {
	r, err := Read(Auto, "list", strings.NewReader("http://u:se/cret@cam.local/v\nhttp://u:se?cr/et@h/v\nhttp://u:se#cret@h/v\n"))
	if err != nil || len(r.Cameras) != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, want := range []string{"cam.local", "url", "url"} {
		if c := r.Cameras[i]; c.Name != want {
			t.Errorf("camera %d is called %q, want %q", i, c.Name, want)
		}
	}
}

// TestWordsOfMotion alone make no file of motion's.
func TestWordsOfMotion(t *testing.T) {
	for text, want := range map[string]Format{
		"camera one is broken\ncamera two too\n":        "",
		"camera: front\nwidth 640\nrotate it\n":         "",
		"camera /etc/motion/camera1.conf\n":             Motion,
		"thread = thread1.conf\n":                       Motion,
		"width 640\nvideodevice /dev/video0\n":          Motion,
		"netcam_url http://h/v\n":                       Motion,
		"camera list of the house\nhttp://10.0.0.5/v\n": MJPGStream,
	} {
		if got := detect([]byte(text)); got != want {
			t.Errorf("%q is of %q, want %q", text, got, want)
		}
	}
}

// TestSinglePictures tells addresses of single pictures from those of streams.
func TestSinglePictures(t *testing.T) {
	for url, want := range map[string]string{
		"http://h/snap.jpg": "snapshot", "http://h/cgi-bin/Snapshot.JPG?x=1": "snapshot", "http://h/capture": "snapshot",
		"http://h/cgi-bin/api.cgi?cmd=Snap&channel=0": "snapshot", "http://h/cgi-bin/faststream.jpg": "mjpeg", "http://h/video": "mjpeg",
	} {
		if kind, _, why := go2rtcSource(url); kind != want || why != "" {
			t.Errorf("%s is %s (%s), want %s", url, kind, why, want)
		}
	}
}
