package pixel

import (
	"encoding/binary"
	"math/bits"

	"camhub/internal/jpeg"
)

// A code is bits to write, in its low six bits how many, and above them the bits.
type code uint32

const codeShift = 6

// codes are one Huffman table for writing.
type codes struct {
	// symbols has the code of each symbol. The low four bits of one are the size
	// of a value, for which the code leaves room.
	symbols [256]code
	// small has the whole code of a run of zeros and a value from -8 to 7.
	small [16][16]code
}

// standardCodes returns the tables of T.81 annex K.3, by class (DC and AC) and
// number (luma and colour), read from the segment that is written too.
func standardCodes() (t [2][2]codes) {
	body := jpeg.StandardHuffman()[4:]
	for len(body) > 0 {
		class, id, counts, values := body[0]>>4, body[0]&15, body[1:17], body[17:]
		next := code(0)
		for i, n := range counts {
			for _, symbol := range values[:n] {
				size := code(symbol & 15)
				t[class][id].symbols[symbol] = next<<size<<codeShift | (code(i) + 1 + size)
				next++
			}
			values = values[n:]
			next <<= 1
		}
		body = values
		t[class][id].setSmall()
	}
	return t
}

func (t *codes) setSmall() {
	for run := range t.small {
		for i := range t.small[run] {
			t.small[run][i] = t.large(run, int32(i)-8)
		}
	}
}

// large returns the code of a run of zeros and v (T.81 F.1.2.1): the value of a
// negative one is v-1, of which size bits are written.
func (t *codes) large(run int, v int32) code {
	sign := v >> 31
	size := bits.Len32(uint32((v ^ sign) - sign))
	return t.symbols[(run<<4|size)&255] | code(uint32(v+sign)&(1<<size-1))<<codeShift
}

// value returns the code of a run of at most 15 zeros and v.
func (t *codes) value(run int, v int32) code {
	if uint32(v+8) < 16 {
		return t.small[run&15][(v+8)&15]
	}
	return t.large(run, v)
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

// put appends the bits of c.
func (w *bitWriter) put(c code) {
	size, v := uint(c&(1<<codeShift-1)), uint64(c>>codeShift)
	w.free -= int(size)
	if w.free >= 0 {
		w.acc = w.acc<<(size&63) | v
		return
	}
	w.full(v, size)
}

// full is put when acc takes only a part of the size bits of v.
func (w *bitWriter) full(v uint64, size uint) {
	rest := uint(-w.free)
	w.word(w.acc<<(size-rest) | v>>rest)
	w.acc, w.free = v, 64-int(rest)
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

// block writes the coefficients of b, the first as its difference to last, and
// returns the first.
func (w *bitWriter) block(b *block, last int32, dc, ac *codes) int32 {
	first := int32(0)
	if b.nonzero&1 != 0 {
		first = b.coef[0]
	}
	w.put(dc.value(0, first-last))
	done := 0
	for m := b.nonzero &^ 1; m != 0; m &= m - 1 {
		k := bits.TrailingZeros64(m)
		run := k - done - 1
		for ; run > 15; run -= 16 {
			w.put(ac.symbols[zeros16])
		}
		w.put(ac.value(run, b.coef[k]))
		done = k
	}
	if done < 63 {
		w.put(ac.symbols[endOfBlock])
	}
	return first
}
