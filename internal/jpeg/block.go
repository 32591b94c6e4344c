package jpeg

// nextDC decodes the DC value of the next block.
func (c *component) nextDC(data []byte, r bits) (bits, bool) {
	if r.n < minBits {
		var ok bool
		if r, ok = r.fill(data); !ok {
			return r, false
		}
	}
	if e := c.dc.diff[r.acc>>(64-valueBits)]; e != 0 {
		c.dcValue += e >> diffShift
		return r.drop(uint(e & lengthMask)), true
	}
	return c.slowDC(r)
}

// slowDC is nextDC without the fast table.
func (c *component) slowDC(r bits) (bits, bool) {
	symbol, size := c.dc.code(r.acc)
	if size == 0 || symbol > maxDiffSize {
		return r, false
	}
	r = r.drop(size)
	c.dcValue += extend(r.acc, uint(symbol))
	return r.drop(uint(symbol)), true
}

// stepOver passes the AC coefficients of a block from zigzag index k on.
func (t *acTable) stepOver(data []byte, r bits, k uint) (bits, bool) {
	for k < 64 {
		var ok bool
		if r, ok = r.fill(data); !ok { // always: a branch that is missed costs more
			return r, false
		}
		e := uint(t.skip[r.acc>>(64-skipBits)])
		// An end counts only in a block that is not full yet.
		if next := k + e>>skipShift; e != 0 && next+(e&skipEnd)/skipEnd <= 64 {
			r = r.drop(e)
			if e&skipEnd != 0 {
				return r, true
			}
			k = next
			continue
		}
		if r, k, _, ok = t.slow(r, k); !ok {
			return r, false
		}
	}
	return r, true
}

// slow reads one symbol without the fast tables. It returns the zigzag index of
// the coefficient behind the one that was read, or 64 at the end of the block.
func (t *acTable) slow(r bits, k uint) (_ bits, next uint, value int32, ok bool) {
	symbol, size := t.code(r.acc)
	if size == 0 {
		return r, k, 0, false
	}
	r = r.drop(size)
	if symbol == 0 {
		return r, 64, 0, true
	}
	n := uint(symbol & 15)
	value = extend(r.acc, n)
	k += uint(symbol>>4) + 1
	return r.drop(n), k, value, k <= 64 && (n != 0 || symbol == zeroRun)
}

// corner has, by zigzag index, the place of a coefficient among the 4 x 4
// lowest frequencies, row by row, and spare for all others.
var corner = [64]uint8{
	0, 1, 4, 8, 5, 2, 3, 6, 9, 12, spare, 13, 10, 7, spare, spare,
	spare, 11, 14, spare, spare, spare, spare, spare, 15, spare, spare, spare, spare, spare, spare, spare,
	spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare,
	spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare, spare,
}

// spare is where the coefficients go that nobody needs.
const spare = 16

// The last zigzag index among the n x n lowest frequencies.
const (
	last2 = 4
	last4 = 24
)

// coefficients is a block's 4 x 4 lowest frequencies, and one place to spare.
type coefficients [32]int32

// low decodes the AC coefficients of a block as far as zigzag index last, and
// steps over the rest. It puts them into b, and tells whether there were any.
func (c *component) low(data []byte, r bits, last uint, b *coefficients) (_ bits, some, ok bool) {
	t, quant := c.ac, c.quant
	k := uint(1)
	for k <= last {
		if r.n < minBits {
			if r, ok = r.fill(data); !ok {
				return r, some, false
			}
		}
		var value int32
		if e := t.value[r.acc>>(64-valueBits)]; e != 0 {
			r = r.drop(uint(e))
			if e&valueEnd != 0 {
				return r, some, true
			}
			k += uint(e)>>runShift&runMask + 1
			value = e >> valueShift
		} else if r, k, value, ok = t.slow(r, k); !ok {
			return r, some, false
		} else if value == 0 {
			continue
		}
		if k-1 <= last {
			b[corner[k-1]&31] = value * quant[k-1]
			some = true
		} else if k > 64 {
			return r, some, false
		}
	}
	r, ok = t.stepOver(data, r, k)
	return r, some, ok
}
