package pixel

import (
	"encoding/binary"
	"math"
)

// The forward DCT works on pairs: one number of each of two blocks in a word, as
// second<<32 + first, both signed. Sums, differences and products with a small
// constant of such words are those of both numbers, exactly, as long as each
// result fits in 32 bits. So nothing is rounded until coefficients are divided.

// A pair is one number in each half of a word. It is unsigned because shifts are
// then cheap, and the same sums for both.
type pair = uint64

// scale is what dct8 multiplies with, in place of a power of two: with it the
// four factors are nearest to whole numbers, within 0.04 %. The largest results,
// after both passes, are below 1<<31.
const (
	scale    = 290
	scaleC4  = 205 // cos(4 pi/16)
	scaleC6  = 111 // cos(6 pi/16)
	scaleC26 = 157 // cos(2 pi/16) - cos(6 pi/16)
	scaleS26 = 379 // cos(2 pi/16) + cos(6 pi/16)
)

// dct8 is the DCT of Arai, Agui and Nakajima for eight points (as in Pennebaker
// and Mitchell, JPEG, figure 4-8). Its results are those of the orthonormal DCT
// times dctGain.
func dct8(x0, x1, x2, x3, x4, x5, x6, x7 pair) (y0, y1, y2, y3, y4, y5, y6, y7 pair) {
	a0, a7 := x0+x7, x0-x7
	a1, a6 := x1+x6, x1-x6
	a2, a5 := x2+x5, x2-x5
	a3, a4 := x3+x4, x3-x4

	b0, b3 := a0+a3, a0-a3
	b1, b2 := a1+a2, a1-a2
	y0, y4 = b0+b1, b0-b1
	z1 := (b2 + b3) * scaleC4
	b3 *= scale
	y2, y6 = b3+z1, b3-z1

	b0, b1, b2 = a4+a5, a5+a6, a6+a7
	z5 := (b0 - b2) * scaleC6
	z2, z4, z3 := b0*scaleC26+z5, b2*scaleS26+z5, b1*scaleC4
	a7 *= scale
	z11, z13 := a7+z3, a7-z3
	return y0, z11 + z4, y2, z13 - z2, y4, z13 + z2, y6, z11 - z4
}

// dctGain returns what dct8 makes of coefficient u beside the orthonormal DCT.
func dctGain(u int) float64 {
	g := math.Sqrt(8)
	if u > 0 {
		g *= math.Sqrt2 * math.Cos(float64(u)*math.Pi/16)
	}
	if u%4 != 0 {
		g *= scale
	}
	return g
}

// Bytes of a word that make a pair.
const (
	low8  = 0xFF
	high8 = 0xFF << 32
	both8 = high8 | low8
)

// The masks of the halves of a word.
const (
	low32  = 1<<32 - 1
	high32 = low32 << 32
)

// A grid is 8x8 pairs: rows with their columns.
type grid [8][8]pair

// planes transforms the rows of two blocks whose first samples are those of a
// and b, with lines stride bytes apart.
func (g *grid) planes(a, b []byte, stride int) {
	for y := range g {
		v, w := word(a[y*stride:]), word(b[y*stride:])
		p, q := v&low32|w<<32, v>>32|w&high32
		r := &g[y]
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = dct8(
			p&both8, p>>8&both8, p>>16&both8, p>>24&both8, q&both8, q>>8&both8, q>>16&both8, q>>24&both8)
	}
}

// interleaved is planes for samples that take turns: first, second, first, ….
func (g *grid) interleaved(src []byte, stride int) {
	for y := range g {
		l := (*[16]byte)(src[y*stride:])
		v, w := word(l[:]), word(l[8:])
		r := &g[y]
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = dct8(
			v&low8|v<<24&high8, v>>16&low8|v<<8&high8, v>>32&low8|v>>8&high8, v>>48&low8|v>>24&high8,
			w&low8|w<<24&high8, w>>16&low8|w<<8&high8, w>>32&low8|w>>8&high8, w>>48&low8|w>>24&high8)
	}
}

// packedLuma transforms two blocks side by side, of samples that are every
// second byte.
func (g *grid) packedLuma(src []byte, stride int) {
	for y := range g {
		l := (*[32]byte)(src[y*stride:])
		a, b, c, d := word(l[:]), word(l[16:]), word(l[8:]), word(l[24:])
		p, q := a&low32|b<<32, a>>32|b&high32
		s, t := c&low32|d<<32, c>>32|d&high32
		r := &g[y]
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = dct8(
			p&both8, p>>16&both8, q&both8, q>>16&both8, s&both8, s>>16&both8, t&both8, t>>16&both8)
	}
}

// packedColor is interleaved for samples that are every second byte.
func (g *grid) packedColor(src []byte, stride int) {
	for y := range g {
		l := (*[32]byte)(src[y*stride:])
		a, b, c, d := word(l[:]), word(l[8:]), word(l[16:]), word(l[24:])
		r := &g[y]
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = dct8(
			a&low8|a<<16&high8, a>>32&low8|a>>16&high8, b&low8|b<<16&high8, b>>32&low8|b>>16&high8,
			c&low8|c<<16&high8, c>>32&low8|c>>16&high8, d&low8|d<<16&high8, d>>32&low8|d>>16&high8)
	}
}

// word returns the first eight bytes of b.
func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
