package pixel

import (
	"encoding/binary"
	"math"
)

// The forward DCT works on pairs: two numbers a and b in one word as a<<32 + b,
// both signed. Sums, differences and products with a small constant of such
// words are those of both numbers, exactly, as long as each result fits in 32
// bits. So nothing is rounded until the coefficients are divided.

// scale is what dct8 multiplies with, in place of a power of two: with it the
// four factors are nearest to whole numbers, within 0.04 %.
const (
	scale    = 290
	scaleC4  = 205 // cos(4 pi/16)
	scaleC6  = 111 // cos(6 pi/16)
	scaleC26 = 157 // cos(2 pi/16) - cos(6 pi/16)
	scaleS26 = 379 // cos(2 pi/16) + cos(6 pi/16)
)

// dct8 is the DCT of Arai, Agui and Nakajima for eight points (as in Pennebaker
// and Mitchell, JPEG, figure 4-8). Its results are those of the plain sums times
// dctGain.
func dct8(x0, x1, x2, x3, x4, x5, x6, x7 int64) (y0, y1, y2, y3, y4, y5, y6, y7 int64) {
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

// columns transforms the columns of the 8x8 samples of which src has the first,
// with lines stride bytes apart. It leaves the pair of columns c and c+4, for
// row u, in w[4*u+c].
func columns(w *[32]int64, src []byte, stride int) {
	r0, r1 := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[stride:])
	r2, r3 := binary.LittleEndian.Uint64(src[2*stride:]), binary.LittleEndian.Uint64(src[3*stride:])
	r4, r5 := binary.LittleEndian.Uint64(src[4*stride:]), binary.LittleEndian.Uint64(src[5*stride:])
	r6, r7 := binary.LittleEndian.Uint64(src[6*stride:]), binary.LittleEndian.Uint64(src[7*stride:])
	for c := range 4 {
		w[c], w[c+4], w[c+8], w[c+12], w[c+16], w[c+20], w[c+24], w[c+28] = dct8(
			int64(r0&bytes4), int64(r1&bytes4), int64(r2&bytes4), int64(r3&bytes4),
			int64(r4&bytes4), int64(r5&bytes4), int64(r6&bytes4), int64(r7&bytes4))
		r0, r1, r2, r3, r4, r5, r6, r7 = r0>>8, r1>>8, r2>>8, r3>>8, r4>>8, r5>>8, r6>>8, r7>>8
	}
}

// turn takes the columns c and c+4 of two rows and returns the rows of two
// columns.
func turn(a, b int64) (left, right int64) {
	al, bl := int64(int32(a)), int64(int32(b))
	return al + bl<<32, (a-al)>>32 + b - bl
}
