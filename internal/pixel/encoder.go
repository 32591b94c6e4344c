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
	pair  blockPair
	last  [3]int32 // first coefficients of the blocks before, by component
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
		s: newStrip(f.kind, width), huff: standardCodes(),
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
		if e.format.kind == rgb {
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
	h, v := e.format.kind.sampling()
	units := (e.width + 8*h - 1) / (8 * h)
	e.w.n, e.w.acc, e.w.free, e.last = e.head, 0, 64, [3]int32{}
	for y := 0; y < e.height; y += 8 * v {
		e.s.read(e, frame, y)
		e.reserve()
		if e.format.kind == gray {
			e.grayStrip(units)
		} else {
			e.colorStrip(units, v)
		}
	}
	e.reserve()
	e.w.close()
	e.w.out[e.w.n], e.w.out[e.w.n+1] = 0xFF, 0xD9 // EOI
	return bytes.Clone(e.w.out[:e.w.n+2]), nil
}

// grayStrip writes a strip of units blocks. Behind an odd number there is one
// that is not written.
func (e *Encoder) grayStrip(units int) {
	for i := 0; i < units; i += 2 {
		e.pair.rows.planes(e.s.y[8*i:], e.s.y[8*i+8:], e.s.yStride)
		e.pair.columns(e.luma)
		e.write(0, &e.pair.b[0])
		if i+1 < units {
			e.write(0, &e.pair.b[1])
		}
	}
}

// colorStrip writes a strip of units MCUs, with v rows of two luma blocks each.
func (e *Encoder) colorStrip(units, v int) {
	s, g, cb, cr := &e.s, &e.pair.rows, &e.pair.b[0], &e.pair.b[1]
	if e.format.kind == pairs && e.format.swapped {
		cb, cr = cr, cb
	}
	y, lumaAt := s.y[:cap(s.y)], e.format.lumaAt()
	for i := range units {
		for row := range v {
			if e.format.kind == packed {
				g.packedLuma(y[32*i+lumaAt:], s.yStride)
			} else {
				at := 8*row*s.yStride + 16*i
				g.planes(y[at:], y[at+8:], s.yStride)
			}
			e.pair.columns(e.luma)
			e.write(0, &e.pair.b[0])
			e.write(0, &e.pair.b[1])
		}
		switch e.format.kind {
		case packed:
			g.packedColor(y[32*i+1-lumaAt:], s.yStride)
		case pairs:
			g.interleaved(s.cb[16*i:], s.cStride)
		default:
			g.planes(s.cb[8*i:], s.cr[8*i:], s.cStride)
		}
		e.pair.columns(e.color)
		e.write(1, cb)
		e.write(2, cr)
	}
}

// write writes a block of a component: Y, Cb or Cr.
func (e *Encoder) write(component int, b *block) {
	table := min(component, 1)
	e.last[component] = e.w.block(b, e.last[component], &e.huff[0][table], &e.huff[1][table])
}

// reserve makes room for a strip in out, in which each block takes as many bytes
// as one can.
func (e *Encoder) reserve() {
	need := e.w.n + (len(e.s.y)+len(e.s.cb)+len(e.s.cr)+63)/64*maxBlockBytes + 64
	if len(e.w.out) >= need {
		return
	}
	out := make([]byte, need+need/2)
	copy(out, e.w.out[:e.w.n])
	e.w.out = out
}
