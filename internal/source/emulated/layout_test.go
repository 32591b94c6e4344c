package emulated

import (
	"image"
	"image/color"
	"testing"
)

// TestPartsHaveTheirOwnMCUs goes through every size in MCUs: a cell that is
// drawn once fits everywhere only on the plain panel and on whole MCUs.
func TestPartsHaveTheirOwnMCUs(t *testing.T) {
	for cols := 1; cols <= maxWidth/mcuSize; cols++ {
		for rows := 1; rows <= maxHeight/mcuSize; rows++ {
			l := newLayout(cols*mcuSize+cols%mcuSize, rows*mcuSize+rows%mcuSize)
			parts := map[string]image.Rectangle{
				"name": l.name, "counter": l.counter, "time": l.time, "tenths": l.tenths,
				"bar": l.bar, "date": l.date, "dims": l.dims, "patches": l.patches,
			}
			ground := l.panel.Intersect(image.Rect(0, 0, cols, rows))
			for a, ra := range parts {
				if (a != "patches" && !ra.In(ground)) || (a == "patches" && (ra.Overlaps(l.panel) || !ra.In(image.Rect(0, 0, cols, rows)))) {
					t.Fatalf("%d x %d MCUs: %s %v is not on its ground, the panel is %v", cols, rows, a, ra, l.panel)
				}
				for b, rb := range parts {
					if a != b && ra.Overlaps(rb) {
						t.Fatalf("%d x %d MCUs: %s %v and %s %v overlap", cols, rows, a, ra, b, rb)
					}
				}
			}
			if l.bar.Empty() || l.bar.Dy() != 1 {
				t.Fatalf("%d x %d MCUs: the bar is %v", cols, rows, l.bar)
			}
		}
	}
}

// TestCoderTellsShapesApart has two MCUs at the border with equal bytes.
func TestCoderTellsShapesApart(t *testing.T) {
	low := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for i := range 16 * 8 {
		low.SetRGBA(i%16, i/16, color.RGBA{uint8(2 * i), 0, 0, 0xFF})
	}
	narrow := image.NewRGBA(image.Rect(0, 0, 8, 16))
	copy(narrow.Pix, low.Pix)
	var both, alone coder
	_, err := both.encode(low, image.Point{})
	must(t, err)
	got, err := both.encode(narrow, image.Point{})
	must(t, err)
	want, err := alone.encode(narrow, image.Point{})
	must(t, err)
	if string(got) != string(want) {
		t.Error("an MCU got the segment of one with another shape")
	}
	if _, err := both.encode(narrow, image.Pt(16, 0)); err == nil {
		t.Error("an MCU outside of the picture is coded")
	}
}
