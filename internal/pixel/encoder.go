package pixel

import (
	"bytes"
	"fmt"
)

// Encoder makes JPEGs of frames of one format, size and quality. It keeps its
// memory between frames, so it is not safe for concurrent use, and there is one
// for each camera.
type Encoder struct {
	format                Format
	width, height, stride int
	size                  int // least bytes of a frame

	s     strip
	luma  *divider
	color *divider
	huff  [2][2]codes // by class and table
	b     block
	w     bitWriter
	head  int // bytes of the headers, which stay at the start of w.out
}

// NewEncoder returns an encoder of frames of f with the given size in pixels.
// Lines of the first plane are stride bytes apart (V4L2's bytesperline), or
// without padding when it is 0; planes behind it have that stride or, in YU12,
// half of it. The quality is from 1 to 100, with the tables of libjpeg.
//
// It fails where FrameSize does, and for a quality out of range.
func NewEncoder(f Format, width, height, stride, quality int) (*Encoder, error) {
	size, err := f.FrameSize(width, height, stride)
	if err != nil {
		return nil, fmt.Errorf("encode pixels: %w", err)
	}
	if quality < 1 || quality > 100 {
		return nil, fmt.Errorf("encode pixels: quality %d is not from 1 to 100", quality)
	}
	if f.Range != FullRange && f.Range != LimitedRange {
		return nil, fmt.Errorf("encode pixels: unknown range %d", f.Range)
	}
	if stride == 0 {
		stride = f.Stride(width)
	}
	e := &Encoder{
		format: f, width: width, height: height, stride: stride, size: size,
		s: newStrip(f.layout, width), huff: standardCodes(),
	}
	luma, color := quantTable(&quantLuma, quality), quantTable(&quantChroma, quality)
	if f.Range == LimitedRange {
		// Blocks brighter than white and darker than black need this, to have a code.
		luma[0], color[0] = max(luma[0], 2), max(color[0], 2)
	}
	e.dividers(&luma, &color)
	e.w.out = e.headers(&luma, &color)
	e.head = len(e.w.out)
	return e, nil
}

// dividers folds the range of the format into the quantization.
func (e *Encoder) dividers(luma, color *[64]byte) {
	zero, stretchY, stretchC := 128.0, 1.0, 1.0
	if e.format.Range == LimitedRange {
		stretchY, stretchC = 255./219, 255./224
		zero = 16 + 128/stretchY
		if e.format.layout.rgb {
			stretchC = stretchY // as that of its parts
		}
	}
	e.luma = newDivider(luma, zero, stretchY)
	e.color = newDivider(color, 128, stretchC)
}

// Encode returns the frame as a new JPEG, which is the caller's. It reads the
// frame during the call alone and never writes to it, so that it may be memory
// of a driver. Bytes behind the last pixel are ignored; a frame that has not all
// pixels is refused.
func (e *Encoder) Encode(frame []byte) ([]byte, error) {
	if len(frame) < e.size {
		return nil, fmt.Errorf("encode pixels: %d bytes of a frame of %dx%d in %s, which has %d", len(frame), e.width, e.height, e.format.FourCC, e.size)
	}
	l := e.format.layout
	e.w.n, e.w.acc, e.w.free = e.head, 0, 64
	var last [3]int32
	for y := 0; y < e.height; y += 8 * l.vmax {
		l.strip(e, frame, y)
		e.reserve()
		for x := 0; x < e.s.yStride; x += 8 * l.hmax {
			e.unit(x, &last)
		}
	}
	e.reserve()
	e.w.close()
	e.w.out[e.w.n], e.w.out[e.w.n+1] = 0xFF, 0xD9 // EOI
	return bytes.Clone(e.w.out[:e.w.n+2]), nil
}

// unit writes the MCU of the strip that begins at column x of luma; last has the
// first coefficients of the blocks before, by component.
func (e *Encoder) unit(x int, last *[3]int32) {
	l := e.format.layout
	for v := range l.vmax {
		for h := range l.hmax {
			e.b.transform(e.s.y[8*v*e.s.yStride+x+8*h:], e.s.yStride, e.luma)
			last[0] = e.w.block(&e.b, last[0], &e.huff[0][0], &e.huff[1][0])
		}
	}
	if l.gray {
		return
	}
	x /= l.hmax
	e.b.transform(e.s.cb[x:], e.s.cStride, e.color)
	last[1] = e.w.block(&e.b, last[1], &e.huff[0][1], &e.huff[1][1])
	e.b.transform(e.s.cr[x:], e.s.cStride, e.color)
	last[2] = e.w.block(&e.b, last[2], &e.huff[0][1], &e.huff[1][1])
}

// reserve makes room for a strip in out, in which each block takes as many bytes
// as one can.
func (e *Encoder) reserve() {
	need := e.w.n + (len(e.s.y)+len(e.s.cb)+len(e.s.cr))/64*maxBlockBytes + 64
	if len(e.w.out) >= need {
		return
	}
	out := make([]byte, need+need/2)
	copy(out, e.w.out[:e.w.n])
	e.w.out = out
}
