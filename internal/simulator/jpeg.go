package simulator

import (
	"bytes"
	_ "embed"
	"fmt"
	"iter"
	"slices"
)

// commentFormat is the text of the comment (COM) in each picture: the camera
// and the number.
const commentFormat = "camhub simulator %s %d"

// Two pictures that the standard library can't encode. They were made by
// ImageMagick and ffmpeg from picture 0, and so show that number always.
const still = 0

var (
	//go:embed testdata/progressive.jpg
	progressive []byte
	//go:embed testdata/restart.jpg
	restart []byte
)

const (
	mSOF0 = 0xC0
	mDHT  = 0xC4
	mSOI  = 0xD8
	mEOI  = 0xD9
	mSOS  = 0xDA
	mAPP1 = 0xE1
	mAPPF = 0xEF
	mCOM  = 0xFE
)

// segments yields the marker and the whole of each segment of a picture, from
// the first behind SOI to the last before the first scan, and then mSOS with
// all the rest. It leaves out fill bytes, and ends where there is no segment.
func segments(b []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
			m := b[at+1]
			end := at + 2 + int(b[at+2])<<8 + int(b[at+3])
			switch {
			case m == 0xFF:
				at++
				continue
			case m == mSOS:
				yield(m, b[at:])
				return
			case end > len(b) || !yield(m, b[at:end]):
				return
			}
			at = end
		}
	}
}

// segment returns a segment of at most 65533 bytes of body.
func segment(marker byte, body []byte) []byte {
	n := len(body) + 2
	return append([]byte{0xFF, marker, byte(n >> 8), byte(n)}, body...)
}

// insert puts a piece behind the SOI of b.
func insert(b, piece []byte) []byte { return slices.Concat(b[:2], piece, b[2:]) }

// tag puts the comment of camera and number into picture b.
func tag(b []byte, camera string, n int) []byte {
	return insert(b, segment(mCOM, fmt.Appendf(nil, commentFormat, camera, n)))
}

// findComment returns the first comment of the simulator in a picture.
func findComment(b []byte) (body string, ok bool) {
	for m, s := range segments(b) {
		if m == mCOM && bytes.HasPrefix(s[4:], []byte(commentFormat[:len("camhub simulator ")])) {
			return string(s[4:]), true
		}
	}
	return "", false
}

// without leaves out all segments of a marker before the first scan.
func without(b []byte, marker byte) []byte {
	out := slices.Clone(b[:2])
	for m, s := range segments(b) {
		if m != marker {
			out = append(out, s...)
		}
	}
	return out
}

// resized writes another size into the frame header, and leaves the pixels.
func resized(b []byte, w, h int) []byte {
	out := slices.Clone(b[:2])
	for m, s := range segments(b) {
		s = slices.Clone(s)
		if m == mSOF0 {
			copy(s[5:], []byte{byte(h >> 8), byte(h), byte(w >> 8), byte(w)})
		}
		out = append(out, s...)
	}
	return out
}

// filled puts fill bytes (T.81 B.1.1.2) before each marker of the headers.
func filled(b []byte) []byte {
	out := slices.Clone(b[:2])
	for _, s := range segments(b) {
		out = append(append(out, 0xFF, 0xFF, 0xFF), s...)
	}
	return out
}

// padded puts n bytes of metadata into b that no decoder looks at.
func padded(b []byte, n int) []byte {
	var pieces []byte
	for n > 0 {
		k := min(n, 60_000)
		pieces = append(pieces, segment(mAPPF, bytes.Repeat([]byte("metadata"), k/8+1)[:k])...)
		n -= k
	}
	return insert(b, pieces)
}

// withThumbnail puts a whole smaller picture into an Exif segment of b.
func withThumbnail(b, thumbnail []byte) []byte {
	return insert(b, segment(mAPP1, append([]byte("Exif\x00\x00"), thumbnail...)))
}

// cut leaves out the last part of b, from the given share of its bytes on.
func cut(b []byte, share float64) []byte { return b[:int(float64(len(b))*share)] }

// noEOI leaves out the end marker.
func noEOI(b []byte) []byte { return b[:len(b)-2] }

// damaged puts a marker into the pixels that can't stand there.
func damaged(b []byte) []byte {
	b = slices.Clone(b)
	copy(b[len(b)-60:], []byte{0x01, 0xFF, 0x37, 0x01})
	return b
}
