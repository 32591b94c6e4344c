package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math"
	"strings"
	"testing"
)

// meanDifference compares two pictures by what people see, in levels of RGB.
func meanDifference(t testing.TB, a, b image.Image) (sum float64) {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("sizes %v and %v", a.Bounds(), b.Bounds())
	}
	size := a.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			p, q := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				sum += math.Abs(float64(d)) / 3
			}
		}
	}
	return sum / float64(size.X*size.Y)
}

// kinds returns one photograph in every kind of JPEG that a browser shows.
func kinds(t testing.TB) map[string][]byte {
	all := make(map[string][]byte)
	for _, name := range []string{"progressive", "separate", "wide"} {
		all[name] = pictures(t)[name]
	}
	rgb := without(pictures(t)["444"], mAPP0) // JFIF says YCbCr
	all["RGB"] = segment(rgb, 0xEE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))
	return all
}

// TestShrinkReadsEveryKind compares the pictures that Decoder does not read
// itself with the means of image/jpeg's. The test pictures are hard edges of
// full colours, where the ways to scale differ most.
func TestShrinkReadsEveryKind(t *testing.T) {
	var d Decoder
	for name, b := range kinds(t) {
		for _, den := range []int{2, 4, 8} {
			got, err := d.Shrink(b, den)
			if err != nil {
				t.Errorf("%s at 1/%d: %v", name, den, err)
				continue
			}
			want, err := standardLibrary{}.decode(b, den)
			if err != nil {
				t.Fatal(name, err)
			}
			if diff := meanDifference(t, got, want); diff > 12 {
				t.Errorf("%s at 1/%d: %.1f levels off", name, den, diff)
			}
		}
		y, err := d.ShrinkLuma(b)
		if err != nil || y.Rect != image.Rect(0, 0, 20, 15) {
			t.Errorf("%s: luma: %v", name, err)
		}
	}
}

// TestScaledAndLibraryAgree holds the two ways to decode one picture together.
func TestScaledAndLibraryAgree(t *testing.T) {
	var d Decoder
	for name, b := range readable(t) {
		b = repaired(t, b)
		for _, den := range []int{2, 4, 8} {
			own, err := d.Shrink(b, den)
			if err != nil {
				t.Fatal(name, err)
			}
			other, err := shrinkAny(b, den)
			if err != nil {
				t.Fatal(name, err)
			}
			limit := 2.0
			if len(libraries) == 1 {
				limit = 4 // it takes means
			}
			if diff := meanDifference(t, own, other); diff > limit && own.Bounds().Dx() > 16 {
				t.Errorf("%s at 1/%d: %.2f levels apart", name, den, diff)
			}
		}
	}
}

func TestShrinkRefusesWhatIsTooLarge(t *testing.T) {
	var d Decoder
	b := bytes.Clone(pictures(t)["progressive"])
	sof := bytes.Index(b, []byte{0xFF, mSOF2})
	copy(b[sof+5:], []byte{8000 >> 8, 8000 & 0xFF, 8000 >> 8, 8000 & 0xFF})
	if _, err := d.Shrink(b, 2); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "8000x8000") {
		t.Errorf("got %v", err)
	}
	b = bytes.Clone(pictures(t)["420"])
	sof = bytes.Index(b, []byte{0xFF, mSOF0})
	copy(b[sof+5:], []byte{10000 >> 8, 10000 & 0xFF, 10000 >> 8, 10000 & 0xFF})
	if n := testing.AllocsPerRun(1, func() {
		if _, err := d.Shrink(b, 2); err == nil || !strings.Contains(err.Error(), "blocks") {
			t.Errorf("got %v", err)
		}
	}); n > 20 {
		t.Errorf("%v allocations", n)
	}
	if cap(d.ycc.Y) != 0 {
		t.Errorf("%d bytes were taken for a picture of a few", cap(d.ycc.Y))
	}
}

func TestEncodeKeepsSampling(t *testing.T) {
	var d Decoder
	for _, sampling := range []string{"420", "422", "440", "444", "gray"} {
		m, err := d.Shrink(photo(t, 3, 321, 243, sampling), 2)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Encode(&out, m, 70); err != nil {
			t.Fatal(err)
		}
		in, err := Parse(out.Bytes())
		if err != nil || in.Width != 161 || in.Height != 122 || in.End != out.Len() {
			t.Errorf("%s: %+v, %v", sampling, in, err)
		}
		if in.Subsampling != sampling && len(libraries) > 1 {
			t.Errorf("%s became %s", sampling, in.Subsampling)
		}
		back, err := stdjpeg.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		if diff := meanDifference(t, m, back); diff > 5 {
			t.Errorf("%s: %.2f levels off after quality 70", sampling, diff)
		}
	}
}

func TestEncodeReadsEveryKindOfImage(t *testing.T) {
	size := image.Rect(0, 0, 17, 9)
	for _, m := range []image.Image{
		image.NewRGBA(size), image.NewCMYK(size), image.NewGray(size), image.NewYCbCr(size, image.YCbCrSubsampleRatio411),
	} {
		var out bytes.Buffer
		if err := Encode(&out, m, 70); err != nil {
			t.Errorf("%T: %v", m, err)
		}
		if in, err := Parse(out.Bytes()); err != nil || in.Width != 17 || in.Height != 9 {
			t.Errorf("%T: %+v, %v", m, in, err)
		}
	}
	if err := Encode(new(bytes.Buffer), image.NewGray(image.Rect(0, 0, 70000, 1)), 70); err == nil {
		t.Error("a picture 70000 pixels wide was coded")
	}
}

// panicking is a library with a fault.
type panicking struct{ standardLibrary }

func (panicking) decode([]byte, int) (image.Image, error) { panic("index out of range") }

func TestLibraryPanicIsAnError(t *testing.T) {
	if _, err := decodeGuarded(panicking{}, nil, 2); err == nil || !strings.Contains(fmt.Sprint(err), "panic: index") {
		t.Errorf("got %v", err)
	}
}
