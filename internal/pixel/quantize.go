package pixel

import "math"

// zigzag has the natural place, 8*row + column, of each coefficient (T.81
// figure A.6).
var zigzag = [64]byte{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// The tables of T.81 annex K.1, in natural order.
var (
	quantLuma = [64]byte{
		16, 11, 10, 16, 24, 40, 51, 61,
		12, 12, 14, 19, 26, 58, 60, 55,
		14, 13, 16, 24, 40, 57, 69, 56,
		14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77,
		24, 35, 55, 64, 81, 104, 113, 92,
		49, 64, 78, 87, 103, 121, 120, 101,
		72, 92, 95, 98, 112, 100, 103, 99,
	}
	quantChroma = [64]byte{
		17, 18, 24, 47, 99, 99, 99, 99,
		18, 21, 26, 66, 99, 99, 99, 99,
		24, 26, 56, 99, 99, 99, 99, 99,
		47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
	}
)

// quantTable returns base for a quality from 1 to 100, as libjpeg scales it.
func quantTable(base *[64]byte, quality int) (t [64]byte) {
	percent := 200 - 2*quality
	if quality < 50 {
		percent = 5000 / quality
	}
	for i, v := range base {
		t[i] = byte(min(max((int(v)*percent+50)/100, 1), 255))
	}
	return t
}

// A divider turns pairs of the DCT into quantized coefficients. It undoes the
// gain of dct8 and stretches the range in the same step.
type divider struct {
	level int64 // what to subtract from the first coefficient of the DCT
	pairs [32]pairDivider
}

// pairDivider is for the coefficients of rows 2r and 2r+1 in one column; the
// pair of row r and column v is 8*r + v.
type pairDivider struct {
	near, far int64 // a pair between -near and far-near becomes 0 and 0
	mul       [2]int64
	at        [2]byte // zigzag places
}

// divBits is how many bits of a quotient are behind the point: as many as leave
// room for the largest, which is below 1<<12.
const divBits = 50

// signs has the sign bits of a pair.
const signs = -1<<63 | 1<<31

// newDivider makes one for a table in natural order. A sample s stands for
// (s-zero)*stretch, from -128 to 127.
func newDivider(quant *[64]byte, zero, stretch float64) *divider {
	var place [64]byte
	for k, natural := range zigzag {
		place[natural] = byte(k)
	}
	d := &divider{level: int64(math.Round(64 * zero))}
	for i := range d.pairs {
		p := &d.pairs[i]
		for k := range 2 {
			u, v := i/8*2+k, i%8
			by := float64(quant[8*u+v]) * dctGain(u) * dctGain(v) / stretch
			near := int64(by/2) - 1 // well inside, since mul is rounded
			p.near += near << (32 * k)
			p.far += 2 * near << (32 * k)
			p.mul[k] = int64(math.Round((1 << divBits) / by))
			p.at[k] = place[8*u+v]
		}
	}
	return d
}

// maxCoef is the largest magnitude that baseline JPEG has codes for, wherever
// the coefficient is.
const maxCoef = 1023

// put divides the number x and sets its coefficient, if it is not 0.
func (p *pairDivider) put(b *block, x int64, k int) {
	q := (x*p.mul[k] + 1<<(divBits-1)) >> divBits
	if q == 0 {
		return
	}
	b.coef[p.at[k]&63] = int32(min(max(q, -maxCoef), maxCoef))
	b.nonzero |= 1 << p.at[k]
}

// A block is 64 quantized coefficients in zigzag order. Those whose bit in
// nonzero is not set are 0, whatever coef has there.
type block struct {
	coef    [64]int32
	nonzero uint64
	w       [32]int64 // between the two passes of the DCT
}

// transform sets the block to the coefficients of the 8x8 samples of which src
// has the first, with lines stride bytes apart.
func (b *block) transform(src []byte, stride int, d *divider) {
	columns(&b.w, src, stride)
	b.nonzero = 0
	for r := 0; r < 32; r += 8 {
		var x, y [8]int64
		for c := range 4 {
			x[c], x[c+4] = turn(b.w[r+c], b.w[r+c+4])
		}
		y[0], y[1], y[2], y[3], y[4], y[5], y[6], y[7] = dct8(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
		if r == 0 {
			y[0] -= d.level
		}
		for v, w := range y {
			p := &d.pairs[r+v]
			if t := w + p.near; (t|(p.far-t))&signs != 0 {
				low := int64(int32(w))
				p.put(b, low, 0)
				p.put(b, (w-low)>>32, 1)
			}
		}
	}
}
