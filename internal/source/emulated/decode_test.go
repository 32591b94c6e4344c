package emulated

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
)

// decode decodes a JPEG, which must be right and in 4:2:0.
func decode(t *testing.T, b []byte) *image.YCbCr {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("decode picture: %v", err)
	}
	p, ok := img.(*image.YCbCr)
	if !ok || p.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		t.Fatalf("picture is a %T, want 4:2:0", img)
	}
	return p
}

// difference returns the sum of the differences of the samples in r.
func difference(t *testing.T, a, b *image.YCbCr, r image.Rectangle) (sum int) {
	t.Helper()
	if a.Rect != b.Rect {
		t.Fatalf("sizes are %v and %v", a.Rect, b.Rect)
	}
	r = r.Intersect(a.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p, q := a.YCbCrAt(x, y), b.YCbCrAt(x, y)
			sum += abs(int(p.Y)-int(q.Y)) + abs(int(p.Cb)-int(q.Cb)) + abs(int(p.Cr)-int(q.Cr))
		}
	}
	return sum
}

func abs(v int) int { return max(v, -v) }

// meanDifference returns the mean difference of a sample.
func meanDifference(t *testing.T, a, b *image.YCbCr) float64 {
	t.Helper()
	return float64(difference(t, a, b, a.Rect)) / float64(3*a.Rect.Dx()*a.Rect.Dy())
}
