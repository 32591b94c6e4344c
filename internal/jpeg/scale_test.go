package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"maps"
	"math"
	"strings"
	"testing"
)

// A samples is one plane, with all its blocks.
type samples struct {
	pix    []byte
	stride int
	w, h   int // what is shown
}

// planesOf returns the planes of a picture of image/jpeg or of a Decoder.
func planesOf(t testing.TB, m image.Image) []samples {
	t.Helper()
	b := m.Bounds()
	switch m := m.(type) {
	case *image.Gray:
		return []samples{{m.Pix, m.Stride, b.Dx(), b.Dy()}}
	case *image.YCbCr:
		cw, ch := b.Dx(), b.Dy()
		switch m.SubsampleRatio {
		case image.YCbCrSubsampleRatio420:
			cw, ch = (cw+1)/2, (ch+1)/2
		case image.YCbCrSubsampleRatio422:
			cw = (cw + 1) / 2
		case image.YCbCrSubsampleRatio440:
			ch = (ch + 1) / 2
		}
		return []samples{{m.Y, m.YStride, b.Dx(), b.Dy()}, {m.Cb, m.CStride, cw, ch}, {m.Cr, m.CStride, cw, ch}}
	}
	t.Fatalf("a picture of type %T", m)
	return nil
}

// box is the other way to make a picture smaller: the mean of den x den samples.
func (s samples) box(den int) []float64 {
	w, h := s.stride/den, len(s.pix)/s.stride/den
	out := make([]float64, w*h)
	for i := range out {
		for y := range den {
			for x := range den {
				out[i] += float64(s.pix[(i/w*den+y)*s.stride+i%w*den+x])
			}
		}
		out[i] /= float64(den * den)
	}
	return out
}

// differences compares what is shown of a plane with a reference of the same
// stride.
func (s samples) differences(want []float64) (worst, mean float64) {
	for y := range s.h {
		for x := range s.w {
			d := math.Abs(float64(s.pix[y*s.stride+x]) - want[y*s.stride+x])
			worst, mean = max(worst, d), mean+d
		}
	}
	return worst, mean / float64(s.w*s.h)
}

// readable returns the test pictures that a Decoder reads by itself, and
// photographs of several sizes and samplings.
func readable(t testing.TB) map[string][]byte {
	all := pictures(t)
	all["no tables"] = without(all["420"], mDHT)
	for _, name := range []string{"progressive", "separate", "wide"} {
		delete(all, name)
	}
	for i, sampling := range []string{"420", "422", "440", "444", "gray"} {
		for _, size := range []image.Point{{320, 240}, {321, 243}, {9, 5}, {1, 1}} {
			all[fmt.Sprintf("photo %s %v", sampling, size)] = photo(t, uint64(i), size.X, size.Y, sampling)
		}
	}
	return all
}

func repaired(t testing.TB, b []byte) []byte {
	t.Helper()
	in, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return Repair(b, in)
}

// TestScaledIsTheSmallInverseDCT holds every sample of every plane to within 1
// of the exact result of its definition, which the reference computes.
func TestScaledIsTheSmallInverseDCT(t *testing.T) {
	var d Decoder
	overall := 0.0
	for name, b := range readable(t) {
		reference := referencePlanes(t, b)
		in, _ := Parse(b)
		for _, den := range []int{2, 4, 8} {
			small, err := d.Scaled(b, den)
			if err != nil {
				t.Errorf("%s at 1/%d: %v", name, den, err)
				continue
			}
			if got := small.Bounds().Size(); got != image.Pt(ScaledSize(in.Width, den), ScaledSize(in.Height, den)) {
				t.Errorf("%s at 1/%d: size %v of %dx%d", name, den, got, in.Width, in.Height)
			}
			for i, plane := range planesOf(t, small) {
				worst, _ := plane.differences(reference[i].render(8 / den))
				if overall = max(overall, worst); worst > 1 {
					t.Errorf("%s at 1/%d, plane %d: a sample is off by %.2f", name, den, i, worst)
				}
			}
		}
	}
	t.Logf("off by %.2f at worst", overall)
}

// TestScaledLooksLikeTheMean compares photographs with image/jpeg's picture,
// scaled in the other way: each sample the mean of den x den. The two differ on
// purpose, as the DCT keeps more of the detail that a small picture can show:
// by no more than 2 levels in the mean.
func TestScaledLooksLikeTheMean(t *testing.T) {
	var d Decoder
	for i, sampling := range []string{"420", "422", "440", "444", "gray"} {
		b := photo(t, uint64(i), 320, 240, sampling)
		full, err := stdjpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for _, den := range []int{2, 4, 8} {
			small, err := d.Scaled(b, den)
			if err != nil {
				t.Fatal(err)
			}
			for i, plane := range planesOf(t, small) {
				_, mean := plane.differences(planesOf(t, full)[i].box(den))
				if mean > 2 {
					t.Errorf("%s at 1/%d, plane %d: differs by %.2f in the mean", sampling, den, i, mean)
				}
			}
		}
	}
}

func TestLumaIsTheFirstPlaneAtOneEighth(t *testing.T) {
	var d, d2 Decoder
	for name, b := range readable(t) {
		m, err := d.Scaled(b, 8)
		if err != nil {
			t.Fatal(name, err)
		}
		y, err := d2.Luma(b)
		if err != nil {
			t.Fatal(name, err)
		}
		want := planesOf(t, m)[0]
		if y.Rect != m.Bounds() || y.Stride != want.stride || !bytes.Equal(y.Pix, want.pix) {
			t.Errorf("%s: the luma differs", name)
		}
	}
}

// TestDecoderIsUsedAgain has one decoder read every picture in turn, in an order
// that changes, and compares with a new decoder.
func TestDecoderIsUsedAgain(t *testing.T) {
	var used Decoder
	all := readable(t)
	for range 3 {
		for name := range maps.Keys(all) {
			got, err := used.Scaled(all[name], 2)
			if err != nil {
				t.Fatal(name, err)
			}
			var fresh Decoder
			want, err := fresh.Scaled(all[name], 2)
			if err != nil {
				t.Fatal(name, err)
			}
			for i, plane := range planesOf(t, got) {
				if !bytes.Equal(plane.pix, planesOf(t, want)[i].pix) {
					t.Errorf("%s: plane %d differs after other pictures", name, i)
				}
			}
		}
	}
}

func TestScaledTakesNoMemory(t *testing.T) {
	var d Decoder
	b := photo(t, 1, 640, 360, "420")
	for _, den := range []int{2, 4, 8} {
		if n := testing.AllocsPerRun(20, func() {
			if _, err := d.Scaled(b, den); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("1/%d: %v allocations a picture", den, n)
		}
	}
	if n := testing.AllocsPerRun(20, func() {
		if _, err := d.Luma(b); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("luma: %v allocations a picture", n)
	}
}

func TestDenominator(t *testing.T) {
	tests := []struct{ width, asked, want int }{
		{1920, 1920, 1}, {1920, 961, 1}, {1920, 960, 2}, {1920, 481, 2}, {1920, 480, 4}, {1920, 240, 8}, {1920, 16, 8},
		{1280, 640, 2}, {1280, 320, 4}, {1280, 160, 8}, {1280, 7680, 1},
		{1281, 641, 2}, {1281, 640, 2}, {1279, 640, 2}, {1, 1, 8}, {640, 0, 1}, {640, -1, 1},
	}
	for _, tt := range tests {
		if got := Denominator(tt.width, tt.asked); got != tt.want {
			t.Errorf("%d asked of %d: 1/%d, want 1/%d", tt.asked, tt.width, got, tt.want)
		}
	}
}

func TestScaledSaysWhatItDoesNotRead(t *testing.T) {
	var d Decoder
	all := pictures(t)
	rgb := segment(without(all["444"], mAPP0), 0xEE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))
	twelve := bytes.Clone(all["gray"])
	twelve[bytes.Index(twelve, []byte{0xFF, mSOF0})+4] = 12
	for name, b := range map[string][]byte{
		"progressive": all["progressive"], "separate": all["separate"], "wide": all["wide"], "RGB": rgb, "12 bits": twelve,
	} {
		if _, err := d.Scaled(b, 2); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := d.Luma(b); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s, luma: %v", name, err)
		}
	}
	for _, den := range []int{-1, 0, 1, 3, 16} {
		if _, err := d.Scaled(all["420"], den); !errors.Is(err, ErrUnsupported) {
			t.Errorf("1/%d: %v", den, err)
		}
	}
}

// TestScaledNeedsItsTables has a decoder that saw all tables read pictures that
// point to tables which they do not bring.
func TestScaledNeedsItsTables(t *testing.T) {
	var d Decoder
	good := pictures(t)["420"]
	sof, sos := bytes.Index(good, []byte{0xFF, mSOF0}), bytes.Index(good, []byte{0xFF, mSOS})
	for name, test := range map[string]struct {
		at   int
		to   byte
		text string
	}{
		"quantization": {sof + 12, 2, "DQT"},
		"DC":           {sos + 6, 0x20, "DHT"},
		"AC":           {sos + 6, 0x03, "DHT"},
		"no table":     {sos + 6, 0x0F, "DHT"},
	} {
		if _, err := d.Scaled(good, 4); err != nil {
			t.Fatal(err)
		}
		b := bytes.Clone(good)
		b[test.at] = test.to
		if _, err := d.Scaled(b, 4); err == nil || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
