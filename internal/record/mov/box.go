package mov

import "encoding/binary"

// boxes appends boxes to a buffer: a 32-bit length, a type of four letters, and
// a body, in which boxes may lie (ISO/IEC 14496-12, 4.2; QTFF calls them atoms).
type boxes struct{ b []byte }

func (x *boxes) u8(v ...byte) { x.b = append(x.b, v...) }
func (x *boxes) u16(v uint16) { x.b = binary.BigEndian.AppendUint16(x.b, v) }
func (x *boxes) u32(v uint32) { x.b = binary.BigEndian.AppendUint32(x.b, v) }
func (x *boxes) u64(v uint64) { x.b = binary.BigEndian.AppendUint64(x.b, v) }
func (x *boxes) str(s string) { x.b = append(x.b, s...) }
func (x *boxes) zero(n int)   { x.b = append(x.b, make([]byte, n)...) }

// open begins a box and returns where it lies, for end.
func (x *boxes) open(name string) int {
	at := len(x.b)
	x.u32(0)
	x.str(name)
	return at
}

// openFull begins a box with version and flags.
func (x *boxes) openFull(name string, version byte, flags uint32) int {
	at := x.open(name)
	x.u32(uint32(version)<<24 | flags)
	return at
}

func (x *boxes) end(at int) { binary.BigEndian.PutUint32(x.b[at:], uint32(len(x.b)-at)) }

// count begins a table of entries whose number is not known yet; setCount tells
// it.
func (x *boxes) count() int {
	at := len(x.b)
	x.u32(0)
	return at
}

func (x *boxes) setCount(at, n int) { binary.BigEndian.PutUint32(x.b[at:], uint32(n)) }

// children calls fn for each box of b that is whole.
func children(b []byte, fn func(name string, body []byte)) {
	for len(b) >= 8 {
		n := binary.BigEndian.Uint32(b)
		if n < 8 || uint64(n) > uint64(len(b)) {
			return
		}
		fn(string(b[4:8]), b[8:n])
		b = b[n:]
	}
}
