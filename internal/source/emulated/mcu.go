package emulated

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"sync"
)

// mcuSize is the side in pixels of a minimum coded unit with 4:2:0 chroma
// (ITU-T T.81, A.2).
const mcuSize = 16

// quality is what every clock is coded with, so that all of them share their
// tables and hence their segments.
const quality = 88

// A segment is the entropy-coded data of one MCU that is a restart interval of
// its own: it starts and ends at a byte, depends on no other MCU, and holds no
// marker. It is immutable.
type segment []byte

// A coder codes MCUs with image/jpeg. It remembers what it has coded, so that
// equal pixels cost one encoding; throw it away when a drawing is done. It is
// for one goroutine.
type coder struct {
	out  memory
	key  []byte
	seen map[string]segment
}

// encode returns the segment of the MCU of img whose corner is at p, in
// pixels. Where img ends inside the MCU, the last row and column are repeated,
// as image/jpeg does at the border of a whole picture.
func (c *coder) encode(img *image.RGBA, p image.Point) (segment, error) {
	sub, ok := img.SubImage(image.Rectangle{Min: p, Max: p.Add(image.Pt(mcuSize, mcuSize))}).(*image.RGBA)
	if !ok || sub.Rect.Empty() {
		return nil, fmt.Errorf("code MCU at %v: outside of the picture %v", p, img.Rect)
	}
	c.key = append(c.key[:0], byte(sub.Rect.Dx()), byte(sub.Rect.Dy()))
	for y := range sub.Rect.Dy() {
		c.key = append(c.key, sub.Pix[y*sub.Stride:][:4*sub.Rect.Dx()]...)
	}
	if s, ok := c.seen[string(c.key)]; ok {
		return s, nil
	}
	pre, err := prologue()
	if err != nil {
		return nil, err
	}
	c.out = c.out[:0]
	if err := jpeg.Encode(&c.out, sub, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("code MCU at %v: %w", p, err)
	}
	s := segment(bytes.Clone(c.out[len(pre) : len(c.out)-len(eoi)]))
	if c.seen == nil {
		c.seen = make(map[string]segment)
	}
	c.seen[string(c.key)] = s
	return s, nil
}

// codeAll returns the segments of all MCUs of img, row by row.
func codeAll(img *image.RGBA) ([]segment, error) {
	var c coder
	var segments []segment
	r := img.Rect
	for y := r.Min.Y; y < r.Max.Y; y += mcuSize {
		for x := r.Min.X; x < r.Max.X; x += mcuSize {
			s, err := c.encode(img, image.Pt(x, y))
			if err != nil {
				return nil, err
			}
			segments = append(segments, s)
		}
	}
	return segments, nil
}

// memory is a byte slice that image/jpeg writes to without a buffer between.
type memory []byte

func (m *memory) Write(b []byte) (int, error) { *m = append(*m, b...); return len(b), nil }
func (m *memory) WriteByte(b byte) error      { *m = append(*m, b); return nil }
func (m *memory) Flush() error                { return nil }

var (
	soi  = []byte{0xFF, 0xD8}
	eoi  = []byte{0xFF, 0xD9}
	sof0 = []byte{0xFF, 0xC0, 0, 17, 8} // baseline, 3 components, 8 bits
	sos  = []byte{0xFF, 0xDA, 0, 12, 3}

	// sampling420 is what follows the size in SOF0: three components, the
	// first at twice the resolution of the others both ways.
	sampling420 = []byte{3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1}

	// jfif says what T.81 does not: the colours are BT.601 at full range
	// (ITU-T T.871, 10.1: version 1.02, square pixels, no thumbnail).
	jfif = []byte{0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 0, 0, 1, 0, 1, 0, 0}

	// everyMCU makes each MCU a restart interval (T.81, B.2.4.4).
	everyMCU = []byte{0xFF, 0xDD, 0, 4, 0, 1}
)

// prologue returns everything that image/jpeg writes before the entropy-coded
// data of a picture of one MCU. It fails when that is not the sort of JPEG
// that segments can be cut out of.
var prologue = sync.OnceValues(func() ([]byte, error) {
	var out memory
	img := image.NewRGBA(image.Rect(0, 0, mcuSize, mcuSize))
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("code a picture of one MCU: %w", err)
	}
	scan := bytes.Index(out, sos)
	size := bytes.Index(out, sof0)
	if size < 0 || scan < size || !bytes.HasPrefix(out[size+len(sof0)+4:], sampling420) ||
		!bytes.HasPrefix(out, soi) || !bytes.HasSuffix(out, eoi) {
		return nil, errors.New("code a picture of one MCU: image/jpeg does not write baseline 4:2:0")
	}
	return out[:scan+2+int(sos[3])], nil
})

// header returns the bytes of a picture of w by h pixels up to its first MCU.
func header(w, h int) ([]byte, error) {
	pre, err := prologue()
	if err != nil {
		return nil, err
	}
	scan := bytes.Index(pre, sos)
	b := bytes.Join([][]byte{soi, jfif, pre[len(soi):scan], everyMCU, pre[scan:]}, nil)
	size := b[bytes.Index(b, sof0)+len(sof0):]
	size[0], size[1], size[2], size[3] = byte(h>>8), byte(h), byte(w>>8), byte(w)
	return b, nil
}
