package emulated

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// A weight is one of the fonts. Fonts are read once and safe for concurrent use.
type weight func() (*sfnt.Font, error)

var (
	regular weight = sync.OnceValues(func() (*sfnt.Font, error) { return opentype.Parse(goregular.TTF) })
	medium  weight = sync.OnceValues(func() (*sfnt.Font, error) { return opentype.Parse(gomedium.TTF) })
)

// A pen writes one size of one font. It is for one goroutine.
type pen struct {
	font *sfnt.Font
	face font.Face
	buf  sfnt.Buffer
	px   fixed.Int26_6 // the size
}

// newPen returns a pen for text of px pixels (the em).
func newPen(w weight, px int) (*pen, error) {
	f, err := w()
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(px), DPI: 72})
	if err != nil {
		return nil, fmt.Errorf("set font to %d pixels: %w", px, err)
	}
	return &pen{font: f, face: face, px: fixed.I(px)}, nil
}

// glyph returns how far r moves the pen, and whether the font can draw it. A
// mark that the font lacks moves nothing; any other rune becomes a box.
func (p *pen) glyph(r rune) (advance fixed.Int26_6, known bool) {
	if i, err := p.font.GlyphIndex(&p.buf, r); err == nil && i != 0 {
		if a, ok := p.face.GlyphAdvance(r); ok {
			return a, true
		}
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) {
		return 0, false
	}
	return p.px * 6 / 10, false
}

// width returns the width of s, which is in composed form (NFC).
func (p *pen) width(s string) fixed.Int26_6 {
	var w fixed.Int26_6
	for _, r := range s {
		a, _ := p.glyph(r)
		w += a
	}
	return w
}

// fit returns the composed form of s and whether all of it has room in width;
// if not, it is cut with an ellipsis. It looks no further into s than that.
func (p *pen) fit(s string, width fixed.Int26_6) (text string, whole bool) {
	const ellipsis = "…"
	const longest = 1000 // bytes; a camera's name has 100 characters
	s = norm.NFC.String(s[:min(len(s), longest)])
	room := width - p.width(ellipsis)
	cut := 0 // where the ellipsis would go
	var w fixed.Int26_6
	for i, r := range s {
		if w <= room {
			cut = i
		}
		a, _ := p.glyph(r)
		if w += a; w > width {
			return s[:cut] + ellipsis, false
		}
	}
	return s, true
}

// baseline returns the y at which capitals stand in the middle of r.
func (p *pen) baseline(r image.Rectangle) int {
	capital := p.face.Metrics().CapHeight
	return r.Min.Y + (fixed.I(r.Dy())+capital).Round()/2
}

// write draws s with its baseline starting at the pixel at.
func (p *pen) write(dst draw.Image, at image.Point, s string, c color.Color) {
	d := font.Drawer{Dst: dst, Src: image.NewUniform(c), Face: p.face, Dot: fixed.P(at.X, at.Y)}
	for _, r := range s {
		a, known := p.glyph(r)
		if known {
			d.DrawString(string(r))
			continue
		}
		if a > 0 {
			p.box(dst, d.Dot, d.Src, a)
		}
		d.Dot.X += a
	}
}

// box draws the outline that stands for a rune of that advance.
func (p *pen) box(dst draw.Image, dot fixed.Point26_6, src image.Image, advance fixed.Int26_6) {
	line := max(1, p.px.Round()/14)
	edge := fixed.I(line)
	r := image.Rect((dot.X + edge).Round(), (dot.Y - p.px*7/10).Round(), (dot.X + advance - edge).Round(), dot.Y.Round())
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+line)},
		{image.Pt(r.Min.X, r.Max.Y-line), r.Max},
		{r.Min, image.Pt(r.Min.X+line, r.Max.Y)},
		{image.Pt(r.Max.X-line, r.Min.Y), r.Max},
	} {
		draw.Draw(dst, side, src, image.Point{}, draw.Over)
	}
}
