package jpeg

import "bytes"

// MaxPixels is the largest width times height that Parse accepts: 100
// megapixels, more than any camera of the field has, and little enough that a
// decoder's memory for it can be had. A header of 65535 x 65535 costs its
// sender twenty bytes and a decoder 12 GB.
const MaxPixels = 100_000_000

// maxComponents is what baseline and progressive pictures can interleave.
const maxComponents = 4

// Info is what the headers of a picture say.
type Info struct {
	Width, Height   int    // in pixels, both at least 1
	Subsampling     string // "420", "422", "444", "440", "gray" or "other"
	Progressive     bool
	HasHuffman      bool // some Huffman table stands before the first scan
	RestartInterval int  // in MCUs; 0 when the picture has no restart markers
	SOS             int  // offset of the first SOS marker
	End             int  // offset just behind the EOI marker
}

// Parse reads the headers of the picture b, from its SOI to its first SOS, and
// looks for its EOI from the end, so that padding behind it is found and left
// out of Info.End. It does not read the coded pixels, so it costs well under a
// microsecond. Segments are skipped by their length: a thumbnail inside one is
// never taken for the picture.
//
// Parse accepts what browsers show: Huffman-coded baseline, extended and
// progressive pictures of at most MaxPixels. Every error is an *Error.
func Parse(b []byte) (Info, error) {
	in, err := ParseHeader(b)
	if err != nil {
		return Info{}, err
	}
	e := bytes.LastIndex(b[in.SOS:], []byte{0xFF, mEOI})
	if e < 0 {
		return Info{}, errAt(len(b), "the picture has no end marker (EOI)")
	}
	in.End = in.SOS + e + 2
	return in, nil
}

// ParseHeader is Parse for a picture of which only the beginning is there, up
// to the header of its first scan. Info.End stays 0.
func ParseHeader(b []byte) (Info, error) {
	if len(b) < 2 || b[0] != 0xFF || b[1] != mSOI {
		return Info{}, errAt(0, "no start marker (SOI)")
	}
	var p headerParser
	for at := 2; ; {
		for at+1 < len(b) && b[at] == 0xFF && b[at+1] == 0xFF { // fill bytes, T.81 B.1.1.2
			at++
		}
		if at+4 > len(b) {
			return Info{}, errAt(len(b), "the picture ends in its headers")
		}
		m := b[at+1]
		if b[at] != 0xFF {
			return Info{}, errAt(at, "0x%02x where a marker should be", b[at])
		}
		if !hasLength(m) {
			return Info{}, errAt(at, "marker 0x%02x among the headers", m)
		}
		size := int(b[at+2])<<8 | int(b[at+3])
		if size < 2 || at+2+size > len(b) {
			return Info{}, errAt(at, "segment 0x%02x has %d bytes, and %d are there", m, size, len(b)-at-2)
		}
		if err := p.segment(m, b[at+4:at+2+size], at); err != nil {
			return Info{}, err
		}
		if m == mSOS {
			p.in.SOS = at
			return p.in, nil
		}
		at += 2 + size
	}
}

// headerParser gathers the segments of one picture.
type headerParser struct {
	in         Info
	components int // 0 until the SOF came
	quantized  bool
}

// segment takes the body of one segment whose marker m is at offset at.
func (p *headerParser) segment(m byte, body []byte, at int) error {
	switch {
	case isSOF(m):
		return p.frame(m, body, at)
	case m == mDHT:
		p.in.HasHuffman = true
	case m == mDQT:
		p.quantized = true
	case m == mDRI:
		if len(body) < 2 {
			return errAt(at, "restart interval of %d bytes", len(body))
		}
		p.in.RestartInterval = int(body[0])<<8 | int(body[1])
	case m == mDAC, m == mDHP, m == mEXP:
		return errAt(at, "arithmetic and hierarchical coding are not supported")
	case m == mSOS:
		return p.scan(body, at)
	}
	return nil
}

// frame takes a SOF segment (T.81 B.2.2).
func (p *headerParser) frame(m byte, body []byte, at int) error {
	switch {
	case m > mSOF2:
		return errAt(at, "coding process SOF%d is not supported", m-mSOF0)
	case p.components != 0:
		return errAt(at, "a second frame header")
	case len(body) < 6:
		return errAt(at, "frame header of %d bytes", len(body))
	}
	p.in.Height = int(body[1])<<8 | int(body[2])
	p.in.Width = int(body[3])<<8 | int(body[4])
	p.in.Progressive = m == mSOF2
	n := int(body[5])
	switch {
	case p.in.Width == 0 || p.in.Height == 0:
		return errAt(at, "size %dx%d", p.in.Width, p.in.Height)
	case int64(p.in.Width)*int64(p.in.Height) > MaxPixels: // 65535x65535 is more than an int holds on a small machine
		return errAt(at, "size %dx%d is over %d pixels", p.in.Width, p.in.Height, MaxPixels)
	case n == 0 || n > maxComponents || len(body) < 6+3*n:
		return errAt(at, "%d components in a frame header of %d bytes", n, len(body))
	}
	p.components = n
	p.in.Subsampling = subsampling(body[6:], n)
	return nil
}

// scan checks that everything the first scan needs is there.
func (p *headerParser) scan(body []byte, at int) error {
	switch {
	case p.components == 0:
		return errAt(at, "a scan before the frame header (SOF)")
	case !p.quantized:
		return errAt(at, "a scan without quantization tables (DQT)")
	case p.in.Progressive && !p.in.HasHuffman:
		return errAt(at, "a progressive scan without Huffman tables (DHT)")
	case len(body) < 1 || len(body) < 4+2*int(body[0]) || body[0] == 0 || int(body[0]) > p.components:
		return errAt(at, "scan header of %d bytes", len(body))
	}
	return nil
}

// subsampling names the sampling factors of a frame's n components.
func subsampling(spec []byte, n int) string {
	switch {
	case n == 1:
		return "gray"
	case n != 3 || spec[4] != 0x11 || spec[7] != 0x11:
		return "other"
	}
	switch spec[1] {
	case 0x22:
		return "420"
	case 0x21:
		return "422"
	case 0x11:
		return "444"
	case 0x12:
		return "440"
	}
	return "other"
}
