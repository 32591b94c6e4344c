package pixel

import (
	"bytes"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"testing"

	"camhub/internal/jpeg"
)

// TestPicturesAreAsGoodAsTheStandardLibrarys holds size and error of the luma
// together, at all qualities.
func TestPicturesAreAsGoodAsTheStandardLibrarys(t *testing.T) {
	const w, h = 320, 240
	f, _ := Lookup("YU12")
	f.Range = FullRange
	for _, name := range []string{"bars", "room"} {
		frame := rawScene(f, name, w, h)
		m := &image.YCbCr{
			Y: frame[:w*h], Cb: frame[w*h : w*h*5/4], Cr: frame[w*h*5/4:],
			YStride: w, CStride: w / 2, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, w, h),
		}
		for _, quality := range []int{1, 10, 30, 50, 70, 80, 90, 95, 99, 100} {
			ours := encode(t, f, w, h, 0, quality, frame)
			var theirs bytes.Buffer
			if err := stdjpeg.Encode(&theirs, m, &stdjpeg.Options{Quality: quality}); err != nil {
				t.Fatal(err)
			}
			if r := float64(len(ours)) / float64(theirs.Len()); r < 0.97 || r > 1.03 {
				t.Errorf("%s at %d: %d bytes, and %d of image/jpeg", name, quality, len(ours), theirs.Len())
			}
			a, b := rms(decode(t, ours), m), rms(decode(t, theirs.Bytes()), m)
			if a > b*1.02+0.03 {
				t.Errorf("%s at %d: error %.3f, and %.3f of image/jpeg", name, quality, a, b)
			}
		}
	}
}

// rms is the mean error of all three planes.
func rms(got, want *image.YCbCr) float64 {
	sum, n := 0.0, 0
	plane := func(a []byte, aStride int, b []byte, w, h int) {
		for y := range h {
			for x := range w {
				d := float64(a[y*aStride+x]) - float64(b[y*w+x])
				sum += d * d
				n++
			}
		}
	}
	w, h := want.Rect.Dx(), want.Rect.Dy()
	plane(got.Y, got.YStride, want.Y, w, h)
	plane(got.Cb, got.CStride, want.Cb, w/2, h/2)
	plane(got.Cr, got.CStride, want.Cr, w/2, h/2)
	return math.Sqrt(sum / float64(n))
}

// TestExtremesHaveCodes draws what is hardest on the ranges of the arithmetic
// and of the Huffman codes: blocks of full contrast at every frequency, and what
// is brighter than white beside what is darker than black.
func TestExtremesHaveCodes(t *testing.T) {
	const w, h = 128, 128
	f, _ := Lookup("GREY")
	frame := make([]byte, w*h)
	for i := range frame {
		x, y := i%w, i/w
		// Block (u, v) has the signs of the basis function of its numbers.
		u, v := x/8%8, y/8%8
		basis := math.Cos(float64(2*(x%8)+1)*float64(u)*math.Pi/16) * math.Cos(float64(2*(y%8)+1)*float64(v)*math.Pi/16)
		if (basis >= 0) != (x/64 == 1) {
			frame[i] = 255
		}
	}
	for _, f.Range = range []Range{FullRange, LimitedRange} {
		for quality, tolerance := range map[int]float64{100: 5, 98: 8, 60: 60} {
			b := encode(t, f, w, h, 0, quality, frame)
			var levels []float64
			for _, v := range frame {
				levels = append(levels, float64(v))
			}
			m := decode(t, b)
			if d := worst(m.Y, m.YStride, w, levels); d > tolerance {
				t.Errorf("range %d, quality %d: %.0f off", f.Range, quality, d)
			}
		}
	}
}

// TestHeadersAreReadByTheHub holds them against the parser that every picture of
// a camera goes through.
func TestHeadersAreReadByTheHub(t *testing.T) {
	sampling := map[kind]string{gray: "gray", planes: "420", pairs: "420", packed: "422", rgb: "420"}
	for _, f := range Formats() {
		p := newPicture(f, 33, 17)
		b := encode(t, f, 33, 17, 0, 80, p.frame(f.Stride(33)))
		in, err := jpeg.Parse(b)
		if err != nil || in.Width != 33 || in.Height != 17 || !in.HasHuffman || in.Subsampling != sampling[f.kind] || in.End != len(b) {
			t.Errorf("%s: %+v, %v", f.FourCC, in, err)
		}
		if end, whole := jpeg.EntropyEnd(b[:len(b)-2]); !whole {
			t.Errorf("%s: the coded pixels end at %d of %d", f.FourCC, end, len(b))
		}
	}
}
