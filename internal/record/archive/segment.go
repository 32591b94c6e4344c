package archive

import (
	"encoding/binary"
	"hash/crc32"
	"time"

	"camhub/internal/record/mov"
)

// Segment is what the index knows of one file. It is small, since there may be a
// million of them.
type Segment struct {
	Start         int64  // of its first picture, in Unix milliseconds, rounded down: its name
	Sequence      uint64 // its place in the order of recording, whatever the clock said
	Size          int64  // bytes of the file
	Length        uint32 // milliseconds up to the end of its last picture, rounded up
	Pictures      uint32
	Width, Height uint16
	Gap           Gap  // why nothing was recorded just before
	unfinished    bool // it has no index of its own yet
}

// From returns when the segment begins.
func (s *Segment) From() time.Time { return time.UnixMilli(s.Start).UTC() }

// Until returns when it ends.
func (s *Segment) Until() time.Time { return time.UnixMilli(s.end()).UTC() }

func (s *Segment) end() int64 { return s.Start + int64(s.Length) }

// segmentOf returns the segment of a file called after start, of size bytes.
func segmentOf(start int64, x *mov.Index, size int64) Segment {
	length := time.UnixMilli(start).Sub(x.Until())
	return Segment{
		Start: start, Sequence: x.Sequence, Size: size,
		Length:   uint32(min(max(int64((-length+time.Millisecond-1)/time.Millisecond), 1), 1<<32-1)),
		Pictures: uint32(len(x.Samples)),
		Width:    uint16(x.Width), Height: uint16(x.Height), Gap: Gap(x.Gap),
	}
}

// A sidecar keeps the segments of a day of a camera, so that the hub starts without
// opening every file. It is a cache: what is in it and not in the folder is passed
// over, and a file that is not in it is opened. It has a magic number and records
// of one size, each with its own checksum, in the order in which they were closed.
const (
	sidecarName  = ".segments"
	sidecarMagic = "camhub\x00\x01"
	recordLen    = 48
	maxSidecar   = 32 << 20 // bytes; a day of segments of 0.1 s
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends the record of a segment.
func appendRecord(b []byte, s *Segment) []byte {
	from := len(b)
	le := binary.LittleEndian
	b = le.AppendUint64(b, uint64(s.Start))
	b = le.AppendUint64(b, s.Sequence)
	b = le.AppendUint64(b, uint64(s.Size))
	b = le.AppendUint32(b, s.Length)
	b = le.AppendUint32(b, s.Pictures)
	b = le.AppendUint16(b, s.Width)
	b = le.AppendUint16(b, s.Height)
	b = append(b, byte(s.Gap), 0, 0, 0, 0, 0, 0, 0)
	return le.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

// parseRecord reads a record, and reports whether it is sound.
func parseRecord(b []byte) (s Segment, ok bool) {
	le := binary.LittleEndian
	if crc32.Checksum(b[:recordLen-4], castagnoli) != le.Uint32(b[recordLen-4:]) {
		return s, false
	}
	return Segment{
		Start:    int64(le.Uint64(b)),
		Sequence: le.Uint64(b[8:]),
		Size:     int64(le.Uint64(b[16:])),
		Length:   le.Uint32(b[24:]),
		Pictures: le.Uint32(b[28:]),
		Width:    le.Uint16(b[32:]),
		Height:   le.Uint16(b[34:]),
		Gap:      Gap(b[36]),
	}, true
}
