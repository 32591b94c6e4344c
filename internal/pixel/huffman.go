package pixel

import (
	"encoding/binary"
	"math/bits"

	"camhub/internal/jpeg"
)

// codes are one Huffman table for writing. An entry is for a symbol, which has
// the size of a value in its low four bits: the code shifted left by that size,
// and in the low six bits the length of both.
type codes [256]uint32

const codeShift = 6

// standardCodes returns the tables of T.81 annex K.3, by class (DC and AC) and
// number (luma and colour), read from the segment that is written too.
func standardCodes() (t [2][2]codes) {
	body := jpeg.StandardHuffman()[4:]
	for len(body) > 0 {
		class, id, counts, values := body[0]>>4, body[0]&15, body[1:17], body[17:]
		code := uint32(0)
		for i, n := range counts {
			for _, symbol := range values[:n] {
				size := uint32(symbol & 15)
				t[class][id][symbol] = code<<size<<codeShift | (uint32(i) + 1 + size)
				code++
			}
			values = values[n:]
			code <<= 1
		}
		body = values
	}
	return t
}

// symbols of AC coefficients that stand for zeros alone.
const (
	endOfBlock = 0x00
	zeros16    = 0xF0
)

// maxBlockBytes is more than a block can take: 64 codes of at most 26 bits, and
// a zero behind each byte.
const maxBlockBytes = 64 * 26 / 8 * 2

// bitWriter writes bits to out, and a zero behind each byte 0xFF (T.81 F.1.2.3).
// Whoever writes a block sees to it that out has maxBlockBytes more bytes.
type bitWriter struct {
	out  []byte
	n    int    // bytes written
	acc  uint64 // the last bits are in its low end
	free int    // bits of acc that are not taken
}

// put appends the low size bits of v, which has no others, at most 32.
func (w *bitWriter) put(v uint64, size int) {
	w.free -= size
	if w.free >= 0 {
		w.acc = w.acc<<size | v
		return
	}
	rest := -w.free
	w.word(w.acc<<(size-rest) | v>>rest)
	w.acc, w.free = v, 64-rest
}

// word writes eight bytes. The bits above those in acc have gone before.
func (w *bitWriter) word(v uint64) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if v&tops&(^v-ones) == 0 {
		binary.BigEndian.PutUint64(w.out[w.n:], v)
		w.n += 8
		return
	}
	for i := 56; i >= 0; i -= 8 {
		w.byte(byte(v >> i))
	}
}

func (w *bitWriter) byte(b byte) {
	w.out[w.n] = b
	w.n++
	if b == 0xFF {
		w.out[w.n] = 0
		w.n++
	}
}

// close writes what is left, filled up with ones.
func (w *bitWriter) close() {
	for used := 64 - w.free; used > 0; used -= 8 {
		if used < 8 {
			w.byte(byte(w.acc<<(8-used)) | byte(0xFF>>used))
			break
		}
		w.byte(byte(w.acc >> (used - 8)))
	}
	w.acc, w.free = 0, 64
}

// value writes the symbol of a run of zeros and v, and v itself.
func (w *bitWriter) value(t *codes, run int, v int32) {
	sign := v >> 31
	size := bits.Len32(uint32((v ^ sign) - sign))
	e := t[(run<<4|size)&255]
	low := uint32(v+sign) & (1<<size - 1)
	w.put(uint64(e>>codeShift|low), int(e&(1<<codeShift-1)))
}

// symbol writes a symbol without a value.
func (w *bitWriter) symbol(t *codes, symbol int) {
	w.put(uint64(t[symbol]>>codeShift), int(t[symbol]&(1<<codeShift-1)))
}

// block writes the coefficients of b, the first as its difference to last, and
// returns the first.
func (w *bitWriter) block(b *block, last int32, dc, ac *codes) int32 {
	first := int32(0)
	if b.nonzero&1 != 0 {
		first = b.coef[0]
	}
	w.value(dc, 0, first-last)
	done := 0
	for m := b.nonzero &^ 1; m != 0; m &= m - 1 {
		k := bits.TrailingZeros64(m)
		run := k - done - 1
		for ; run > 15; run -= 16 {
			w.symbol(ac, zeros16)
		}
		w.value(ac, run, b.coef[k])
		done = k
	}
	if done < 63 {
		w.symbol(ac, endOfBlock)
	}
	return first
}
