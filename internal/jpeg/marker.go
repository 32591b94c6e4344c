// Package jpeg knows JPEG pictures (ITU-T T.81): where one begins and ends,
// what its headers say, how to mend one that a camera sent without Huffman
// tables, and how to make a smaller one of it.
//
// Parse reads the headers of a whole picture, Walker finds the end of one while
// its bytes arrive, and EntropyEnd tells a picture that only lacks its end
// marker from one that was cut. None of them decodes pixels. Decoder makes a
// small picture straight from the coded data of a large one.
//
// All functions are safe for concurrent use and never change their input.
package jpeg

import "fmt"

// Markers of T.81 table B.1, the second byte after 0xFF.
const (
	mSOF0 = 0xC0 // baseline
	mSOF1 = 0xC1 // extended sequential
	mSOF2 = 0xC2 // progressive
	mDHT  = 0xC4
	mJPG  = 0xC8
	mDAC  = 0xCC
	mRST0 = 0xD0
	mRST7 = 0xD7
	mSOI  = 0xD8
	mEOI  = 0xD9
	mSOS  = 0xDA
	mDQT  = 0xDB
	mDNL  = 0xDC
	mDRI  = 0xDD
	mDHP  = 0xDE
	mEXP  = 0xDF
	mAPP0 = 0xE0
	mAPPF = 0xEF
	mCOM  = 0xFE
)

// isSOF reports whether m starts a frame of any kind.
func isSOF(m byte) bool {
	return m >= 0xC0 && m <= 0xCF && m != mDHT && m != mJPG && m != mDAC
}

// isRST reports whether m is one of the eight restart markers.
func isRST(m byte) bool { return m >= mRST0 && m <= mRST7 }

// hasLength reports whether m is followed by a segment that begins with its
// own length.
func hasLength(m byte) bool {
	return m >= 0xC0 && m <= 0xCF && m != mJPG || m >= mSOS && m <= mEXP || m >= mAPP0 && m <= mAPPF || m == mCOM
}

// betweenScans reports whether m may stand between two scans of one picture.
func betweenScans(m byte) bool {
	switch m {
	case mDHT, mDAC, mSOS, mDQT, mDNL, mDRI, mCOM:
		return true
	}
	return m >= mAPP0 && m <= mAPPF
}

// Error says what is wrong with a picture and where.
type Error struct {
	Offset int // of the byte at fault, from the picture's first
	Msg    string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("jpeg: byte %d: %s", e.Offset, e.Msg) }

func errAt(offset int, format string, args ...any) error {
	return &Error{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}
