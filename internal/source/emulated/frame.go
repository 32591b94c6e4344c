package emulated

import (
	"image"
	"time"
)

// A view is what one picture shows.
type view struct {
	now  time.Time
	name string // of the camera
	n    uint64 // pictures before this one
}

// A frame is the picture of one clock as it stands. It is for one goroutine.
type frame struct {
	plate *plate
	slots []segment // the MCUs plate.moving
	shown []string  // what each of plate.parts shows
	size  int       // of the whole picture, in bytes
}

// newFrame returns the bare test card.
func newFrame(p *plate) *frame {
	f := &frame{plate: p, slots: make([]segment, len(p.moving)), shown: make([]string, len(p.parts))}
	for k, i := range p.moving {
		f.slots[k] = p.scan[p.at[i] : p.at[i+1]-2]
	}
	f.size = len(p.head) + len(p.scan)
	return f
}

// set puts s in the MCU of column x and row y, which must belong to a part.
func (f *frame) set(x, y int, s segment) {
	slot := &f.slots[f.plate.slot[y*f.plate.cols+x]]
	f.size += len(s) - len(*slot)
	*slot = s
}

// setAll puts segments, row by row, in the MCUs of r, which must belong to a
// part.
func (f *frame) setAll(r image.Rectangle, segments []segment) {
	for i, s := range segments {
		f.set(r.Min.X+i%r.Dx(), r.Min.Y+i/r.Dx(), s)
	}
}

// draw returns the picture of v, a whole JPEG in a slice of its own. Nothing
// is coded but the parts that change to what no clock on this plate has shown.
func (f *frame) draw(v view) ([]byte, error) {
	for i, part := range f.plate.parts {
		shown, err := part.update(f, v, f.shown[i])
		if err != nil {
			return nil, err
		}
		f.shown[i] = shown
	}
	return f.join(), nil
}

// join strings the plate and the slots together.
func (f *frame) join() []byte {
	p := f.plate
	b := make([]byte, 0, f.size)
	b = append(b, p.head...)
	next := 0
	for k, i := range p.moving {
		b = append(b, p.scan[p.at[next]:p.at[i]]...)
		b = append(b, f.slots[k]...)
		b = append(b, 0xFF, p.marker(i))
		next = i + 1
	}
	return append(b, p.scan[p.at[next]:]...)
}
