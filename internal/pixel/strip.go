package pixel

import "encoding/binary"

// A strip is one row of MCUs: 8 or 16 lines of luma and 8 of each colour
// difference. Lines go on to whole blocks with their last sample, and the last
// line of a picture is repeated below it.

// planes of one strip. All strides are multiples of 8.
type strip struct {
	y, cb, cr        []byte
	yStride, cStride int
}

func newStrip(l *layout, width int) strip {
	mcus := (width + 8*l.hmax - 1) / (8 * l.hmax)
	s := strip{yStride: 8 * l.hmax * mcus}
	s.y = make([]byte, 8*l.vmax*s.yStride)
	if !l.gray {
		s.cStride = 8 * mcus
		s.cb, s.cr = make([]byte, 8*s.cStride), make([]byte, 8*s.cStride)
	}
	return s
}

// extend repeats the sample before n to the end of the line.
func extend(line []byte, n int) {
	for i := n; i < len(line); i++ {
		line[i] = line[n-1]
	}
}

// line returns line i of a plane of n lines, or the last one.
func line(plane []byte, stride, i, n, size int) []byte {
	return plane[min(i, n-1)*stride:][:size]
}

// copyPlane reads lines of a plane as they are: n lines of width samples.
func copyPlane(dst []byte, dstStride int, src []byte, stride, y, n, width int) {
	for at := 0; at < len(dst); at += dstStride {
		to := dst[at:][:dstStride]
		copy(to, line(src, stride, y, n, width))
		extend(to, width)
		y++
	}
}

func (e *Encoder) stripGrey(frame []byte, y int) {
	copyPlane(e.s.y, e.s.yStride, frame, e.stride, y, e.height, e.width)
}

func (e *Encoder) stripYU12(frame []byte, y int) {
	e.stripGrey(frame, y)
	w, h, stride := half(e.width), half(e.height), half(e.stride)
	cb := frame[e.height*e.stride:]
	copyPlane(e.s.cb, e.s.cStride, cb, stride, y/2, h, w)
	copyPlane(e.s.cr, e.s.cStride, cb[h*stride:], stride, y/2, h, w)
}

func (e *Encoder) stripNV12(frame []byte, y int) { e.stripPairs(frame, y, e.s.cb, e.s.cr) }
func (e *Encoder) stripNV21(frame []byte, y int) { e.stripPairs(frame, y, e.s.cr, e.s.cb) }

// stripPairs reads a plane of luma and one of pairs of colour.
func (e *Encoder) stripPairs(frame []byte, y int, first, second []byte) {
	e.stripGrey(frame, y)
	w, pairs := half(e.width), frame[e.height*e.stride:]
	for i := range 8 {
		src := line(pairs, e.stride, y/2+i, half(e.height), 2*w)
		a, b := first[i*e.s.cStride:][:e.s.cStride], second[i*e.s.cStride:][:e.s.cStride]
		splitPairs(a[:w], b[:w], src)
		extend(a, w)
		extend(b, w)
	}
}

func (e *Encoder) stripYUYV(frame []byte, y int) { e.strip422(frame, y, splitYUYV) }
func (e *Encoder) stripUYVY(frame []byte, y int) { e.strip422(frame, y, splitUYVY) }

// strip422 reads lines of groups of four bytes: two of luma, and both colours.
func (e *Encoder) strip422(frame []byte, y int, split func(y, cb, cr, src []byte)) {
	w := half(e.width)
	for i := range 8 {
		luma := e.s.y[i*e.s.yStride:][:e.s.yStride]
		cb, cr := e.s.cb[i*e.s.cStride:][:e.s.cStride], e.s.cr[i*e.s.cStride:][:e.s.cStride]
		split(luma[:2*w], cb[:w], cr[:w], line(frame, e.stride, y+i, e.height, 4*w))
		extend(luma, e.width)
		extend(cb, w)
		extend(cr, w)
	}
}

// The masks of every second byte, pair and four of a word.
const (
	bytes2 = 0x00FF00FF00FF00FF
	bytes4 = 0x000000FF000000FF
	pairs2 = 0x0000FFFF0000FFFF
)

// pack joins the bytes that bytes2 leaves to four bytes.
func pack(v uint64) uint64 {
	v = (v | v>>8) & pairs2
	return uint64(uint32(v | v>>16))
}

// splitPairs parts src, two bytes for each of a and b, eight bytes a step.
func splitPairs(a, b, src []byte) {
	for len(src) >= 16 && len(a) >= 8 && len(b) >= 8 {
		v, w := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		binary.LittleEndian.PutUint64(a, pack(v&bytes2)|pack(w&bytes2)<<32)
		binary.LittleEndian.PutUint64(b, pack(v>>8&bytes2)|pack(w>>8&bytes2)<<32)
		src, a, b = src[16:], a[8:], b[8:]
	}
	for i := range a {
		a[i], b[i] = src[2*i], src[2*i+1]
	}
}

func splitYUYV(y, cb, cr, src []byte) { split422(y, cb, cr, src, 0, 8) }
func splitUYVY(y, cb, cr, src []byte) { split422(y, cb, cr, src, 8, 0) }

// split422 parts src, four bytes for each of cb and cr and two for each of y,
// sixteen bytes a step. Luma begins yShift bits from the first, colour cShift.
func split422(y, cb, cr, src []byte, yShift, cShift uint) {
	for len(src) >= 16 && len(y) >= 8 && len(cb) >= 4 && len(cr) >= 4 {
		v, w := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		binary.LittleEndian.PutUint64(y, pack(v>>(yShift&8)&bytes2)|pack(w>>(yShift&8)&bytes2)<<32)
		c := pack(v>>(cShift&8)&bytes2) | pack(w>>(cShift&8)&bytes2)<<32
		binary.LittleEndian.PutUint32(cb, uint32(pack(c&bytes2)))
		binary.LittleEndian.PutUint32(cr, uint32(pack(c>>8&bytes2)))
		src, y, cb, cr = src[16:], y[8:], cb[4:], cr[4:]
	}
	for i := range cb {
		g := binary.LittleEndian.Uint32(src[4*i:])
		y[2*i], y[2*i+1] = byte(g>>yShift), byte(g>>(16+yShift))
		cb[i], cr[i] = byte(g>>cShift), byte(g>>(16+cShift))
	}
}
