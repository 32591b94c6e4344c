package emulated

import (
	"bytes"
	"fmt"
)

// findPicture returns the JPEG that data starts with, without what phones put
// behind it, such as a film or a second picture. It follows the markers (ITU-T
// T.81, annex B) and decodes nothing. The bytes are those of data.
func findPicture(data []byte) (picture, error) {
	if !bytes.HasPrefix(data, soi) {
		return picture{}, fmt.Errorf("does not start like a JPEG (no SOI)")
	}
	var p picture
	scans := 0
	for at := len(soi); ; {
		at = skipFill(data, at)
		if at+2 > len(data) {
			return picture{}, fmt.Errorf("breaks off at byte %d (no EOI)", len(data))
		}
		if data[at] != 0xFF {
			return picture{}, fmt.Errorf("byte %d is %#02x and should start a marker", at, data[at])
		}
		marker := data[at+1]
		at += 2
		if marker == eoi[1] {
			if scans == 0 {
				return picture{}, fmt.Errorf("ends at byte %d before its first scan", at)
			}
			p.data = data[:at:at]
			return p, nil
		}
		if marker < 0xC0 || (marker >= 0xD0 && marker <= 0xD8) {
			return picture{}, fmt.Errorf("byte %d is the marker %#02x, which has no place there", at-1, marker)
		}
		if at+2 > len(data) || be16(data[at:]) < 2 || at+be16(data[at:]) > len(data) {
			return picture{}, fmt.Errorf("the segment at byte %d does not end in the file", at-2)
		}
		body := data[at+2 : at+be16(data[at:])]
		at += 2 + len(body)
		switch {
		case marker == sos[1]:
			if p.width == 0 {
				return picture{}, fmt.Errorf("the scan at byte %d comes before the size", at)
			}
			scans++
			at = skipScan(data, at)
		case isSOF(marker):
			if err := p.readSOF(marker, body); err != nil {
				return picture{}, err
			}
		}
	}
}

// be16 returns the first two bytes as a number.
func be16(b []byte) int { return int(b[0])<<8 | int(b[1]) }

// isSOF reports whether a marker starts a frame header.
func isSOF(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

// readSOF reads a frame header. It refuses what browsers can't show.
func (p *picture) readSOF(marker byte, body []byte) error {
	if marker > 0xC2 {
		return fmt.Errorf("has the coding process SOF%d; baseline and progressive can be shown", marker-0xC0)
	}
	if p.width != 0 {
		return fmt.Errorf("has two frame headers")
	}
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return fmt.Errorf("has a frame header of %d bytes", len(body))
	}
	if body[0] != 8 || (body[5] != 1 && body[5] != 3) {
		return fmt.Errorf("has %d components of %d bits; 1 or 3 of 8 can be shown", body[5], body[0])
	}
	p.height, p.width = be16(body[1:]), be16(body[3:])
	if p.width == 0 || p.height == 0 {
		return fmt.Errorf("has the size %d x %d", p.width, p.height)
	}
	return nil
}

// skipFill returns the place of the last 0xFF of those that may precede a marker.
func skipFill(data []byte, at int) int {
	for at+1 < len(data) && data[at] == 0xFF && data[at+1] == 0xFF {
		at++
	}
	return at
}

// skipScan returns the place of the first marker behind the entropy-coded data
// that starts at at: neither a stuffed zero nor a restart.
func skipScan(data []byte, at int) int {
	for {
		n := bytes.IndexByte(data[at:], 0xFF)
		if n < 0 || at+n+1 >= len(data) {
			return len(data)
		}
		at += n
		if m := data[at+1]; m != 0 && (m < 0xD0 || m > 0xD7) {
			return at
		}
		at++ // may be 0xFF again
		if data[at] != 0xFF {
			at++
		}
	}
}
