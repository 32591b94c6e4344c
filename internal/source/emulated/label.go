package emulated

import (
	"image"
	"image/color"
	"image/draw"
	"sync/atomic"

	"golang.org/x/image/math/fixed"
)

// A label is a line of text on the panel, in the first of its forms that has
// room. It is drawn when the text changes, unless another clock has just had
// it drawn: all show the same date.
type label struct {
	rect  image.Rectangle // MCUs
	px    int             // size of the text
	color color.RGBA
	forms []form // never empty
	cut   bool   // when no form has room: cut the last one, else leave it out
	right bool   // the text ends at the right edge
	last  atomic.Pointer[lettering]
}

// A lettering is what a label looks like with one text. It is immutable.
type lettering struct {
	text     string // in the first form
	segments []segment
}

// area implements part.
func (l *label) area() image.Rectangle { return l.rect }

// update implements part. What is shown is the first form.
func (l *label) update(f *frame, v view, shown string) (string, error) {
	text := l.forms[0](v)
	if text == shown || l.rect.Empty() {
		return text, nil
	}
	drawn := l.last.Load()
	if drawn == nil || drawn.text != text {
		segments, err := l.draw(v)
		if err != nil {
			return "", err
		}
		drawn = &lettering{text, segments}
		l.last.Store(drawn)
	}
	f.setAll(l.rect, drawn.segments)
	return text, nil
}

// draw returns the MCUs of the label.
func (l *label) draw(v view) ([]segment, error) {
	img := image.NewRGBA(pixels(l.rect))
	fill(img, img.Rect, panelColor)
	if err := l.paint(img, v); err != nil {
		return nil, err
	}
	return codeAll(img)
}

// paint writes the text into a picture whose panel is painted. What is too
// tall for the line, such as two accents on a capital, is cut.
func (l *label) paint(img *image.RGBA, v view) error {
	if l.rect.Empty() {
		return nil
	}
	p, err := newPen(regular, l.px)
	if err != nil {
		return err
	}
	r := pixels(l.rect)
	text := l.choose(p, v, fixed.I(r.Dx()))
	at := image.Pt(r.Min.X, p.baseline(r))
	if l.right {
		at.X = r.Max.X - p.width(text).Ceil()
	}
	if line, ok := img.SubImage(r).(draw.Image); ok {
		p.write(line, at, text, l.color)
	}
	return nil
}

// choose returns the text that has room in width.
func (l *label) choose(p *pen, v view, width fixed.Int26_6) string {
	var text string
	for _, form := range l.forms {
		var whole bool
		if text, whole = p.fit(form(v), width); whole {
			return text
		}
	}
	if !l.cut {
		return ""
	}
	return text
}
