package emulated

import (
	"image"
	"image/color"
	"sync"
)

// A reel shows digits, colons and points, each in a cell of whole MCUs on the
// plain panel: a digit is drawn and coded once, and fits into every cell.
type reel struct {
	rect   image.Rectangle // MCUs
	digit  int             // width of the cell of a digit, in MCUs
	px     int             // size of the text
	color  color.RGBA
	form   form
	glyphs map[byte]func() ([]segment, error) // complete from the start; safe for concurrent use
}

// newReel draws nothing yet: each glyph is coded when a clock first needs it.
func newReel(rect image.Rectangle, digit, px int, c color.RGBA, text form) *reel {
	r := &reel{rect: rect, digit: digit, px: px, color: c, form: text, glyphs: make(map[byte]func() ([]segment, error))}
	for _, g := range []byte("0123456789:.") {
		r.glyphs[g] = sync.OnceValues(func() ([]segment, error) {
			cell := image.Rect(0, 0, r.width(g), rect.Dy())
			img := image.NewRGBA(pixels(cell))
			fill(img, img.Rect, panelColor)
			if err := r.paint(img, cell, g); err != nil {
				return nil, err
			}
			return codeAll(img)
		})
	}
	return r
}

// width returns the width of the cell of a glyph, in MCUs.
func (r *reel) width(glyph byte) int {
	if glyph == ':' || glyph == '.' {
		return colon(r.digit)
	}
	return r.digit
}

// paint writes one glyph in the middle of a cell.
func (r *reel) paint(img *image.RGBA, cell image.Rectangle, glyph byte) error {
	p, err := newPen(medium, r.px)
	if err != nil {
		return err
	}
	box := pixels(cell)
	text := string(rune(glyph))
	at := image.Pt(box.Min.X+(box.Dx()-p.width(text).Round())/2, p.baseline(box))
	p.write(img, at, text, r.color)
	return nil
}

// area implements part.
func (r *reel) area() image.Rectangle { return r.rect }

// update implements part.
func (r *reel) update(f *frame, v view, shown string) (string, error) {
	text := r.form(v)
	x := r.rect.Min.X
	for i := range len(text) {
		w := r.width(text[i])
		if i >= len(shown) || shown[i] != text[i] {
			segments, err := r.glyphs[text[i]]()
			if err != nil {
				return "", err
			}
			f.setAll(image.Rect(x, r.rect.Min.Y, x+w, r.rect.Max.Y), segments)
		}
		x += w
	}
	return text, nil
}
