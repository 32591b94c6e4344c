package mov

import (
	"encoding/binary"
	"time"
)

// The bytes before the first fragment, and before each picture. All are fixed.
const (
	ftypLen     = 20
	freeLen     = 16
	fragmentLen = 136
)

// head appends the first boxes of a file.
func (x *boxes) head(in *Info) {
	x.ftyp()
	x.str(openHead)
	x.moov(in.movie(nil, 0), in)
}

func (in *Info) movie(samples []Sample, end int64) *movie {
	return &movie{created: in.Start, sizes: []size{{in.Width, in.Height}}, samples: samples, end: end}
}

// openHead is the free box of a file that is not closed.
const openHead = "\x00\x00\x00\x10free\x00\x00\x00\x00\x00\x00\x00\x00"

// closedHead returns what the free box becomes: the header of an mdat up to end.
func closedHead(end int64) [freeLen]byte {
	var b [freeLen]byte
	b[3] = 1 // the length is in 64 bits
	copy(b[4:], "mdat")
	binary.BigEndian.PutUint64(b[8:], uint64(end-ftypLen))
	return b
}

// ntpEpoch is 1970 in seconds since 1900.
const ntpEpoch = 2208988800

// ntp returns t as a 64-bit NTP timestamp (RFC 5905, 6), which begins anew in
// 2036.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// Where the numbers that differ stand in a fragment's header.
const (
	atSequence = 32 + 8 + 12
	atTime     = atSequence + 4 + 8 + 16 + 12
	atDuration = atTime + 8 + 20
	atSize     = atDuration + 4
)

// fragment appends the header of the fragment of one picture: prft (14496-12,
// 8.16.5), moof (8.8.4) and the header of an mdat. number counts from 1.
func (x *boxes) fragment(start time.Time, number uint32, s *Sample, duration uint32) {
	p := x.openFull("prft", 1, 0)
	x.u32(1) // track
	x.u64(ntp(start.Add(Duration(s.Time))))
	x.u64(uint64(s.Time))
	x.end(p)
	m := x.open("moof")
	o := x.openFull("mfhd", 0, 0)
	x.u32(number)
	x.end(o)
	t := x.open("traf")
	o = x.openFull("tfhd", 0, 0x20000) // offsets count from the moof
	x.u32(1)                           // track
	x.end(o)
	o = x.openFull("tfdt", 1, 0)
	x.u64(uint64(s.Time))
	x.end(o)
	o = x.openFull("trun", 0, 0x1|0x100|0x200) // has offset, durations, sizes
	x.u32(1)                                   // sample
	x.u32(fragmentLen - 32)                    // where its data begins
	x.u32(duration)
	x.u32(s.Size)
	x.end(o)
	x.end(t)
	x.end(m)
	x.u32(s.Size + 8)
	x.str("mdat")
}

// parseFragment reads the header of a fragment at offset at, which must be what
// fragment writes for such a picture.
func parseFragment(b []byte, start time.Time, number uint32, at int64, scratch *boxes) (s Sample, duration uint32, ok bool) {
	s.Time = int64(binary.BigEndian.Uint64(b[atTime:]))
	s.Size = binary.BigEndian.Uint32(b[atSize:])
	s.Offset = at + fragmentLen
	duration = binary.BigEndian.Uint32(b[atDuration:])
	if s.Time < 0 || s.Time > maxTime || s.Size < 4 || s.Size > MaxPicture {
		return s, 0, false
	}
	scratch.b = scratch.b[:0]
	scratch.fragment(start, number, &s, duration)
	return s, duration, string(scratch.b) == string(b[:fragmentLen])
}

// maxTime bounds the media time of a file, in ticks: about three years, so that
// no sum of a start and a time runs over.
const maxTime = 1000 * 86400 * Timescale
