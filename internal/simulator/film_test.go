package simulator

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadTellsCameraAndNumber(t *testing.T) {
	for _, n := range []int{1, 2, 12345, 999_999, 1_000_000, maxFrame} {
		b := encode(n, usual)
		for name, b := range map[string][]byte{
			"usual": b, "small": encode(n, small), "padded": padded(b, 150_000), "filled": filled(b),
			"thumbnail": withThumbnail(b, encode(7, small)), "still": progressive, "restarts": restart,
		} {
			camera, got, err := Read(tag(b, "some_camera", n))
			if camera != "some_camera" || got != n || err != nil {
				t.Errorf("%s %d: read %q, %d, %v", name, n, camera, got, err)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	b := encode(5, usual)
	for name, test := range map[string]struct {
		b    []byte
		want string
	}{
		"nothing":         {nil, "decode"},
		"cut":             {tag(b, "x", 5)[:1500], "decode"},
		"no comment":      {b, "no comment"},
		"another number":  {tag(b, "x", 6), "shows number 5"},
		"no number":       {insert(b, segment(mCOM, []byte("camhub simulator x"))), "comment"},
		"another picture": {tag(grey(t), "x", 5), "neither light nor dark"},
	} {
		if _, _, err := Read(test.b); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// grey is a picture of one grey.
func grey(t *testing.T) []byte {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(encode(1, usual)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, flat{img}, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestVariantsAreWhatTheyClaim compares some spoiled pictures with the good
// one, by a decoder.
func TestVariantsAreWhatTheyClaim(t *testing.T) {
	b := tag(encode(3, usual), "x", 3)
	if w := without(b, mDHT); bytes.Contains(w, []byte{0xFF, mDHT}) || len(b)-len(w) != 420 {
		t.Errorf("without tables: %d of %d bytes", len(w), len(b))
	}
	if c, err := jpeg.DecodeConfig(bytes.NewReader(resized(b, 640, 480))); err != nil || c.Width != 640 || c.Height != 480 {
		t.Errorf("resized: %+v, %v", c, err)
	}
	if got := noEOI(b); !bytes.Equal(append(slices.Clip(got), 0xFF, mEOI), b) {
		t.Error("more than the end marker lacks")
	}
	for name, spoil := range map[string]func([]byte) []byte{
		"cut": func(b []byte) []byte { return cut(b, 0.8) }, "damaged": damaged,
	} {
		before := slices.Clone(b)
		if _, err := jpeg.Decode(bytes.NewReader(spoil(b))); err == nil {
			t.Errorf("%s: it decodes", name)
		}
		if !bytes.Equal(b, before) {
			t.Errorf("%s: the film itself is spoiled", name)
		}
	}
	if !bytes.Contains(restart, []byte{0xFF, 0xD0}) || !bytes.Contains(progressive, []byte{0xFF, 0xC2}) {
		t.Error("the pictures from files are not what they should be")
	}
}

func TestFilmRunsWithTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFilm()
		last := firstFrame
		for range 50 {
			n, err := f.next(t.Context(), last, 1)
			if err != nil || n != last+1 {
				t.Fatalf("picture %d after %d, %v", n, last, err)
			}
			last = n
		}
		if d := time.Since(f.timeOf(firstFrame)); d != 50*tick {
			t.Errorf("50 pictures in %v", d)
		}
		time.Sleep(7*tick + tick/2) // a slow viewer misses some
		if n, err := f.next(t.Context(), last, 1); n != firstFrame+57 || err != nil {
			t.Errorf("picture %d, %v", n, err)
		}
		if n, err := f.next(t.Context(), 0, 1); n != firstFrame+58 || err != nil { // a new one gets a new picture
			t.Errorf("picture %d, %v", n, err)
		}
		why := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		if _, err := f.next(ctx, firstFrame+58, 10); !errors.Is(err, why) {
			t.Errorf("error %v", err)
		}
	})
}

func TestFilmKeepsLittle(t *testing.T) {
	f := newFilm()
	for n := range 200 {
		a, b := f.picture(n, usual), f.picture(n, usual)
		if &a[0] != &b[0] {
			t.Fatalf("picture %d is drawn twice", n)
		}
		if len(f.drawn) > keptFilm {
			t.Fatalf("%d pictures are kept", len(f.drawn))
		}
	}
	for n := 200; n > 0; n-- {
		if f.picture(n, small); len(f.drawn) > keptFilm {
			t.Fatalf("%d pictures are kept", len(f.drawn))
		}
	}
}

// flat is an image of one grey, of the size of another.
type flat struct{ image.Image }

func (flat) At(int, int) color.Color { return color.Gray{128} }
