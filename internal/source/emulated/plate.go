package emulated

import (
	"fmt"
	"image"
)

// A plate is what all clocks of one size have in common: the coded test card
// and the parts that are laid over it. It is safe for concurrent use.
type plate struct {
	cols, rows int    // in MCUs, with those that the border cuts
	head       []byte // of every picture, up to the first MCU
	scan       []byte // the test card: each MCU and the marker behind it
	at         []int  // MCU i is scan[at[i]:at[i+1]]
	moving     []int  // the MCUs that parts cover, ascending
	slot       []int  // slot[i] is the place of MCU i in moving, or -1
	parts      []part
}

// A part is a thing in the picture that changes.
type part interface {
	// area is what the part covers, in MCUs; it may be empty.
	area() image.Rectangle
	// update brings the part's MCUs in f up to v. shown is what it returned
	// for this frame before, "" at first.
	update(f *frame, v view, shown string) (string, error)
}

// newPlate draws and codes the test card of w by h pixels.
func newPlate(w, h int) (*plate, error) {
	l := newLayout(w, h)
	p := &plate{cols: (w + mcuSize - 1) / mcuSize, rows: (h + mcuSize - 1) / mcuSize}
	var err error
	if p.head, err = header(w, h); err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if err := paintCard(img, l); err != nil {
		return nil, fmt.Errorf("draw test card: %w", err)
	}
	if err := p.code(img); err != nil {
		return nil, fmt.Errorf("code test card: %w", err)
	}
	if p.parts, err = newParts(l); err != nil {
		return nil, err
	}
	p.findMoving()
	return p, nil
}

// code fills scan with the MCUs of img.
func (p *plate) code(img *image.RGBA) error {
	segments, err := codeAll(img)
	if err != nil {
		return err
	}
	p.at = []int{0}
	for i, s := range segments {
		p.scan = append(p.scan, s...)
		p.scan = append(p.scan, 0xFF, p.marker(i))
		p.at = append(p.at, len(p.scan))
	}
	return nil
}

// marker returns the second byte of the marker behind MCU i: RST0 to RST7 in
// turn (T.81, E.1.4), and EOI behind the last.
func (p *plate) marker(i int) byte {
	if i == p.cols*p.rows-1 {
		return eoi[1]
	}
	return 0xD0 + byte(i%8)
}

// findMoving fills moving and slot.
func (p *plate) findMoving() {
	p.slot = make([]int, p.cols*p.rows)
	for i := range p.slot {
		p.slot[i] = -1
		at := image.Pt(i%p.cols, i/p.cols)
		for _, part := range p.parts {
			if at.In(part.area()) {
				p.slot[i] = len(p.moving)
				p.moving = append(p.moving, i)
				break
			}
		}
	}
}
