package jpeg

import (
	"bytes"
	"errors"
	"image"
)

// ErrUnsupported says that a picture is sound as far as one can tell, and of a
// kind that the decoder at hand does not read.
var ErrUnsupported = errors.New("jpeg: this kind of picture is not supported")

// Decoder makes small pictures straight from the coded data of large ones. It
// reads baseline and extended pictures of 8 bits in one scan: gray, or YCbCr
// whose chroma is sampled 4:2:0, 4:2:2, 4:4:0 or 4:4:4, with or without restart
// markers, with any Huffman tables or, if they bring none, the standard ones.
// That is what cameras send. What else there is gives ErrUnsupported.
//
// Its tables and planes are used again from picture to picture: it takes no
// memory while size and sampling stay the same. The zero Decoder is ready. It
// is for one goroutine at a time.
type Decoder struct {
	header         Info
	jfif, adobeRGB bool
	comps          [3]component
	inUse          []component // the first one or three of comps
	hMax           int         // largest sampling factors
	vMax           int
	quant          [4][64]int32 // by table and zigzag index
	dc             [4]dcTable
	ac             [4]acTable
	given          [2][4]bool // which Huffman tables the picture brought
	scaled         [4]bool    // and which tables of quantization
	coded          coded

	ycc  image.YCbCr
	gray image.Gray
}

// component is one colour of the picture.
type component struct {
	id, table byte // table: of quantization
	h, v      int  // sampling factors
	quant     *[64]int32
	dc        *dcTable
	ac        *acTable
	dcValue   int32 // of the block before, T.81 F.1.1.5.1
	points    int   // of each side of a block: 1, 2 or 4
	plane     []byte
	stride    int
}

// open reads the headers of the picture b, from its SOI to its first scan, and
// makes its coded data ready.
func (d *Decoder) open(b []byte) error {
	in, err := ParseHeader(b)
	if err != nil {
		return err
	}
	if in.Progressive {
		return ErrUnsupported
	}
	d.header, d.given, d.scaled, d.inUse = in, [2][4]bool{}, [4]bool{}, nil
	d.jfif, d.adobeRGB = false, false
	d.header.RestartInterval = 0 // until its segment comes
	for at := 2; ; {
		if b[at+1] == 0xFF { // fill byte
			at++
			continue
		}
		m, size := b[at+1], int(b[at+2])<<8|int(b[at+3])
		if err := d.segment(m, b[at+4:at+2+size], at); err != nil {
			return err
		}
		at += 2 + size
		if m == mSOS {
			d.coded.set(b[at:])
			return d.checkLength(at)
		}
	}
}

// checkLength refuses a scan that is too short for the size in the headers,
// before memory is taken for that size: a block has two codes, so two bits.
func (d *Decoder) checkLength(at int) error {
	cols, rows := d.units()
	blocks := cols * rows * d.hMax * d.vMax
	if have := len(d.coded.data) * 4; have < blocks {
		return errAt(at, "coded data for %d blocks at most, and the size takes %d", have, blocks)
	}
	return nil
}

// segment takes the body of one segment, whose length ParseHeader has checked.
func (d *Decoder) segment(m byte, body []byte, at int) error {
	switch {
	case isSOF(m):
		return d.frame(body)
	case m == mDQT:
		return d.quantization(body, at)
	case m == mDHT:
		return d.huffman(body, at)
	case m == mDRI:
		d.header.RestartInterval = int(body[0])<<8 | int(body[1])
	case m == mAPP0 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		d.jfif = true
	case m == mAPP0+14:
		d.adobeRGB = len(body) >= 12 && string(body[:5]) == "Adobe" && body[11] == 0
	case m == mSOS:
		return d.scan(body, at)
	}
	return nil
}

// isRGB reports whether the three components are not YCbCr. JFIF pictures are
// always YCbCr; Adobe's say what they are; and the names may tell.
func (d *Decoder) isRGB() bool {
	if len(d.inUse) != 3 || d.jfif {
		return false
	}
	return d.adobeRGB || d.inUse[0].id == 'R' && d.inUse[1].id == 'G' && d.inUse[2].id == 'B'
}

// frame takes the body of the SOF segment, which ParseHeader has checked.
func (d *Decoder) frame(body []byte) error {
	n := int(body[5])
	if body[0] != 8 || n != 1 && n != 3 {
		return ErrUnsupported
	}
	d.inUse = d.comps[:n]
	d.hMax, d.vMax = 1, 1
	for i := range d.inUse {
		spec := body[6+3*i:]
		c := &d.inUse[i]
		c.id, c.h, c.v, c.table = spec[0], int(spec[1]>>4), int(spec[1]&15), spec[2]
		if c.table > 3 {
			return ErrUnsupported
		}
		if n == 1 {
			c.h, c.v = 1, 1 // alone in its scan, T.81 A.2.2
		}
		if i > 0 && (c.h != 1 || c.v != 1) {
			return ErrUnsupported
		}
	}
	y := &d.inUse[0]
	if y.h < 1 || y.h > 2 || y.v < 1 || y.v > 2 {
		return ErrUnsupported
	}
	d.hMax, d.vMax = y.h, y.v
	return nil
}

// quantization takes the body of a DQT segment (T.81 B.2.4.1).
func (d *Decoder) quantization(body []byte, at int) error {
	for len(body) > 0 {
		id, width := body[0]&15, 1+int(body[0]>>4)
		if id > 3 || width > 2 || len(body) < 1+64*width {
			return errAt(at, "quantization table of %d bytes", len(body))
		}
		q := &d.quant[id]
		for i := range q {
			if width == 1 {
				q[i] = int32(body[1+i])
			} else {
				q[i] = int32(body[1+2*i])<<8 | int32(body[2+2*i])
			}
		}
		d.scaled[id] = true
		body = body[1+64*width:]
	}
	return nil
}

// huffman takes the body of a DHT segment.
func (d *Decoder) huffman(body []byte, at int) error {
	for len(body) > 0 {
		t, rest, ok := nextTable(body)
		if ok && t.class == 0 {
			ok = d.dc[t.id].build(t.counts, t.values)
		} else if ok {
			ok = d.ac[t.id].build(t.counts, t.values)
		}
		if !ok {
			return errAt(at, "Huffman table that makes no sense")
		}
		d.given[t.class][t.id] = true
		body = rest
	}
	return nil
}

// scan takes the body of the first SOS segment, whose length ParseHeader has
// checked. A scan without some of the components is not the only one.
func (d *Decoder) scan(body []byte, at int) error {
	if int(body[0]) != len(d.inUse) || d.isRGB() {
		return ErrUnsupported
	}
	if !d.header.HasHuffman {
		if err := d.huffman(standardDHT[4:], at); err != nil {
			return err
		}
	}
	for i := range d.inUse {
		c := &d.inUse[i]
		tables := body[2+2*i]
		dc, ac := tables>>4, tables&15
		switch {
		case body[1+2*i] != c.id:
			return ErrUnsupported
		case dc > 3 || ac > 3 || !d.given[0][dc] || !d.given[1][ac]:
			return errAt(at, "a scan without its Huffman tables (DHT)")
		case !d.scaled[c.table]:
			return errAt(at, "a scan without its quantization table (DQT)")
		}
		c.quant, c.dc, c.ac, c.dcValue = &d.quant[c.table], &d.dc[dc], &d.ac[ac], 0
	}
	return nil
}
