package v4l2

import (
	"fmt"
	"reflect"
	"testing"

	"camhub/internal/device"
	"camhub/internal/source"
)

// at is a size with rates.
func at(width, height int, rates ...float64) sizes {
	s := sizes{least: size{width, height}, most: size{width, height}}
	for _, r := range rates {
		s.intervals = append(s.intervals, intervalOf(r))
	}
	return s
}

// webcam is a usual USB camera.
var webcam = []offer{
	{format: "H264", sizes: []sizes{at(1920, 1080, 30)}},
	{format: "YUYV", sizes: []sizes{at(640, 480, 30, 15), at(1280, 720, 10, 5), at(1920, 1080, 5), at(160, 120, 30)}},
	{format: "MJPG", sizes: []sizes{at(640, 480, 30, 15), at(1280, 720, 30, 15), at(1920, 1080, 30, 7.5)}},
}

// ranged is a device with free sizes and rates.
var ranged = []offer{{format: "NV12", sizes: []sizes{{
	least: size{32, 32}, most: size{2592, 1944}, step: size{8, 2}, ranged: true, intervals: []fraction{{1, 90}, {1, 2}},
}}}}

func TestChoose(t *testing.T) {
	tests := []struct {
		format        string
		width, height int
		fps           float64
		offers        []offer
		want          string
	}{
		{"auto", 640, 480, 30, webcam, "MJPG 640x480 30"},
		{"auto", 1280, 720, 30, webcam, "MJPG 1280x720 30"},
		{"auto", 1280, 720, 5, webcam, "YUYV 1280x720 5"},
		{"auto", 1280, 720, 14, webcam, "MJPG 1280x720 15"},
		{"auto", 1920, 1080, 5, webcam, "YUYV 1920x1080 5"},
		{"auto", 1920, 1080, 8, webcam, "MJPG 1920x1080 7.5"},
		{"auto", 160, 120, 30, webcam, "YUYV 160x120 30"},
		{"auto", 641, 479, 30, webcam, "MJPG 640x480 30"},
		{"auto", 16384, 16384, 240, webcam, "MJPG 1920x1080 30"},
		{"auto", 16, 16, 0.1, webcam, "YUYV 160x120 30"},
		{"YUYV", 1920, 1080, 30, webcam, "YUYV 1920x1080 5"},
		{"MJPG", 160, 120, 30, webcam, "MJPG 640x480 30"},
		{"NV12", 640, 480, 30, webcam, ""},
		{"auto", 640, 480, 30, webcam[:1], ""},
		{"auto", 640, 480, 30, nil, ""},
		{"auto", 645, 481, 12.5, ranged, "NV12 640x480 12.5"},
		{"auto", 16, 9999, 240, ranged, "NV12 32x1944 90"},
		{"auto", 2592, 1944, 0.5, ranged, "NV12 2592x1944 2"},
		{"auto", 320, 240, 29.97, []offer{{format: "GREY", sizes: []sizes{at(320, 240)}}}, "GREY 320x240 29.97"},
		{"auto", 320, 240, 25, []offer{{format: "GREY", sizes: []sizes{at(320, 240, 25)}}, {format: "BGR3", sizes: []sizes{at(320, 240, 20)}}}, "BGR3 320x240 20"},
	}
	for _, test := range tests {
		asked := source.Mode{Format: test.format, Width: test.width, Height: test.height, FPS: test.fps}
		got := ""
		if c, ok := choose(asked, test.offers); ok {
			got = fmt.Sprintf("%s %dx%d %.4g", c.format, c.size.width, c.size.height, c.interval.rate())
		}
		if got != test.want {
			t.Errorf("%+v: %q, want %q", asked, got, test.want)
		}
	}
}

func TestOffersAsShown(t *testing.T) {
	got := ranged[0].shown()
	want := device.Format{FourCC: "NV12", Supported: true, Sizes: []device.Size{
		{Width: 2592, Height: 1944, MinWidth: 32, MinHeight: 32, Rates: []float64{90, 2}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := webcam[0].shown(); got.Supported || got.Sizes[0].MinWidth != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestFormatCodes(t *testing.T) {
	for _, f := range formats {
		if got := fourCC(pixelFormat(f)); got != f || len(f) != 4 {
			t.Errorf("%s became %s", f, got)
		}
	}
	if got := fourCC(uint32('Y') | '1'<<8 | '6'<<16 | ' '<<24 | 1<<31); got != "Y16" {
		t.Errorf("got %q", got)
	}
}
