package emulated

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
	"time"
)

// sizes are those that cameras have, and those that break layouts.
var sizes = []image.Point{
	{X: 16, Y: 16}, {X: 17, Y: 16}, {X: 16, Y: 33}, {X: 31, Y: 31}, {X: 32, Y: 32}, {X: 64, Y: 48}, {X: 100, Y: 1080},
	{X: 160, Y: 120}, {X: 191, Y: 113}, {X: 192, Y: 112}, {X: 320, Y: 180}, {X: 320, Y: 240}, {X: 333, Y: 251},
	{X: 640, Y: 360}, {X: 640, Y: 480}, {X: 800, Y: 200}, {X: 1279, Y: 719}, {X: 1280, Y: 720}, {X: 1920, Y: 16},
	{X: 1920, Y: 1080},
}

// views are pictures that follow one another in a clock, with a change of
// every part and with jumps back.
var views = []view{
	{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), name: "Front door"},
	{now: time.Date(2026, 1, 1, 0, 0, 0, 100e6, time.UTC), name: "Front door", n: 1},
	{now: time.Date(2026, 9, 30, 20, 48, 36, 799e6, time.UTC), name: "Žižkov, čtvrtek", n: 98765432},
	{now: time.Date(2026, 9, 30, 23, 59, 59, 999e6, time.FixedZone("CEST", 7200)), name: "門", n: 99999999},
	{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), name: "", n: 100000000},
}

// plain draws a whole picture of v, with nothing shared or cut.
func plain(t *testing.T, size image.Point, v view) *image.RGBA {
	t.Helper()
	l := newLayout(size.X, size.Y)
	img := image.NewRGBA(image.Rectangle{Max: size})
	must(t, paintCard(img, l))
	parts, err := newParts(l)
	must(t, err)
	for _, p := range parts {
		switch p := p.(type) {
		case *label:
			must(t, p.paint(img, v))
		case *bar:
			track := pixels(p.rect)
			paintBar(img, track, headAt(v.now, track.Dx()))
		case *reel:
			cell := image.Rectangle{Min: p.rect.Min, Max: image.Pt(p.rect.Min.X, p.rect.Max.Y)}
			for _, glyph := range []byte(p.form(v)) {
				cell.Min.X, cell.Max.X = cell.Max.X, cell.Max.X+p.width(glyph)
				must(t, p.paint(img, cell, glyph))
			}
		default:
			t.Fatalf("part %T can't be drawn", p)
		}
	}
	return img
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newTestFrame returns a frame on a plate of its own.
func newTestFrame(t *testing.T, size image.Point) *frame {
	t.Helper()
	p, err := newPlate(size.X, size.Y)
	must(t, err)
	return newFrame(p)
}

// TestPictureEqualsPlainDrawing compares with image/jpeg coding the whole
// picture. Both transform and quantize the same blocks, so not one sample may
// differ.
func TestPictureEqualsPlainDrawing(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(t *testing.T) {
			f := newTestFrame(t, size)
			views := views
			if size.X*size.Y > 500_000 {
				views = views[2:4] // every part changes, and the test stays short
			}
			for i, v := range views {
				got, err := f.draw(v)
				must(t, err)
				if len(got) != f.size || cap(got) != f.size {
					t.Errorf("view %d: %d bytes in %d, counted %d", i, len(got), cap(got), f.size)
				}
				var want bytes.Buffer
				must(t, jpeg.Encode(&want, plain(t, size, v), &jpeg.Options{Quality: quality}))
				a, b := decode(t, got), decode(t, want.Bytes())
				if a.Rect.Size() != size {
					t.Fatalf("view %d: size %v, want %v", i, a.Rect.Size(), size)
				}
				if !bytes.Equal(a.Y, b.Y) || !bytes.Equal(a.Cb, b.Cb) || !bytes.Equal(a.Cr, b.Cr) {
					t.Errorf("view %d: differs from the plain drawing by %.3f a sample", i, meanDifference(t, a, b))
				}
			}
		})
	}
}

// TestOnlyThePartsChange compares two pictures part by part.
func TestOnlyThePartsChange(t *testing.T) {
	size := image.Pt(1280, 720)
	l := newLayout(size.X, size.Y)
	areas := map[string]image.Rectangle{
		"name": l.name, "counter": l.counter, "time": l.time, "tenths": l.tenths, "bar": l.bar, "date": l.date,
	}
	base := view{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), name: "Gate", n: 41}
	tests := []struct {
		name    string
		change  func(v *view)
		changed []string
	}{
		{"nothing", func(*view) {}, nil},
		{"name", func(v *view) { v.name = "Gate 2" }, []string{"name"}},
		{"name in the font or not", func(v *view) { v.name = "門" }, []string{"name"}},
		{"counter", func(v *view) { v.n++ }, []string{"counter"}},
		{"a tenth", func(v *view) { v.now = v.now.Add(100 * time.Millisecond) }, []string{"tenths", "bar"}},
		{"a second, when the bar is where it was", func(v *view) { v.now = v.now.Add(sweep) }, []string{"time"}},
		{"a day", func(v *view) { v.now = v.now.AddDate(0, 0, 1) }, []string{"date"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newTestFrame(t, size)
			before, err := f.draw(base)
			must(t, err)
			v := base
			test.change(&v)
			after, err := f.draw(v)
			must(t, err)
			a, b := decode(t, before), decode(t, after)
			total := difference(t, a, b, a.Rect)
			for _, part := range test.changed {
				d := difference(t, a, b, pixels(areas[part]))
				if d < 1000 {
					t.Errorf("%s: the difference is %d, it does not show", part, d)
				}
				total -= d
			}
			if total != 0 {
				t.Errorf("there is a difference of %d outside of %v", total, test.changed)
			}
		})
	}
}

func TestBarMovesInEverySize(t *testing.T) {
	for _, size := range sizes {
		f := newTestFrame(t, size)
		v := views[0]
		before, err := f.draw(v)
		must(t, err)
		v.now = v.now.Add(sweep / 2)
		after, err := f.draw(v)
		must(t, err)
		a, b := decode(t, before), decode(t, after)
		if difference(t, a, b, pixels(newLayout(size.X, size.Y).bar)) < 1000 {
			t.Errorf("%v: the bar does not move", size)
		}
	}
}

// TestPictureIsNotTouchedAgain holds draw to giving its slices away.
func TestPictureIsNotTouchedAgain(t *testing.T) {
	f := newTestFrame(t, image.Pt(320, 240))
	first, err := f.draw(views[0])
	must(t, err)
	kept := bytes.Clone(first)
	for _, v := range views {
		_, err := f.draw(v)
		must(t, err)
	}
	if !bytes.Equal(first, kept) {
		t.Error("a later picture wrote into the first one")
	}
}

func TestClocksOfOneSizeShareAPlate(t *testing.T) {
	var s plates
	a, err := s.take(64, 48)
	must(t, err)
	b, err := s.take(64, 48)
	must(t, err)
	other, err := s.take(64, 49)
	must(t, err)
	if a != b || a == other {
		t.Error("want one plate for each size")
	}
	s.give(64, 48)
	s.give(64, 48)
	s.give(64, 49)
	if len(s.held) != 0 {
		t.Errorf("%d plates are kept for nobody", len(s.held))
	}
}

// TestClocksRunSideBySide is for the race detector: they share glyphs.
func TestClocksRunSideBySide(t *testing.T) {
	p, err := newPlate(640, 360)
	must(t, err)
	done := make(chan error)
	for range 4 {
		go func() {
			f := newFrame(p)
			for i := range 12 {
				v := views[i%len(views)]
				v.n = uint64(i)
				if _, err := f.draw(v); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		must(t, <-done)
	}
}
