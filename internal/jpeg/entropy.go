package jpeg

// EntropyEnd tells a picture that lacks nothing but its end marker from one
// that was cut short. It reads the coded data of b, which begins at SOI and
// may have other bytes behind the picture, and reports the offset behind the
// last coded unit, and whether every unit that the headers promise is there.
//
// It follows the Huffman codes and computes no pixels, takes no memory for
// them, and costs about as much as a tenth of a full decode. Progressive
// pictures are never reported as whole: nothing tells which of their scans was
// to be the last.
func EntropyEnd(b []byte) (end int, whole bool) {
	in, err := ParseHeader(b)
	if err != nil || in.Progressive {
		return 0, false
	}
	d := &unitDecoder{tables: standardTables()}
	left := 0 // components still without a scan
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		m := b[at+1]
		if m == 0xFF {
			at++
			continue
		}
		size := int(b[at+2])<<8 | int(b[at+3])
		if !hasLength(m) || size < 2 || at+2+size > len(b) {
			return 0, false
		}
		body := b[at+4 : at+2+size]
		at += 2 + size
		switch {
		case isSOF(m):
			if !d.frame(body) {
				return 0, false
			}
			left = len(d.parts)
		case m == mDHT && !d.huffman(body), m == mDRI && len(body) < 2:
			return 0, false
		case m == mDRI:
			d.interval = int(body[0])<<8 | int(body[1])
		case m == mSOS:
			n := d.selectParts(body)
			if n == 0 {
				return 0, false
			}
			if at, whole = d.scan(b, at); !whole {
				return 0, false
			}
			if left -= n; left <= 0 {
				return at, true
			}
		}
	}
	return 0, false
}

// part is one colour component.
type part struct {
	id     byte
	h, v   int // sampling factors
	dc, ac *huffman
}

// unitDecoder steps over coded units.
type unitDecoder struct {
	width, height int
	parts         []part // of the frame
	inScan        []part // of the scan at hand
	tables        [2][4]huffman
	interval      int
}

// frame takes the body of the SOF segment, which ParseHeader has checked.
func (d *unitDecoder) frame(body []byte) bool {
	d.height = int(body[1])<<8 | int(body[2])
	d.width = int(body[3])<<8 | int(body[4])
	for i := range int(body[5]) {
		c := body[6+3*i:]
		p := part{id: c[0], h: int(c[1] >> 4), v: int(c[1] & 15)}
		if p.h < 1 || p.h > 4 || p.v < 1 || p.v > 4 {
			return false
		}
		d.parts = append(d.parts, p)
	}
	return true
}

// selectParts takes the body of an SOS segment and returns how many components
// the scan holds, 0 when it makes no sense.
func (d *unitDecoder) selectParts(body []byte) int {
	if len(body) < 1 || len(body) < 4+2*int(body[0]) {
		return 0
	}
	d.inScan = d.inScan[:0]
	for i := range int(body[0]) {
		for _, p := range d.parts {
			if p.id == body[1+2*i] {
				tables := body[2+2*i]
				p.dc, p.ac = &d.tables[0][tables>>4&3], &d.tables[1][tables&3]
				d.inScan = append(d.inScan, p)
				break
			}
		}
	}
	if n := int(body[0]); len(d.inScan) == n && n <= len(d.parts) {
		return n
	}
	return 0
}

// units returns how many MCUs the scan at hand has (T.81 A.2).
func (d *unitDecoder) units() int {
	hMax, vMax := 1, 1
	for _, p := range d.parts {
		hMax, vMax = max(hMax, p.h), max(vMax, p.v)
	}
	w, h := 8*hMax, 8*vMax
	if len(d.inScan) == 1 { // not interleaved: whole blocks of this component only
		p := &d.inScan[0]
		w, h = 8, 8
		cols, rows := (d.width*p.h+hMax-1)/hMax, (d.height*p.v+vMax-1)/vMax
		p.h, p.v = 1, 1
		return ((cols + w - 1) / w) * ((rows + h - 1) / h)
	}
	return ((d.width + w - 1) / w) * ((d.height + h - 1) / h)
}

// scan steps over the coded data that begins at offset at, and returns the
// offset behind it and whether all of it is there.
func (d *unitDecoder) scan(b []byte, at int) (end int, whole bool) {
	r := bitReader{b: b, at: at}
	for unit, n := 0, d.units(); unit < n; unit++ {
		if d.interval > 0 && unit > 0 && unit%d.interval == 0 && !r.restart() {
			return 0, false
		}
		for i := range d.inScan {
			p := &d.inScan[i]
			for range p.h * p.v {
				if !r.block(p.dc, p.ac) {
					return 0, false
				}
			}
		}
	}
	return r.end(), true
}

// bitReader reads coded data bit by bit and stops at the first marker.
type bitReader struct {
	b    []byte
	at   int
	acc  uint64
	n    int // bits in acc
	fake int // of them, at the end, bits that are not in the data
}

// fill makes at least 32 bits ready, with ones behind the end of the data.
func (r *bitReader) fill() {
	for r.n <= 56 {
		c := byte(0xFF)
		switch {
		case r.at < len(r.b) && r.b[r.at] != 0xFF:
			c = r.b[r.at]
			r.at++
		case r.at+1 < len(r.b) && r.b[r.at+1] == 0:
			r.at += 2
		default:
			r.fake += 8
		}
		r.acc = r.acc<<8 | uint64(c)
		r.n += 8
	}
}

// symbol reads one Huffman code and skips the value bits that it announces.
// ok is false when the code is unknown or the data ends within it.
func (r *bitReader) symbol(t *huffman) (value byte, ok bool) {
	if r.n < 32 {
		r.fill()
	}
	e := t.look[uint16(r.acc>>(r.n-16))>>(16-lookBits)]
	if e == 0 {
		e = t.long(uint16(r.acc >> (r.n - 16)))
	}
	value = byte(e)
	r.n -= int(e>>8) + int(value&15)
	return value, e != 0 && r.n >= r.fake
}

// block steps over the 64 coefficients of one block (T.81 F.2.2).
func (r *bitReader) block(dc, ac *huffman) bool {
	if v, ok := r.symbol(dc); !ok || v > 15 {
		return false
	}
	for k := 1; k < 64; k++ {
		v, ok := r.symbol(ac)
		if !ok {
			return false
		}
		if v&15 == 0 {
			if v != 0xF0 {
				return true // end of block
			}
		}
		if k += int(v >> 4); k > 63 {
			return false
		}
	}
	return true
}

// end returns the offset behind the last byte of which a bit was read.
func (r *bitReader) end() int {
	at := r.at
	for whole := (r.n - r.fake) / 8; whole > 0; whole-- {
		at--
		if r.b[at] == 0 && r.b[at-1] == 0xFF {
			at--
		}
	}
	return at
}

// restart steps over a restart marker, and reports whether one is there.
func (r *bitReader) restart() bool {
	at := r.end()
	for at < len(r.b) && r.b[at] == 0xFF && at+1 < len(r.b) && r.b[at+1] == 0xFF {
		at++
	}
	if at+2 > len(r.b) || r.b[at] != 0xFF || !isRST(r.b[at+1]) {
		return false
	}
	*r = bitReader{b: r.b, at: at + 2}
	return true
}
