package jpeg

import "bytes"

// Verdict is what a Walker knows after some bytes.
type Verdict uint8

// The verdicts. All but More are final.
const (
	More      Verdict = iota // the picture goes on
	Ended                    // the byte before n was the last one of the picture
	Restarted                // the three bytes before n begin another picture: this one has no end
	Broken                   // the byte before n can't stand there
)

// Walker finds where a picture ends by its structure, while its bytes arrive
// in pieces of any size. Segments are skipped by their length, so that the end
// of a thumbnail inside one is passed over; in coded data it knows stuffed
// zeros, restart markers, fill bytes and further scans (T.81 annex B). It
// keeps no bytes and takes no memory.
//
// The zero Walker stands before the first byte of a picture. Its result depends
// on the bytes alone, not on how they are cut.
type Walker struct {
	state   walkState
	marker  byte // of the segment being read
	need    int  // bytes of it still to skip
	frames  bool // a SOF came
	scans   bool // a scan was begun
	damaged bool
}

type walkState uint8

const (
	wantStart walkState = iota // the FF of SOI
	wantSOI
	wantMarker // the FF of a marker
	wantCode   // its second byte
	wantLength // first byte of a segment's length
	wantLength2
	inSegment
	inScan
	inScanFF  // behind an FF in coded data
	inScanSOI // behind FF D8 in coded data
)

// Damaged reports whether the coded data held a marker that can't stand there,
// so that no decoder gets past it.
func (w *Walker) Damaged() bool { return w.damaged }

// Walk takes the next bytes of the picture. It returns how many of them it
// used, all of them while the verdict is More. After another verdict the
// walker must not be used again.
func (w *Walker) Walk(b []byte) (n int, v Verdict) {
	for i := 0; i < len(b); {
		switch w.state {
		case inScan:
			k := bytes.IndexByte(b[i:], 0xFF)
			if k < 0 {
				return len(b), More
			}
			i += k + 1
			if i < len(b) && b[i] == 0 { // by far the most frequent
				i++
				continue
			}
			w.state = inScanFF
		case inSegment:
			k := min(len(b)-i, w.need)
			i += k
			if w.need -= k; w.need == 0 {
				w.segmentEnd()
			}
		default:
			v := w.step(b[i])
			i++
			if v != More {
				return i, v
			}
		}
	}
	return len(b), More
}

// step takes one byte in a state that looks at single bytes.
func (w *Walker) step(c byte) Verdict {
	switch w.state {
	case wantStart, wantMarker:
		if c != 0xFF {
			return Broken
		}
		w.state++
	case wantSOI:
		if c != mSOI {
			return Broken
		}
		w.state = wantMarker
	case wantCode:
		return w.code(c)
	case wantLength:
		w.need = int(c) << 8
		w.state = wantLength2
	case wantLength2:
		w.need |= int(c)
		if w.need < 2 {
			return Broken
		}
		if w.need -= 2; w.need == 0 {
			w.segmentEnd()
		} else {
			w.state = inSegment
		}
	case inScanFF:
		return w.scanMarker(c)
	case inScanSOI:
		if c == 0xFF {
			return Restarted
		}
		w.damaged = true
		w.state = inScan
	}
	return More
}

// code takes the second byte of a marker among the headers.
func (w *Walker) code(c byte) Verdict {
	switch {
	case c == 0xFF: // fill byte
		return More
	case c == mEOI && w.scans:
		return Ended
	case !hasLength(c), c == mSOS && !w.frames, isSOF(c) && w.frames:
		return Broken
	}
	w.frames = w.frames || isSOF(c)
	w.marker = c
	w.state = wantLength
	return More
}

// scanMarker takes the byte behind an FF in coded data.
func (w *Walker) scanMarker(c byte) Verdict {
	switch {
	case c == mEOI:
		return Ended
	case c == 0xFF: // fill byte
	case c == 0 || isRST(c):
		w.state = inScan
	case c == mSOI:
		w.state = inScanSOI
	case betweenScans(c):
		w.marker = c
		w.state = wantLength
	default:
		w.damaged = true
		w.state = inScan
	}
	return More
}

func (w *Walker) segmentEnd() {
	w.state = wantMarker
	if w.marker == mSOS {
		w.scans = true
		w.state = inScan
	}
}
