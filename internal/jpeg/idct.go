package jpeg

import "encoding/binary"

// clamp returns v as a sample.
func clamp(v int32) byte {
	if uint32(v) > 255 {
		return byte(^(v >> 31)) // 0 below, 255 above
	}
	return byte(v)
}

// flat returns the sample of a block of one brightness: an eighth of its DC
// value, from the middle.
func flat(dc int32) byte { return clamp((dc+4)>>3 + 128) }

// block1 decodes a block to one pixel, and none without a plane. It is nextDC
// and stepOver written out: a block takes so few steps that the calls show.
func (c *component) block1(data []byte, r bits, at int) (_ bits, ok bool) {
	if r.n < minBits {
		if r, ok = r.fill(data); !ok {
			return r, false
		}
	}
	if e := c.dc.diff[r.acc>>(64-valueBits)]; e != 0 {
		c.dcValue += e >> diffShift
		r = r.drop(uint(e))
	} else if r, ok = c.slowDC(r); !ok {
		return r, false
	}
	if c.plane != nil {
		c.plane[at] = flat(c.dcValue * c.quant[0])
	}
	t := c.ac
	for k := uint(1); k < 64; {
		if r, ok = r.fill(data); !ok {
			return r, false
		}
		e := uint(t.skip[r.acc>>(64-skipBits)])
		if next := k + e>>skipShift; e != 0 && next+(e&skipEnd)/skipEnd <= 64 {
			r = r.drop(e)
			if e&skipEnd != 0 {
				return r, true
			}
			k = next
		} else if r, k, _, ok = t.slow(r, k); !ok {
			return r, false
		}
	}
	return r, true
}

// block2 decodes a block to 2 x 2 pixels.
func (c *component) block2(data []byte, r bits, at int) (bits, bool) {
	r, ok := c.nextDC(data, r)
	if !ok {
		return r, false
	}
	var b coefficients
	r, _, ok = c.low(data, r, last2, &b)
	if !ok {
		return r, false
	}
	mean, across, down, both := c.dcValue*c.quant[0]+4+128<<3, b[1], b[4], b[5]
	top, bottom := c.plane[at:][:2], c.plane[at+c.stride:][:2]
	top[0], top[1] = clamp((mean+across+down+both)>>3), clamp((mean-across+down-both)>>3)
	bottom[0], bottom[1] = clamp((mean+across-down-both)>>3), clamp((mean-across-down+both)>>3)
	return r, true
}

// block4 decodes a block to 4 x 4 pixels.
func (c *component) block4(data []byte, r bits, at int) (bits, bool) {
	r, ok := c.nextDC(data, r)
	if !ok {
		return r, false
	}
	var b coefficients
	r, some, ok := c.low(data, r, last4, &b)
	if !ok {
		return r, false
	}
	b[0] = c.dcValue * c.quant[0]
	if some {
		b.inverse(c.plane[at:], c.stride)
		return r, true
	}
	four := uint32(flat(b[0])) * 0x01010101
	for i := range 4 {
		binary.LittleEndian.PutUint32(c.plane[at+i*c.stride:], four)
	}
	return r, true
}

// inverse writes the inverse DCT of 4 x 4 points of b (the type II of T.81
// A.3.3 with N = 4), scaled from blocks of 8, into four rows of out. The
// constants are the cosine and sine of pi/8 over the square root of 2, in units
// of 1/4096.
func (b *coefficients) inverse(out []byte, stride int) {
	const cos, sin = 2676, 1108
	for i := range 4 { // columns; the results have 2 bits of fraction
		even0, even1 := (b[i]+b[8+i])<<11, (b[i]-b[8+i])<<11
		odd0, odd1 := b[4+i]*cos+b[12+i]*sin, b[4+i]*sin-b[12+i]*cos
		b[i], b[4+i] = (even0+odd0)>>9, (even1+odd1)>>9
		b[8+i], b[12+i] = (even1-odd1)>>9, (even0-odd0)>>9
	}
	const middle = 1<<15 + 128<<16 // half, to round; and the level shift
	for i := range 4 {
		row := b[4*i:][:4:4]
		even0, even1 := (row[0]+row[2])<<11+middle, (row[0]-row[2])<<11+middle
		odd0, odd1 := row[1]*cos+row[3]*sin, row[1]*sin-row[3]*cos
		binary.LittleEndian.PutUint32(out[i*stride:], uint32(clamp((even0+odd0)>>16))|uint32(clamp((even1+odd1)>>16))<<8|
			uint32(clamp((even1-odd1)>>16))<<16|uint32(clamp((even0-odd0)>>16))<<24)
	}
}
