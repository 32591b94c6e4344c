package pixel

import (
	"strings"
	"testing"
)

func TestLookupFindsWhatIsListed(t *testing.T) {
	for _, f := range Formats() {
		got, ok := Lookup(f.FourCC)
		if !ok || got != f {
			t.Errorf("%s: got %+v, %v", f.FourCC, got, ok)
		}
	}
	for _, code := range []string{"", "MJPG", "H264", "yuyv", "YUYV ", "NV16"} {
		if f, ok := Lookup(code); ok {
			t.Errorf("%q is %+v", code, f)
		}
	}
}

func TestFrameSizeEndsAtTheLastPixel(t *testing.T) {
	for _, c := range []struct {
		code          string
		w, h, stride  int
		bytes, atMost int // without padding in the last line, and with
	}{
		{"GREY", 640, 480, 0, 640 * 480, 640 * 480},
		{"GREY", 5, 3, 8, 2*8 + 5, 24},
		{"YUYV", 640, 480, 1280, 614400, 614400},
		{"YUYV", 5, 2, 0, 24, 24},
		{"UYVY", 6, 2, 16, 16 + 12, 32},
		{"NV12", 640, 480, 640, 460800, 460800},
		{"NV12", 5, 3, 0, 6*3 + 6*2, 30},
		{"NV21", 5, 3, 8, 8*3 + 8 + 6, 40},
		{"YU12", 640, 480, 640, 460800, 460800},
		{"YU12", 5, 3, 0, 5*3 + 2*2*3, 27},
		{"YU12", 5, 3, 8, 8*3 + 3*4 + 3, 40},
		{"RGB3", 5, 3, 0, 45, 45},
		{"BGR3", 5, 3, 20, 55, 60},
	} {
		f, _ := Lookup(c.code)
		n, err := f.FrameSize(c.w, c.h, c.stride)
		if err != nil || n != c.bytes || n > c.atMost {
			t.Errorf("%s %dx%d+%d: %d, %v, want %d", c.code, c.w, c.h, c.stride, n, err, c.bytes)
		}
	}
}

func TestFrameSizeRefuses(t *testing.T) {
	for _, c := range []struct {
		code         string
		w, h, stride int
		says         string
	}{
		{"YUYV", 0, 480, 0, "size 0x480"},
		{"YUYV", 640, -1, 0, "size 640x-1"},
		{"YUYV", 1000000, 1, 0, "from 1 to 65535"},
		{"YUYV", 65535, 65535, 0, "over 100000000 pixels"},
		{"YUYV", 640, 480, 1279, "stride 1279: lines of 640 pixels in YUYV have 1280"},
		{"YUYV", 5, 1, 10, "have 12"},
		{"NV12", 5, 1, 5, "have 6"},
		{"RGB3", 5, 1, -1, "have 15"},
		{"GREY", 5, 2, 1<<30 + 1, "stride 1073741825"},
		{"GREY", 5, 65535, 1 << 20, "over 1073741824"},
		{"????", 5, 5, 0, `"????"`},
	} {
		f, ok := Lookup(c.code)
		if !ok {
			f.FourCC = c.code
		}
		if n, err := f.FrameSize(c.w, c.h, c.stride); err == nil || n != 0 || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %dx%d+%d: %d, %v", c.code, c.w, c.h, c.stride, n, err)
		}
		if e, err := NewEncoder(f, c.w, c.h, c.stride, 80); err == nil || e != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %dx%d+%d: an encoder, %v", c.code, c.w, c.h, c.stride, err)
		}
	}
}
