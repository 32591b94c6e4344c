// Package mov keeps JPEG pictures with their times in QuickTime files that
// survive a crash at any moment.
//
// While it is recorded, a file grows by one fragment a picture:
//
//	ftyp  free(16)  moov(mvex)  [prft moof mdat] [prft moof mdat] …
//
// When it is closed, a plain index is put behind and the 16 bytes of the free
// box become the header of one mdat over all fragments:
//
//	ftyp  mdat{ moov(mvex) [prft moof mdat] … }  moov
//
// So a file that was cut is an ordinary fragmented one, and a closed one opens
// and seeks at once everywhere; nothing is written twice but those 16 bytes. The
// idea is that of OBS Studio's hybrid files. The brand is QuickTime's and the
// sample entry 'jpeg', which every player takes for Motion JPEG (QTFF, "Video
// sample description"); the boxes of fragments are those of ISO/IEC 14496-12.
//
// Every fragment is written the moment its picture comes, with the decode time
// that it really has (tfdt) and a guess of its duration; the index at the end
// has the exact ones. A prft box keeps the wall clock of each picture, for other
// programs; this one uses the exact start of the file and the media time.
//
// Reading verifies: a fragment counts when its header is, byte for byte, what
// Writer writes for such a picture, and the picture begins with SOI and ends
// with EOI.
//
// There is no checksum of the picture itself, so a bit that flips in the middle of
// one is not noticed. A checksum could lie in a box of its own before each moof, but
// whoever verifies it has to read every byte: a check of a terabyte, which today reads
// 140 bytes a picture, would take the hours that the disk takes. It would seldom say
// anything new: the disk reports sectors that fail as errors of reading, blocks
// that are lost take headers and ends of pictures with them, and no picture depends on
// another, so that what is left spoils one. Nothing could be mended by it, and files
// of two layouts would have to be read for ever. Who has to prove that a recording
// is as it was takes the SHA-256 of an export.
package mov

import (
	"encoding/binary"
	"errors"
	"time"
)

// Timescale is the number of media ticks in a second. Times are rounded to the
// nearest tick, 11 µs.
const Timescale = 90000

// Bounds of what a file may hold.
const (
	MaxPicture = 64 << 20 // bytes
	MaxSamples = 4 << 20  // of one file, and of one export
	MaxSize    = 65535    // pixels, in either direction
)

// What can be wrong with a file or a picture.
var (
	ErrFormat  = errors.New("mov: not a file of this recorder")
	ErrEmpty   = errors.New("mov: no whole picture")
	ErrPicture = errors.New("mov: not a whole JPEG picture")
	ErrRange   = errors.New("mov: out of range")
)

// Info is what a file says of itself in its first boxes, from its first second.
type Info struct {
	Start         time.Time // the wall clock at media time 0
	Width, Height int       // in pixels
	Sequence      uint64    // its place in the order of recording, whatever the clock said
	Gap           uint8     // why nothing was recorded just before: a code of the caller's
}

// Sample is one picture of a file.
type Sample struct {
	Offset int64 // of its first byte
	Time   int64 // ticks since the start of the file
	Size   uint32
}

// Index is where the pictures of a file are, in the order of their times.
type Index struct {
	Info
	Samples []Sample
	End     int64 // the time at which the last picture's duration ends, in ticks
}

// At returns the wall clock of picture i.
func (x *Index) At(i int) time.Time { return x.Start.Add(Duration(x.Samples[i].Time)) }

// Until returns the wall clock at the end of the last picture's duration.
func (x *Index) Until() time.Time { return x.Start.Add(Duration(x.End)) }

// Find returns the newest picture that is not later than t, or -1 when all are
// later. It compares in ticks, so that the time of a picture finds it.
func (x *Index) Find(t time.Time) int {
	want := Ticks(t.Sub(x.Start))
	lo, hi := 0, len(x.Samples)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); x.Samples[mid].Time <= want {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// Ticks returns d in ticks, rounded to the nearest.
func Ticks(d time.Duration) int64 {
	const per = int64(time.Second)
	s, ns := int64(d)/per, int64(d)%per
	t := ns * Timescale
	if t >= 0 {
		t += per / 2
	} else {
		t -= per / 2
	}
	return s*Timescale + t/per
}

// Duration returns the time of so many ticks, rounded to the nearest nanosecond.
func Duration(ticks int64) time.Duration {
	s, rest := ticks/Timescale, ticks%Timescale
	ns := rest * int64(time.Second)
	if ns >= 0 {
		ns += Timescale / 2
	} else {
		ns -= Timescale / 2
	}
	return time.Duration(s)*time.Second + time.Duration(ns/Timescale)
}

// ownBox is the type of the box that holds the rest of Info: a 'uuid' box, which
// every reader steps over (ISO/IEC 14496-12, 11.1).
var ownBox = [16]byte{0x6d, 0x1e, 0x5c, 0x93, 0x0a, 0x77, 0x4f, 0x0e, 0x9b, 0x21, 0xc4, 0x50, 0x8e, 0x3d, 0x1f, 0x62}

const ownVersion = 1

func (x *boxes) own(in *Info) {
	o := x.open("uuid")
	x.u8(ownBox[:]...)
	x.u8(ownVersion, in.Gap, 0, 0)
	x.u64(uint64(in.Start.UnixNano()))
	x.u64(in.Sequence)
	x.end(o)
}

// parseOwn reads the body of a uuid box, and reports whether it is ours.
func (in *Info) parseOwn(b []byte) bool {
	if len(b) != 36 || [16]byte(b[:16]) != ownBox || b[16] != ownVersion {
		return false
	}
	in.Gap = b[17]
	in.Start = time.Unix(0, int64(binary.BigEndian.Uint64(b[20:]))).UTC()
	in.Sequence = binary.BigEndian.Uint64(b[28:])
	return true
}

func isPicture(first, last []byte) bool {
	return first[0] == 0xFF && first[1] == 0xD8 && last[0] == 0xFF && last[1] == 0xD9
}
