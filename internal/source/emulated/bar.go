package emulated

import (
	"image"
	"time"
)

// A bar is a light that runs along a track once in every sweep, with a tail
// that fades. An MCU of it depends on its distance from the head alone.
type bar struct {
	rect   image.Rectangle // MCUs, one row
	phases []segment       // by half the distance of the head from the MCU's left edge
}

const (
	sweep     = 4 * time.Second
	barHeight = 6 // pixels, in the middle of the MCU
)

// newBar codes the MCUs for all positions of the head.
func newBar(rect image.Rectangle) (*bar, error) {
	b := &bar{rect: rect}
	width := rect.Dx() * mcuSize
	var c coder
	for head := 0; head < width; head += 2 {
		if head >= tail(width)+mcuSize { // the tail has passed the MCU
			b.phases = append(b.phases, b.phases[len(b.phases)-1])
			continue
		}
		img := image.NewRGBA(image.Rect(0, 0, mcuSize, mcuSize))
		fill(img, img.Rect, panelColor)
		paintBar(img, image.Rect(0, 0, width, mcuSize), head)
		s, err := c.encode(img, image.Point{})
		if err != nil {
			return nil, err
		}
		b.phases = append(b.phases, s)
	}
	return b, nil
}

// tail returns the length of the tail on a track, all in pixels.
func tail(width int) int { return min(160, width*5/8) }

// headAt returns the distance of the head from the left end of a track. It is
// even, as two pixels share their chroma.
func headAt(now time.Time, width int) int {
	ms := int(now.UnixMilli() % sweep.Milliseconds())
	return ms * (width / 2) / int(sweep.Milliseconds()) * 2
}

// paintBar paints a track and the light on it, in pixels.
func paintBar(img *image.RGBA, track image.Rectangle, head int) {
	long := tail(track.Dx())
	y := track.Min.Y + (mcuSize-barHeight)/2
	in := track.Intersect(img.Rect)
	for x := in.Min.X; x < in.Max.X; x++ {
		c := trackColor
		if d := (head - (x - track.Min.X) + track.Dx()) % track.Dx(); d < long {
			left := 1 - float64(d)/float64(long)
			c = mix(trackColor, accentColor, left*left)
		}
		fill(img, image.Rect(x, y, x+1, y+barHeight), c)
	}
}

// area implements part.
func (b *bar) area() image.Rectangle { return b.rect }

// update implements part.
func (b *bar) update(f *frame, v view, _ string) (string, error) {
	width := b.rect.Dx() * mcuSize
	head := headAt(v.now, width)
	for i := range b.rect.Dx() {
		d := (head - i*mcuSize + width) % width
		f.set(b.rect.Min.X+i, b.rect.Min.Y, b.phases[d/2])
	}
	return "", nil
}
