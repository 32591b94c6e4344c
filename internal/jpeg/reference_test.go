package jpeg

import (
	"bytes"
	stdjpeg "image/jpeg"
	"math"
	"testing"
)

// The reference decoder is the plainest one that there can be: it reads symbol
// by symbol and computes in floating point, at full size or smaller.

// refPlane is one component as its coefficients, by block and natural order.
type refPlane struct {
	cols, rows int // in blocks, whole MCUs
	blocks     [][64]float64
}

// zigzag has the natural place of each coefficient (T.81 figure A.6).
var zigzag = func() (z [64]int) {
	x, y, up := 0, 0, true
	for i := range z {
		z[i] = 8*y + x
		switch {
		case up && x == 7:
			y, up = y+1, false
		case up && y == 0:
			x, up = x+1, false
		case up:
			x, y = x+1, y-1
		case y == 7:
			x, up = x+1, true
		case x == 0:
			y, up = y+1, true
		default:
			x, y = x-1, y+1
		}
	}
	return z
}()

// referencePlanes decodes the coefficients of a picture in one scan.
func referencePlanes(t testing.TB, b []byte) []refPlane {
	t.Helper()
	d := &unitDecoder{tables: standardTables()}
	var quant [4][64]float64
	var tables []byte // of quantization, by component
	for at := 2; ; {
		m, size := b[at+1], int(b[at+2])<<8|int(b[at+3])
		body := b[at+4 : at+2+size]
		at += 2 + size
		switch {
		case isSOF(m):
			d.frame(body)
			for i := range d.parts {
				tables = append(tables, body[8+3*i])
			}
		case m == mDHT:
			d.huffman(body)
		case m == mDRI:
			d.interval = int(body[0])<<8 | int(body[1])
		case m == mDQT:
			for ; len(body) > 0; body = body[65:] { // of 8 bits
				for i := range 64 {
					quant[body[0]][i] = float64(body[1+i])
				}
			}
		case m == mSOS:
			d.selectParts(body)
			return readPlanes(t, d, &bitReader{b: b, at: at}, quant, tables)
		}
	}
}

func readPlanes(t testing.TB, d *unitDecoder, r *bitReader, quant [4][64]float64, tables []byte) []refPlane {
	t.Helper()
	hMax, vMax := 1, 1
	if len(d.inScan) == 1 {
		d.inScan[0].h, d.inScan[0].v = 1, 1
	}
	for _, p := range d.inScan {
		hMax, vMax = max(hMax, p.h), max(vMax, p.v)
	}
	cols, rows := (d.width+8*hMax-1)/(8*hMax), (d.height+8*vMax-1)/(8*vMax)
	planes := make([]refPlane, len(d.inScan))
	for i, p := range d.inScan {
		planes[i] = refPlane{cols * p.h, rows * p.v, make([][64]float64, cols*p.h*rows*p.v)}
	}
	dc := make([]float64, len(planes))
	for unit := range cols * rows {
		if d.interval > 0 && unit > 0 && unit%d.interval == 0 {
			if !r.restart() {
				t.Fatalf("no restart marker at unit %d", unit)
			}
			clear(dc)
		}
		for i, p := range d.inScan {
			for n := range p.h * p.v {
				at := (unit/cols*p.v+n/p.h)*planes[i].cols + unit%cols*p.h + n%p.h
				readBlock(t, r, p, &quant[tables[i]], &dc[i], &planes[i].blocks[at])
			}
		}
	}
	return planes
}

func readBlock(t testing.TB, r *bitReader, p part, quant *[64]float64, dc *float64, out *[64]float64) {
	t.Helper()
	next := func(h *huffman) (symbol byte, value float64) {
		symbol, ok := r.symbol(h)
		if !ok {
			t.Fatal("the reference can't read the picture")
		}
		size := int(symbol & 15)
		v := int(r.acc >> r.n & (1<<size - 1))
		if size > 0 && v < 1<<(size-1) {
			v -= 1<<size - 1
		}
		return symbol, float64(v)
	}
	_, diff := next(p.dc)
	*dc += diff
	out[0] = *dc * quant[0]
	for k := 1; k < 64; k++ {
		symbol, value := next(p.ac)
		if symbol == 0 {
			break
		}
		k += int(symbol >> 4)
		out[zigzag[k]] = value * quant[k]
	}
}

// basis is the orthonormal DCT of n points: frequency u at sample x.
func basis(n, u, x int) float64 {
	if u == 0 {
		return math.Sqrt(1 / float64(n))
	}
	return math.Sqrt(2/float64(n)) * math.Cos(float64(2*x+1)*float64(u)*math.Pi/float64(2*n))
}

// render makes the samples of a plane with n x n points a block: the inverse
// DCT of that many points.
func (p refPlane) render(n int) []float64 {
	var table [8][8]float64 // by sample and frequency
	for x := range n {
		for u := range n {
			table[x][u] = basis(n, u, x)
		}
	}
	out := make([]float64, len(p.blocks)*n*n)
	for i, block := range p.blocks {
		for y := range n {
			for x := range n {
				sum := 0.0
				for v := range n {
					for u := range n {
						sum += block[8*v+u] * table[x][u] * table[y][v]
					}
				}
				sample := sum*float64(n)/8 + 128
				out[(i/p.cols*n+y)*p.cols*n+i%p.cols*n+x] = min(max(sample, 0), 255)
			}
		}
	}
	return out
}

// TestReferenceIsImageJPEG holds the reference to what it stands for: at full
// size it is the picture of image/jpeg, whose arithmetic has integers.
func TestReferenceIsImageJPEG(t *testing.T) {
	for name, b := range readable(t) {
		full, err := stdjpeg.Decode(bytes.NewReader(repaired(t, b)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, plane := range planesOf(t, full) {
			if worst, _ := plane.differences(referencePlanes(t, b)[i].render(8)); worst > 1.5 {
				t.Errorf("%s: plane %d differs by %.2f", name, i, worst)
			}
		}
	}
}
