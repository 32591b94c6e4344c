package jpegstream

import (
	"bytes"

	"camhub/internal/jpeg"
)

const (
	provenHits = 4        // right Content-Lengths in a row before one is relied on
	minDirect  = 16 << 10 // bytes; below, a copy costs nothing
	tailSize   = 2 << 10  // bytes of each read in which an early end is looked for
)

// takeDirect reads the picture straight into a slice of its Content-Length,
// which the last pictures have shown to be right. It returns false, and has
// used nothing up, when the picture does not end there with an EOI.
func (r *Reader) takeDirect() (data []byte, in jpeg.Info, ok bool) {
	size := r.sizeOf()
	if b := r.win.bytes(); len(b) >= size {
		if in, ok = wholeAt(b[:size]); !ok {
			return nil, in, false
		}
		r.win.skip(size)
		return bytes.Clone(b[:size]), in, true
	}
	data = make([]byte, size)
	have := copy(data, r.win.bytes())
	start := r.win.r
	r.win.skip(have)
	for have < size {
		n, err := r.win.read(data[have:])
		have += n
		if err != nil || have < size && endsEarly(data[:have], n, r.needle()) {
			break
		}
	}
	if have == size {
		if in, ok = wholeAt(data); ok {
			r.win.base += int64(size - (r.win.r - start))
			return data, in, true
		}
	}
	r.win.r = start
	r.win.w = start
	r.win.adopt(data, have)
	return nil, in, false
}

// wholeAt reports whether b is a picture that needs no repair and ends with b.
func wholeAt(b []byte) (jpeg.Info, bool) {
	in, err := jpeg.Parse(b)
	return in, err == nil && in.HasHuffman && in.End == len(b)
}

// endsEarly reports whether the last n bytes of b may hold the end of the
// picture, or the delimiter behind it. A camera that waits after a picture has
// sent these shortly before the last byte that is here, so the end of the read
// tells.
func endsEarly(b []byte, n int, delimiter []byte) bool {
	tail := b[len(b)-min(len(b), n+max(1, len(delimiter)), tailSize):]
	return bytes.Contains(tail, []byte{0xFF, 0xD9}) || delimiter != nil && bytes.Contains(tail, delimiter)
}
