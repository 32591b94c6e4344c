package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"camhub/internal/record/archive"
	"camhub/internal/record/mov"
)

// zipFile is a zip (APPNOTE.TXT 6.3) of pictures as they are. The records of the
// splice are the pictures with their local headers, then the entries of the central
// directory, and the end of it.
type zipFile struct {
	splice
	sums  []uint32
	local int64 // bytes of a local header; all are alike
	entry int64 // of an entry of the directory
	large bool  // the form of 64 bits is needed (4.5.3)
}

const (
	zipLocal   = 30
	zipCentral = 46
	zipTime    = 9  // "UT", the time in UTC
	zip64Extra = 12 // the offset in 64 bits
	zipEnd     = 22
	zip64End   = 56 + 20
)

// newZip reads all pictures once for their checksums, which stand before them. It
// takes src over.
func newZip(ctx context.Context, src *archive.Export, progress func(done int)) (*zipFile, error) {
	n := src.Pictures()
	z := &zipFile{splice: splice{src: src}, sums: make([]uint32, n)}
	z.bytes = z.record
	var b []byte
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := src.Picture(i)
		if cap(b) < p.Size {
			b = make([]byte, p.Size*5/4)
		}
		if k, err := src.ReadAt(b[:p.Size], p.Offset); k < p.Size {
			return nil, fmt.Errorf("read picture %d: %w", i, err)
		}
		z.sums[i] = crc32.ChecksumIEEE(b[:p.Size])
		progress(i + 1)
	}
	z.layOut()
	return z, nil
}

// layOut decides where each record begins.
func (z *zipFile) layOut() {
	n := z.src.Pictures()
	name := int64(len(zipName(0, z.src.Picture(0))))
	z.local = zipLocal + name + zipTime
	z.entry = zipCentral + name + zipTime
	z.starts = make([]int64, 0, 2*n+2)
	at := int64(0)
	for i := range n {
		z.starts = append(z.starts, at)
		at += z.local + int64(z.src.Picture(i).Size)
	}
	end := int64(zipEnd)
	if z.large = n >= math.MaxUint16 || at+int64(n)*z.entry >= math.MaxUint32; z.large {
		z.entry += zip64Extra
		end += zip64End
	}
	for range n {
		z.starts = append(z.starts, at)
		at += z.entry
	}
	z.starts = append(z.starts, at, at+end)
}

// zipName returns the name of picture i. Names have one length, and are unique and
// in order even when the clock was put back.
func zipName(i int, p mov.Picture) string {
	return fmt.Sprintf("%07d_%s.jpg", i+1, p.Taken.Format("2006-01-02T15-04-05.000Z"))
}

func (z *zipFile) record(i int) []byte {
	n := z.src.Pictures()
	switch {
	case i < n:
		return z.header(i)
	case i < 2*n:
		return z.directory(i - n)
	}
	return z.end(z.starts[n], z.starts[2*n]-z.starts[n])
}

var le = binary.LittleEndian

// common appends what both headers of a picture share, from the version that is
// needed to the length of the name.
func (z *zipFile) common(b []byte, i int, version uint16) []byte {
	p := z.src.Picture(i)
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, 0) // flags
	b = le.AppendUint16(b, 0) // stored
	b = le.AppendUint32(b, dosTime(p.Taken))
	b = le.AppendUint32(b, z.sums[i])
	b = le.AppendUint32(b, uint32(p.Size))
	b = le.AppendUint32(b, uint32(p.Size))
	return le.AppendUint16(b, uint16(len(zipName(i, p))))
}

func (z *zipFile) header(i int) []byte {
	p := z.src.Picture(i)
	b := append(make([]byte, 0, z.local), "PK\x03\x04"...)
	b = z.common(b, i, 10)
	b = le.AppendUint16(b, zipTime)
	b = append(b, zipName(i, p)...)
	return appendUT(b, p.Taken)
}

func (z *zipFile) directory(i int) []byte {
	p := z.src.Picture(i)
	version, extra, offset := uint16(10), uint16(zipTime), uint32(z.starts[i])
	if z.large {
		version, extra, offset = 45, zipTime+zip64Extra, math.MaxUint32
	}
	b := append(make([]byte, 0, z.entry), "PK\x01\x02"...)
	b = le.AppendUint16(b, 3<<8|version) // made on Unix
	b = z.common(b, i, version)
	b = le.AppendUint16(b, extra)
	b = append(b, make([]byte, 6)...)            // comment, disk, internal attributes
	b = le.AppendUint32(b, (0o100000|0o644)<<16) // a plain file
	b = le.AppendUint32(b, offset)
	b = append(b, zipName(i, p)...)
	b = appendUT(b, p.Taken)
	if z.large {
		b = le.AppendUint16(b, 1)
		b = le.AppendUint16(b, 8)
		b = le.AppendUint64(b, uint64(z.starts[i]))
	}
	return b
}

// end returns the end of a central directory of size bytes at a place.
func (z *zipFile) end(at, size int64) []byte {
	n := z.src.Pictures()
	var b []byte
	count, size32, at32 := uint16(n), uint32(size), uint32(at)
	if z.large {
		b = append(b, "PK\x06\x06"...)
		b = le.AppendUint64(b, 44)
		b = le.AppendUint16(b, 3<<8|45)
		b = le.AppendUint16(b, 45)
		b = le.AppendUint64(b, 0) // disks
		b = le.AppendUint64(b, uint64(n))
		b = le.AppendUint64(b, uint64(n))
		b = le.AppendUint64(b, uint64(size))
		b = le.AppendUint64(b, uint64(at))
		b = append(b, "PK\x06\x07\x00\x00\x00\x00"...)
		b = le.AppendUint64(b, uint64(at+size))
		b = le.AppendUint32(b, 1)
		count, size32, at32 = math.MaxUint16, math.MaxUint32, math.MaxUint32
	}
	b = append(b, "PK\x05\x06\x00\x00\x00\x00"...)
	b = le.AppendUint16(b, count)
	b = le.AppendUint16(b, count)
	b = le.AppendUint32(b, size32)
	b = le.AppendUint32(b, at32)
	return le.AppendUint16(b, 0)
}

// appendUT appends the field of the time of change in Unix seconds. It has 32 bits,
// which last until 2106 for those who read it without a sign.
func appendUT(b []byte, t time.Time) []byte {
	b = append(b, 'U', 'T', 5, 0, 1)
	return le.AppendUint32(b, uint32(t.Unix()))
}

// dosTime returns a time as MS-DOS had it, to two seconds, from 1980.
func dosTime(t time.Time) uint32 {
	y := min(max(t.Year()-1980, 0), 127)
	date := y<<9 | int(t.Month())<<5 | t.Day()
	return uint32(date<<16 | t.Hour()<<11 | t.Minute()<<5 | t.Second()/2)
}
