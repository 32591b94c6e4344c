package jpeg

import (
	"bytes"
	"encoding/binary"
)

// exifStart begins an APP1 segment with EXIF data (CIPA DC-008, 4.7.2).
var exifStart = []byte("Exif\x00\x00")

const orientationTag = 0x0112

// Orientation returns how the picture b is to be turned before it is shown, by
// its EXIF data: 1 to 8 as there (CIPA DC-008, 4.6.5.1.1), 1 for not at all and
// when nothing says so.
func Orientation(b []byte) int {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		m := b[at+1]
		if m == 0xFF { // fill byte
			at++
			continue
		}
		size := int(b[at+2])<<8 | int(b[at+3])
		if m == mSOS || !hasLength(m) || size < 2 || at+2+size > len(b) {
			break
		}
		if exif, ok := bytes.CutPrefix(b[at+4:at+2+size], exifStart); ok && m == mAPP0+1 {
			return tiffOrientation(exif)
		}
		at += 2 + size
	}
	return 1
}

// tiffOrientation looks for the tag in the first directory of a TIFF file.
func tiffOrientation(t []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(t, []byte("MM\x00*")):
		order = binary.BigEndian
	case !bytes.HasPrefix(t, []byte("II*\x00")):
		return 1
	}
	if len(t) < 8 {
		return 1
	}
	at := uint64(order.Uint32(t[4:]))
	if at+2 > uint64(len(t)) {
		return 1
	}
	entries := t[at+2:]
	for n := order.Uint16(t[at:]); n > 0 && len(entries) >= 12; n-- {
		const short = 3 // the type of two bytes
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// AppendOriented appends the picture b to dst, with EXIF data that say how it is
// to be turned, unless that is not at all. b must begin with SOI and have no
// EXIF data of its own.
func AppendOriented(dst, b []byte, orientation int) []byte {
	if orientation <= 1 || orientation > 8 {
		return append(dst, b...)
	}
	const size = 2 + 6 + 8 + 2 + 12 + 4
	dst = append(dst, b[:2]...)
	dst = append(dst, 0xFF, mAPP0+1, 0, size)
	dst = append(dst, exifStart...)
	dst = append(dst, "MM\x00*\x00\x00\x00\x08"...)                                                               // the directory follows
	dst = append(dst, 0, 1, orientationTag>>8, orientationTag&0xFF, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0) // one entry
	dst = append(dst, 0, 0, 0, 0)                                                                                 // and no directory more
	return append(dst, b[2:]...)
}
