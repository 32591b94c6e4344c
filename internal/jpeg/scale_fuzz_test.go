package jpeg

import (
	"bytes"
	"errors"
	"image"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzScaled feeds the decoder with anything: no panic, no endless loop, planes
// of the size that the headers say, and the same picture from a decoder that has
// seen others. What comes out
// can be coded again.
func FuzzScaled(f *testing.F) {
	for _, b := range pictures(f) {
		f.Add(b, uint8(0))
		f.Add(without(b, mDHT), uint8(1))
		f.Add(b[:len(b)*2/3], uint8(2))
	}
	f.Add(photo(f, 1, 24, 17, "420"), uint8(1))
	used := new(Decoder)
	f.Fuzz(func(t *testing.T, b []byte, scale uint8) {
		if o := Orientation(b); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		in, err := ParseHeader(b)
		if err == nil && in.Width*in.Height > 1<<20 {
			return // sound, and slow
		}
		den := 2 << (scale % 3)
		if _, err := used.Luma(b); err == nil && used.gray.Rect.Dx() != ScaledSize(in.Width, 8) {
			t.Fatalf("luma of %v from %+v", used.gray.Rect, in)
		}
		got, err := used.Scaled(b, den)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if got.Bounds() != image.Rect(0, 0, ScaledSize(in.Width, den), ScaledSize(in.Height, den)) {
			t.Fatalf("%v at 1/%d from %+v", got.Bounds(), den, in)
		}
		var fresh Decoder
		want, err := fresh.Scaled(b, den)
		if err != nil {
			t.Fatalf("a used decoder reads it, a fresh one says %v", err)
		}
		for i, plane := range planesOf(t, got) {
			if other := planesOf(t, want)[i]; !bytes.Equal(plane.pix, other.pix) {
				t.Fatal("a used decoder and a fresh one differ")
			}
		}
		var out bytes.Buffer
		if err := Encode(&out, got, 70); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(out.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestScaledSurvivesDamage changes bytes of good pictures at random and cuts
// them. What is read all the same must be what the reference makes of it.
func TestScaledSurvivesDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var d Decoder
	sound, broken := 0, 0
	all := readable(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		good := all[name]
		if len(good) > 6000 {
			continue // as good as the others, and slow
		}
		for range 40 {
			b := bytes.Clone(good)
			for range 1 + rng.IntN(3) {
				b[2+rng.IntN(len(b)-4)] = byte(rng.Uint32())
			}
			if rng.IntN(4) == 0 {
				b = b[:rng.IntN(len(b))]
			}
			den := 2 << rng.IntN(3)
			got, err := d.Scaled(b, den)
			if _, whole := EntropyEnd(b); err != nil || !whole {
				broken++
				continue
			}
			reference := referencePlanes(t, b)
			if !possible(reference) {
				continue
			}
			sound++
			for i, plane := range planesOf(t, got) {
				if worst, _ := plane.differences(reference[i].render(8 / den)); worst > 1 {
					t.Errorf("%s at 1/%d, plane %d: off by %.2f", name, den, i, worst)
				}
			}
		}
	}
	if sound == 0 || broken == 0 {
		t.Errorf("%d sound and %d broken pictures prove nothing", sound, broken)
	}
}

// possible reports whether all coefficients are such as samples of 8 bits can
// have, and a little more. Beyond them integers overflow, and what is shown
// means nothing.
func possible(planes []refPlane) bool {
	for _, p := range planes {
		for _, block := range p.blocks {
			if slices.ContainsFunc(block[:], func(v float64) bool { return math.Abs(v) > 1<<14 }) {
				return false
			}
		}
	}
	return true
}
