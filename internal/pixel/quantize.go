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

// zigzagOf has the place in zigzag order of each coefficient in natural order.
var zigzagOf = func() (of [64]byte) {
	for k, natural := range zigzag {
		of[natural] = byte(k)
	}
	return of
}()

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

// A divider turns the DCT of pairs into quantized coefficients. It undoes the
// gain of dct8 and stretches the range in the same step. Its arrays are by column
// and row.
type divider struct {
	level pair // what to subtract from the first coefficient
	// near is what both numbers of a pair are nearer to 0 than, if they become 0.
	near [8][8]pair
	mul  [8][8]int64 // 1<<divBits divided by the divisor
}

// divBits is how many bits of a quotient are behind the point: as many as leave
// room for the largest, which is below 1<<12.
const divBits = 50

// signs has the sign bits of a pair.
const signs = 1<<63 | 1<<31

// both returns x twice; x is not negative.
func both(x int64) pair { return pair(x)<<32 + pair(x) }

// newDivider makes one for a table in natural order. A sample s stands for
// (s-zero)*stretch, from -128 to 127.
func newDivider(quant *[64]byte, zero, stretch float64) *divider {
	d := &divider{level: both(int64(math.Round(64 * zero)))}
	for natural := range 64 {
		u, v := natural/8, natural%8
		by := float64(quant[natural]) * dctGain(u) * dctGain(v) / stretch
		d.near[v][u] = both(int64(by/2) - 1) // well inside, since mul is rounded
		d.mul[v][u] = int64(math.Round((1 << divBits) / by))
	}
	return d
}

// maxCoef is the largest magnitude that baseline JPEG has codes for, wherever
// the coefficient is.
const maxCoef = 1023

// A block is 64 quantized coefficients in zigzag order. Those whose bit in
// nonzero is not set are 0, whatever coef has there.
type block struct {
	coef    [64]int32
	nonzero uint64
}

// A blockPair is two blocks that are transformed together.
type blockPair struct {
	rows grid // after the first pass of the DCT
	b    [2]block
}

// columns makes the second pass of the DCT, and sets the blocks.
func (p *blockPair) columns(d *divider) {
	p.b[0].nonzero, p.b[1].nonzero = 0, 0
	g := &p.rows
	for v := range d.near {
		y0, y1, y2, y3, y4, y5, y6, y7 := dct8(g[0][v], g[1][v], g[2][v], g[3][v], g[4][v], g[5][v], g[6][v], g[7][v])
		if v == 0 {
			y0 -= d.level
		}
		near := &d.near[v]
		p.set(y0, near[0], d, v, 0)
		p.set(y1, near[1], d, v, 1)
		p.set(y2, near[2], d, v, 2)
		p.set(y3, near[3], d, v, 3)
		p.set(y4, near[4], d, v, 4)
		p.set(y5, near[5], d, v, 5)
		p.set(y6, near[6], d, v, 6)
		p.set(y7, near[7], d, v, 7)
	}
}

// set divides the pair w of column v and row u, if there is something left then.
func (p *blockPair) set(w, near pair, d *divider, v, u int) {
	if ((w+near)|(near-w))&signs != 0 {
		p.divide(w, d, v, u)
	}
}

func (p *blockPair) divide(w pair, d *divider, v, u int) {
	mul, k := d.mul[v&7][u&7], zigzagOf[8*u+v&63]
	first := int64(int32(w))
	p.b[0].set(k, first*mul)
	p.b[1].set(k, (int64(w)-first)>>32*mul)
}

// set rounds x and keeps it as coefficient k.
func (b *block) set(k uint8, x int64) {
	x = (x + 1<<(divBits-1)) >> divBits
	if x != 0 {
		b.coef[k&63] = int32(min(max(x, -maxCoef), maxCoef))
		b.nonzero |= 1 << (k & 63)
	}
}
