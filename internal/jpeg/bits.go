package jpeg

import (
	"bytes"
	"encoding/binary"
)

// bits is a place in coded data that was unstuffed: n bits, left-aligned in
// acc, and the offset of the byte behind them. It is a value of three words, so
// that the functions that take it and return it keep it in registers.
type bits struct {
	acc uint64
	n   uint
	pos int
}

// minBits is what a reader makes ready before each symbol: a code of 16 bits
// and a value of 15 fit.
const minBits = 32

// fill makes at least 56 bits ready. It fails at the end of the data.
func (r bits) fill(data []byte) (bits, bool) {
	if r.pos+8 > len(data) {
		return r, false
	}
	r.acc |= binary.BigEndian.Uint64(data[r.pos:]) >> (r.n & 63)
	r.pos += int((63 - r.n) >> 3)
	r.n |= 56
	return r, true
}

// drop removes n bits, at most 31.
func (r bits) drop(n uint) bits {
	r.acc <<= n & 31
	r.n -= n & 31
	return r
}

// extend turns the size bits at the top of acc into a coefficient (T.81 table
// F.1 and figure F.12). size is at most 15.
func extend(acc uint64, size uint) int32 {
	if size == 0 {
		return 0
	}
	v := int32(acc >> ((64 - size) & 63))
	if v < 1<<((size-1)&15) {
		v += -1<<(size&15) + 1
	}
	return v
}

// padding follows every restart interval of unstuffed data, so that fill may
// read eight bytes at a time up to its end and a little beyond.
const padding = 16

// coded is the entropy-coded data of one scan without its stuffed zeros (T.81
// B.1.1.5), cut at the restart markers. Its memory is used again.
type coded struct {
	data   []byte
	starts []int // of each restart interval in data; then the end
}

// set takes the coded data at the beginning of b, up to its first marker that
// is no restart marker. It costs little more than a copy.
func (c *coded) set(b []byte) {
	var zeros [padding]byte
	c.starts = append(c.starts[:0], 0)
	out := c.data[:0]
	for {
		i := bytes.IndexByte(b, 0xFF)
		if i < 0 {
			out = append(out, b...)
			break
		}
		out = append(out, b[:i]...)
		for b = b[i+1:]; len(b) > 0 && b[0] == 0xFF; { // fill bytes
			b = b[1:]
		}
		if len(b) == 0 || b[0] != 0 && !isRST(b[0]) {
			break
		}
		if b[0] == 0 {
			out = append(out, 0xFF)
		} else {
			out = append(out, zeros[:]...)
			c.starts = append(c.starts, len(out))
		}
		b = b[1:]
	}
	out = append(out, zeros[:]...)
	c.starts = append(c.starts, len(out))
	c.data = out
}

// intervals returns how many restart intervals there are, at least one.
func (c *coded) intervals() int { return len(c.starts) - 1 }

// interval returns the data up to the end of interval i, and its beginning.
func (c *coded) interval(i int) ([]byte, bits) {
	return c.data[:c.starts[i+1]], bits{pos: c.starts[i]}
}
