//go:build v4l2

package v4l2

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"camhub/internal/jpegstream"
	"camhub/internal/source"
)

// vividBars are the colours of vivid's test picture, from left to right: 75 %
// bars.
var vividBars = []color.RGBA{
	{191, 191, 191, 255}, {191, 191, 0, 255}, {0, 191, 191, 255}, {0, 191, 0, 255},
	{191, 0, 191, 255}, {191, 0, 0, 255}, {0, 0, 191, 255}, {0, 0, 0, 255},
}

// uvcsimBars are those of uvcsim.
var uvcsimBars = []color.RGBA{
	{235, 235, 235, 255}, {235, 235, 16, 255}, {16, 235, 235, 255}, {16, 235, 16, 255},
	{235, 16, 235, 255}, {235, 16, 16, 255}, {16, 16, 235, 255}, {16, 16, 16, 255},
}

// checkBars compares the middle of each bar.
func checkBars(t testing.TB, m image.Image, bars []color.RGBA, gray bool, tolerance int) {
	t.Helper()
	b := m.Bounds()
	for i, want := range bars {
		x, y := b.Dx()*(2*i+1)/(2*len(bars)), b.Dy()*5/8
		got := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
		if gray {
			// vivid weighs the colours as ITU-R BT.709 does.
			l := uint8((2126*int(want.R) + 7152*int(want.G) + 722*int(want.B)) / 10000)
			want = color.RGBA{l, l, l, 255}
		}
		for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
			if d < -tolerance || d > tolerance {
				t.Errorf("bar %d is %v, want %v", i, got, want)
				break
			}
		}
	}
}

func TestEveryFormatShowsTheTestPicture(t *testing.T) {
	leakless(t)
	dev := vivid(t, 0)
	for _, format := range formats[2:] {
		for _, size := range []string{`"width":640,"height":480`, `"width":320,"height":180`} {
			t.Run(format, func(t *testing.T) {
				out, capture := film(t, options(dev, size+`,"fps":25,"format":"`+format+`"`), 2)
				if capture.Got.Format != format || slices.Contains(out.quirks, OtherMode) {
					t.Errorf("got %+v, quirks %v", capture.Got, out.quirks)
				}
				checkBars(t, decode(t, out.packets[1]), vividBars, format == "GREY", 12)
			})
		}
	}
}

func TestUSBCameraIsPassedThrough(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		more   string
		quirks []string
	}{
		{"as it is", nil, "", nil},
		{"no tables", []string{"-nodht"}, "", []string{jpegstream.MissingHuffman}},
		{"padding", []string{"-pad", "4000"}, "", []string{jpegstream.PaddingAfterEnd}},
		{"no tables, padding", []string{"-nodht", "-pad", "1"}, "", []string{jpegstream.MissingHuffman, jpegstream.PaddingAfterEnd}},
		{"no end", []string{"-noeoi"}, "", []string{jpegstream.MissingEnd}},
		{"no end, no tables, padding", []string{"-noeoi", "-nodht", "-pad", "30"}, "", []string{jpegstream.MissingEnd, jpegstream.MissingHuffman}},
		{"uncompressed", nil, `,"format":"YUYV"`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			leakless(t)
			plugIn(t, append(test.args, "-serial", "P")...)
			out, capture := film(t, options(usbName("P"), `"width":640,"height":480`+test.more), 5)
			if !slices.Equal(out.quirks, test.quirks) {
				t.Errorf("quirks %v, want %v", out.quirks, test.quirks)
			}
			if want := strings.Contains(test.more, "YUYV"); want != (capture.Got.Format == "YUYV") || capture.Lost+capture.Faulty+capture.Empty+capture.Damaged != 0 {
				t.Errorf("capture %+v", capture)
			}
			for _, p := range out.packets {
				bars := uvcsimBars
				if capture.Got.Format == "YUYV" {
					bars = stretched(bars)
				}
				checkBars(t, decode(t, p), bars, false, 12)
			}
		})
	}
}

// stretched is what colours become that are taken for those of television:
// uvcsim says nothing of the range of its values, and V4L2 then means 16 to 235.
func stretched(bars []color.RGBA) []color.RGBA {
	out := make([]color.RGBA, len(bars))
	for i, c := range bars {
		s := func(v uint8) uint8 { return uint8(min(max((int(v)-16)*255/219, 0), 255)) }
		out[i] = color.RGBA{s(c.R), s(c.G), s(c.B), 255}
	}
	return out
}

func TestNegotiation(t *testing.T) {
	dev := vivid(t, 0)
	tests := []struct {
		more  string
		want  source.Mode
		other bool
	}{
		{`"width":640,"height":480,"fps":25,"format":"NV12"`, source.Mode{Format: "NV12", Width: 640, Height: 480, FPS: 25}, false},
		{`"width":641,"height":479,"fps":240,"format":"YUYV"`, source.Mode{Format: "YUYV", Width: 640, Height: 480, FPS: 25}, true},
		{`"width":640,"height":480,"fps":12.5`, source.Mode{Format: "YUYV", Width: 640, Height: 480, FPS: 12.5}, false},
		{`"width":640,"height":480,"fps":13`, source.Mode{Format: "YUYV", Width: 640, Height: 480, FPS: 12.5}, true},
		{`"width":16,"height":16,"fps":25`, source.Mode{Format: "YUYV", Width: 320, Height: 180, FPS: 25}, true},
		{`"width":1920,"height":1080,"fps":5`, source.Mode{Format: "YUYV", Width: 1920, Height: 1080, FPS: 5}, false},
	}
	for _, test := range tests {
		out, capture := film(t, options(dev, test.more), 1)
		if capture.Got != test.want || slices.Contains(out.quirks, OtherMode) != test.other || capture.Device != dev {
			t.Errorf("%s: got %+v, quirks %v, want %+v", test.more, capture, out.quirks, test.want)
		}
		if p := out.packets[0]; p.Track.Width != test.want.Width || p.Track.Height != test.want.Height {
			t.Errorf("%s: the picture has %dx%d", test.more, p.Track.Width, p.Track.Height)
		}
	}
	_, _, err := attempt(t, options(dev, `"format":"MJPG"`), 1, nil)
	if code(err) != "unsupported-format" || !strings.Contains(err.Error(), "does not give MJPG; it has YUYV") {
		t.Errorf("a format that it does not have: %v", err)
	}
}

func TestAutomaticFormatPrefersMJPG(t *testing.T) {
	plugIn(t, "-serial", "N")
	tests := []struct {
		more string
		want source.Mode
	}{
		{`"width":1280,"height":720,"fps":30`, source.Mode{Format: "MJPG", Width: 1280, Height: 720, FPS: 30}},
		{`"width":320,"height":240,"fps":2`, source.Mode{Format: "MJPG", Width: 320, Height: 240, FPS: 2}},
		{`"width":300,"height":250,"fps":0.5`, source.Mode{Format: "MJPG", Width: 320, Height: 240, FPS: 1}},
	}
	for _, test := range tests {
		_, capture := film(t, options(usbName("N"), test.more), 1)
		if got := capture.Got; got.Format != test.want.Format || got.Width != test.want.Width || got.FPS < test.want.FPS*0.99 || got.FPS > test.want.FPS*1.01 {
			t.Errorf("%s: got %+v, want %+v", test.more, got, test.want)
		}
	}
}

func TestTimesAreThoseOfTheDriver(t *testing.T) {
	out, _ := film(t, options(vivid(t, 0), `"width":320,"height":180,"fps":25,"format":"GREY"`), 10)
	const interval = 40 * time.Millisecond
	for i, p := range out.packets {
		if age := p.Arrived.Sub(p.Captured); p.Captured.IsZero() || age < 0 || age > time.Second {
			t.Errorf("picture %d was captured at %v and arrived at %v", i, p.Captured, p.Arrived)
		}
		if d := p.PTS - time.Duration(i)*interval; d < -interval/2 || d > interval/2 {
			t.Errorf("picture %d has the time %v", i, p.PTS)
		}
	}
	// vivid's times lie ahead, those of USB cameras behind.
	plugIn(t, "-serial", "C")
	out, _ = film(t, options(usbName("C"), `"width":640,"height":480,"fps":15`), 3)
	for i, p := range out.packets {
		if age := p.Arrived.Sub(p.Captured); age <= 0 || age > time.Second {
			t.Errorf("USB picture %d was captured %v before it arrived", i, age)
		}
	}
}

func TestTwoCamerasAtOnce(t *testing.T) {
	leakless(t)
	plugIn(t, "-serial", "T")
	errs := make(chan error, 2)
	devices := []string{vivid(t, 0), usbName("T")}
	var outs [2]*sink
	for i, dev := range devices {
		go func() {
			var err error
			outs[i], _, err = attempt(t, options(dev, `"width":640,"height":480,"fps":5`), 5, nil)
			errs <- err
		}()
	}
	for range devices {
		if err := <-errs; err != errEnough {
			t.Fatal(err)
		}
	}
	checkBars(t, decode(t, outs[0].packets[4]), vividBars, false, 12)
	checkBars(t, decode(t, outs[1].packets[4]), uvcsimBars, false, 12)
}

// TestDamagedUSBFrames has the camera mark a frame as damaged: uvcvideo drops
// it, and its number is missing.
func TestDamagedUSBFrames(t *testing.T) {
	u := plugIn(t, "-serial", "D")
	out, capture, err := attempt(t, options(usbName("D"), `"width":320,"height":240,"fps":15`), 12, func(n int) {
		if n == 3 {
			u.signal(syscall.SIGUSR2)
		}
	})
	if err != errEnough || capture.Lost+capture.Faulty != 1 {
		t.Errorf("%v, capture %+v, quirks %v", err, capture, out.quirks)
	}
}
