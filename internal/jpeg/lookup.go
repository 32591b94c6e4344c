package jpeg

import (
	"bytes"
	"slices"
)

// The tables below answer for the next skipBits or valueBits bits of coded data
// at once what a decoder would else find out symbol by symbol. Most codes of
// real pictures are short, so nearly every look-up has an answer; 0 says that
// there is none, and that the code has to be read by itself.
const (
	skipBits  = 13
	valueBits = 11
)

// dcTable decodes DC differences (T.81 F.2.2.1).
type dcTable struct {
	huffman
	raw []byte // counts and values, which tell an unchanged table
	// diff has, by the next valueBits bits: in bits 0 to 4 how many of them
	// code and value take, and from 5 the difference.
	diff [1 << valueBits]int32
}

// acTable decodes AC coefficients, or steps over them (T.81 F.2.2.2).
type acTable struct {
	huffman
	raw []byte
	// skip has, for as many whole symbols as fit in the next skipBits bits: in
	// bits 0 to 4 their length with their values, in 5 whether the last one
	// ends the block, and from 6 how far they lead in zigzag order.
	skip [1 << skipBits]uint16
	// value has, for one symbol: in bits 0 to 4 its length with its value, in 5
	// to 8 the run of zeros before it, in 9 whether it ends the block, and from
	// 16 the value.
	value [1 << valueBits]int32
}

const (
	lengthMask = 31
	skipEnd    = 1 << 5
	skipShift  = 6
	diffShift  = 5
	runShift   = 5
	runMask    = 15
	valueEnd   = 1 << 9
	valueShift = 16
)

// zeroRun is the symbol ZRL: 16 zeros, and no value behind it.
const zeroRun = 0xF0

// maxDiffSize is how many bits a DC difference of 8-bit samples has at most.
const maxDiffSize = 11

// code decodes one symbol at the top of acc. Its size is 0 when there is no
// such code.
func (t *huffman) code(acc uint64) (symbol byte, size uint) {
	e := t.look[acc>>(64-lookBits)]
	if e == 0 {
		e = t.long(uint16(acc >> 48))
	}
	return byte(e), uint(e >> 8)
}

// short decodes the symbol at the top of an index of width bits, of which the
// first used ones are past. Its size is 0 when it is not whole.
func (t *huffman) short(index, width, used int) (symbol byte, size int) {
	symbol, n := t.code(uint64(index) << (64 - width + used))
	if used+int(n) > width {
		return 0, 0
	}
	return symbol, int(n)
}

// build makes the table from the counts and values of a DHT segment, unless it
// is made from them already.
func (t *dcTable) build(counts, values []byte) bool {
	if same(t.raw, counts, values) {
		return true
	}
	t.raw = t.raw[:0]
	if !t.set(counts, values) {
		return false
	}
	for i := range t.diff {
		symbol, size := t.short(i, valueBits, 0)
		t.diff[i] = 0
		if total := size + int(symbol); size > 0 && symbol <= maxDiffSize && total <= valueBits {
			v := extend(uint64(i)<<(64-valueBits+size), uint(symbol))
			t.diff[i] = v<<diffShift | int32(total)
		}
	}
	t.raw = append(append(t.raw, counts...), values...)
	return true
}

// build is as for dcTable.
func (t *acTable) build(counts, values []byte) bool {
	if same(t.raw, counts, values) {
		return true
	}
	t.raw = t.raw[:0]
	if !t.set(counts, values) {
		return false
	}
	for i := range t.skip {
		t.skip[i] = t.steps(i)
	}
	for i := range t.value {
		t.value[i] = t.coefficient(i)
	}
	t.raw = append(append(t.raw, counts...), values...)
	return true
}

// steps returns the entry of skip for the index i.
func (t *acTable) steps(i int) uint16 {
	used, ahead := 0, 0
	for used < skipBits {
		symbol, size := t.short(i, skipBits, used)
		if size == 0 {
			break
		}
		if symbol == 0 {
			return uint16(ahead<<skipShift | skipEnd | used + size)
		}
		n, step := int(symbol&15), int(symbol>>4)+1
		if n == 0 && symbol != zeroRun || used+size+n > skipBits || ahead+step > 63 {
			break
		}
		used, ahead = used+size+n, ahead+step
	}
	return uint16(ahead<<skipShift | used)
}

// coefficient returns the entry of value for the index i.
func (t *acTable) coefficient(i int) int32 {
	symbol, size := t.short(i, valueBits, 0)
	n := int(symbol & 15)
	switch {
	case size == 0:
		return 0
	case symbol == 0:
		return int32(size) | valueEnd
	case n == 0 || size+n > valueBits:
		return 0
	}
	v := extend(uint64(i)<<(64-valueBits+size), uint(n))
	return v<<valueShift | int32(symbol>>4)<<runShift | int32(size+n)
}

// same reports whether raw is counts and then values.
func same(raw, counts, values []byte) bool {
	return len(raw) == len(counts)+len(values) &&
		bytes.Equal(raw[:len(counts)], counts) && slices.Equal(raw[len(counts):], values)
}
