package mov

import (
	"math"
	"time"
)

// The boxes of an index, in the order of ISO/IEC 14496-12, 8 and of QTFF.

// movie is what an index holds.
type movie struct {
	created time.Time
	sizes   []size   // the sample descriptions, at least one
	samples []Sample // none: the index of a fragmented file
	end     int64    // ticks
	chunks  []chunk  // nil: every sample is a chunk of its own, at its offset
}

type size struct{ width, height int }

// chunk is a run of samples that lie one behind the other in the file.
type chunk struct {
	offset  int64
	samples int
	size    int // which of the sample descriptions, from 0
}

// ftyp has a length of ftypLen.
func (x *boxes) ftyp() {
	o := x.open("ftyp")
	x.str("qt  ")
	x.u32(0x200)
	x.str("qt  ")
	x.end(o)
}

// moov appends the index, with own in it if that is not nil.
func (x *boxes) moov(m *movie, own *Info) {
	o := x.open("moov")
	x.mvhd(m)
	t := x.open("trak")
	x.tkhd(m)
	d := x.open("mdia")
	x.mdhd(m)
	x.hdlr("mhlr", "vide", "VideoHandler")
	i := x.open("minf")
	v := x.openFull("vmhd", 0, 1)
	x.zero(8)
	x.end(v)
	x.hdlr("dhlr", "url ", "DataHandler")
	x.dinf()
	x.stbl(m)
	x.end(i)
	x.end(d)
	x.end(t)
	if len(m.samples) == 0 {
		e := x.open("mvex")
		r := x.openFull("trex", 0, 0)
		x.u32(1) // track
		x.u32(1) // sample description
		x.zero(12)
		x.end(r)
		x.end(e)
	}
	if own != nil {
		x.own(own)
	}
	x.end(o)
}

// macEpoch is 1970 in seconds since 1904.
const macEpoch = 2082844800

// times writes the creation and modification time, and what stands between them
// and the duration; all of it in 64 bits if one of them needs it.
func (x *boxes) times(name string, flags uint32, created time.Time, duration int64, between func()) (at int) {
	c := max(created.Unix()+macEpoch, 0)
	if c > math.MaxUint32 || duration > math.MaxUint32 {
		at = x.openFull(name, 1, flags)
		x.u64(uint64(c))
		x.u64(uint64(c))
		between()
		x.u64(uint64(duration))
		return at
	}
	at = x.openFull(name, 0, flags)
	x.u32(uint32(c))
	x.u32(uint32(c))
	between()
	x.u32(uint32(duration))
	return at
}

// movieScale is the number of movie ticks in a second.
const movieScale = 1000

func (m *movie) duration() int64 { return (m.end*movieScale + Timescale/2) / Timescale }

func (x *boxes) mvhd(m *movie) {
	o := x.times("mvhd", 0, m.created, m.duration(), func() { x.u32(movieScale) })
	x.u32(0x10000) // rate 1
	x.u16(0x100)   // volume 1
	x.zero(10)
	x.matrix()
	x.zero(24)
	x.u32(2) // next track
	x.end(o)
}

func (x *boxes) tkhd(m *movie) {
	o := x.times("tkhd", 3, m.created, m.duration(), func() { x.u32(1); x.u32(0) })
	x.zero(16)
	x.matrix()
	x.u32(uint32(m.sizes[0].width) << 16)
	x.u32(uint32(m.sizes[0].height) << 16)
	x.end(o)
}

func (x *boxes) mdhd(m *movie) {
	o := x.times("mdhd", 0, m.created, m.end, func() { x.u32(Timescale) })
	x.u16(0x7FFF) // language not said
	x.u16(0)
	x.end(o)
}

func (x *boxes) matrix() {
	for _, v := range [...]uint32{0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000} {
		x.u32(v)
	}
}

func (x *boxes) hdlr(component, kind, name string) {
	o := x.openFull("hdlr", 0, 0)
	x.str(component)
	x.str(kind)
	x.zero(12)
	x.u8(byte(len(name)))
	x.str(name)
	x.end(o)
}

func (x *boxes) dinf() {
	o := x.open("dinf")
	r := x.openFull("dref", 0, 0)
	x.u32(1)
	u := x.openFull("url ", 0, 1) // in this file
	x.end(u)
	x.end(r)
	x.end(o)
}

// entry appends a sample description for JPEG pictures of a size.
func (x *boxes) entry(s size) {
	o := x.open("jpeg")
	x.zero(6)
	x.u16(1) // data reference
	x.zero(16)
	x.u16(uint16(s.width))
	x.u16(uint16(s.height))
	x.u32(72 << 16) // dots an inch
	x.u32(72 << 16)
	x.u32(0)
	x.u16(1)   // picture a sample
	x.zero(32) // name of the compressor
	x.u16(24)  // bits a pixel
	x.u16(0xFFFF)
	x.end(o)
}
