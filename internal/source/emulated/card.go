package emulated

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// The colours of the clock.
var (
	nightTop    = color.RGBA{0x0B, 0x12, 0x20, 0xFF}
	nightBottom = color.RGBA{0x1B, 0x2A, 0x41, 0xFF}
	gridColor   = color.RGBA{0x2A, 0x3B, 0x57, 0xFF}
	ringColor   = color.RGBA{0x3D, 0x52, 0x75, 0xFF}
	markColor   = color.RGBA{0x8F, 0xA3, 0xBF, 0xFF}
	panelColor  = color.RGBA{0x0A, 0x10, 0x1C, 0xFF}
	trackColor  = color.RGBA{0x1C, 0x29, 0x3D, 0xFF}
	accentColor = color.RGBA{0x4F, 0xC3, 0xF7, 0xFF}
	textColor   = color.RGBA{0xF2, 0xF5, 0xF9, 0xFF}
	quietColor  = color.RGBA{0x94, 0xA6, 0xBF, 0xFF}
)

// patchColors are the colour bars at 75 % (EBU Tech 3325), so that a wrong
// colour matrix or range shows at a glance.
var patchColors = []color.RGBA{
	{0xBF, 0xBF, 0xBF, 0xFF}, {0xBF, 0xBF, 0x00, 0xFF}, {0x00, 0xBF, 0xBF, 0xFF}, {0x00, 0xBF, 0x00, 0xFF},
	{0xBF, 0x00, 0xBF, 0xFF}, {0xBF, 0x00, 0x00, 0xFF}, {0x00, 0x00, 0xBF, 0xFF}, {0x10, 0x10, 0x10, 0xFF},
}

// pixels turns a rectangle of MCUs into one of pixels.
func pixels(r image.Rectangle) image.Rectangle {
	return image.Rectangle{Min: r.Min.Mul(mcuSize), Max: r.Max.Mul(mcuSize)}
}

// mix returns the colour at t from a (0) to b (1).
func mix(a, b color.RGBA, t float64) color.RGBA {
	at := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*t)) }
	return color.RGBA{at(a.R, b.R), at(a.G, b.G), at(a.B, b.B), 0xFF}
}

// fill paints r in one colour.
func fill(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// blend lays c over one pixel, t from 0 (nothing) to 1.
func blend(img *image.RGBA, x, y int, c color.RGBA, t float64) {
	if t > 0 && image.Pt(x, y).In(img.Rect) {
		img.SetRGBA(x, y, mix(img.RGBAAt(x, y), c, min(t, 1)))
	}
}

// paintCard paints what never changes on the whole of img: the test card, the
// empty panel, and the size of the picture in words.
func paintCard(img *image.RGBA, l layout) error {
	size := img.Rect.Size()
	for y := range size.Y {
		fill(img, image.Rect(0, y, size.X, y+1), mix(nightTop, nightBottom, float64(y)/float64(size.Y)))
	}
	if l.digit > 0 {
		paintGrid(img)
		paintRing(img, float64(size.Y)*0.46)
		paintMarks(img, max(1, size.Y/240))
	}
	paintPatches(img, pixels(l.patches))
	radius := 0
	if l.digit > 0 {
		radius = mcuSize - 4
	}
	paintPanel(img, pixels(l.panel), radius)
	return paintDims(img, l, size)
}

// paintGrid paints lines 64 pixels apart, the middle ones through the middle.
func paintGrid(img *image.RGBA) {
	const step = 4 * mcuSize
	size := img.Rect.Size()
	for x := size.X / 2 % step; x < size.X; x += step {
		fill(img, image.Rect(x, 0, x+1, size.Y), gridColor)
	}
	for y := size.Y / 2 % step; y < size.Y; y += step {
		fill(img, image.Rect(0, y, size.X, y+1), gridColor)
	}
}

// paintRing paints a circle around the middle: round only where pixels are square.
func paintRing(img *image.RGBA, radius float64) {
	size := img.Rect.Size()
	cx, cy := float64(size.X)/2, float64(size.Y)/2
	half := max(0.75, radius/180) // of the line
	for y := range size.Y {
		dy := float64(y) + 0.5 - cy
		outer := math.Sqrt(max(0, (radius+half+1)*(radius+half+1)-dy*dy))
		inner := math.Sqrt(max(0, (radius-half-1)*(radius-half-1)-dy*dy))
		for dx := math.Floor(inner); dx <= outer; dx++ {
			d := math.Abs(math.Hypot(dx+0.5, dy) - radius)
			blend(img, int(cx+dx), y, ringColor, half+0.5-d)
			blend(img, int(cx-dx)-1, y, ringColor, half+0.5-d)
		}
	}
}

// paintMarks paints the four corners of the picture, so that cut edges show.
func paintMarks(img *image.RGBA, line int) {
	size := img.Rect.Size()
	long, in := size.Y/16, 4*line
	for _, x := range []int{in, size.X - in - long} {
		fill(img, image.Rect(x, in, x+long, in+line), markColor)
		fill(img, image.Rect(x, size.Y-in-line, x+long, size.Y-in), markColor)
	}
	for _, y := range []int{in, size.Y - in - long} {
		fill(img, image.Rect(in, y, in+line, y+long), markColor)
		fill(img, image.Rect(size.X-in-line, y, size.X-in, y+long), markColor)
	}
}

// paintPatches paints the colour bars and under them a ramp of greys.
func paintPatches(img *image.RGBA, r image.Rectangle) {
	if r.Empty() {
		return
	}
	ramp := r.Min.Y + r.Dy()*2/3
	for i, c := range patchColors {
		fill(img, image.Rect(r.Min.X+i*r.Dx()/8, r.Min.Y, r.Min.X+(i+1)*r.Dx()/8, ramp), c)
	}
	const steps = 16
	for i := range steps {
		grey := uint8(i * 255 / (steps - 1))
		fill(img, image.Rect(r.Min.X+i*r.Dx()/steps, ramp, r.Min.X+(i+1)*r.Dx()/steps, r.Max.Y), color.RGBA{grey, grey, grey, 0xFF})
	}
}

// paintPanel paints the panel with round corners.
func paintPanel(img *image.RGBA, r image.Rectangle, radius int) {
	fill(img, image.Rect(r.Min.X+radius, r.Min.Y, r.Max.X-radius, r.Max.Y), panelColor)
	fill(img, image.Rect(r.Min.X, r.Min.Y+radius, r.Max.X, r.Max.Y-radius), panelColor)
	for y := range radius {
		for x := range radius {
			d := float64(radius) - math.Hypot(float64(radius-x)-0.5, float64(radius-y)-0.5) + 0.5
			blend(img, r.Min.X+x, r.Min.Y+y, panelColor, d)
			blend(img, r.Max.X-1-x, r.Min.Y+y, panelColor, d)
			blend(img, r.Min.X+x, r.Max.Y-1-y, panelColor, d)
			blend(img, r.Max.X-1-x, r.Max.Y-1-y, panelColor, d)
		}
	}
}
