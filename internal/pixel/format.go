// Package pixel turns the raw pictures of local cameras into JPEGs.
//
// Format names how pixels lie in memory, by V4L2's codes, and says how large a
// frame of them is. Encoder makes baseline JPEGs (ITU-T T.81) of such frames,
// reading each once, a strip of 8 or 16 lines at a time. It keeps the sampling
// that a camera sends: 4:2:2 stays 4:2:2, and RGB becomes 4:2:0.
//
// Objective: few instructions a frame on any processor, in plain Go. So it is
// an encoder of its own and not a converter in front of a library: it reads
// samples where they lie, computes two coefficients at once in each 64-bit word,
// and divides only those that do not become 0. A pixel takes about 40
// instructions in 4:2:0, 50 in 4:2:2, and 75 from RGB.
//
// Non-goals: scaling, other colour matrices than BT.601 (that of JFIF), and
// optimal Huffman tables.
package pixel

import (
	"fmt"
	"slices"

	"camhub/internal/jpeg"
)

// Range is the span of values that a picture uses (V4L2's quantization).
type Range int

const (
	// FullRange is 0 to 255, as JPEG has it.
	FullRange Range = iota
	// LimitedRange is 16 to 235, and 16 to 240 for colour differences, as in
	// television (ITU-R BT.601). The encoder stretches it to the full range, which
	// costs nothing, and what lies outside of it is clipped by those who decode.
	// Programs that pass such values on as they are show black as gray.
	LimitedRange
)

// Format is how the pixels of a frame lie in memory. Lookup has all there are;
// the zero Format is none of them.
type Format struct {
	// FourCC is V4L2's code, such as "YUYV".
	FourCC string
	// Range may be set by those who know what a driver says. Lookup sets what V4L2
	// means by V4L2_QUANTIZATION_DEFAULT: limited for Y'CbCr and full for RGB. GREY
	// is taken as full too, since monochrome sensors give plain values.
	Range Range

	kind    kind
	swapped bool // the other order of what the kind names
}

// kind is how luma and colour lie to each other.
type kind int

const (
	gray   kind = iota + 1 // luma alone
	planes                 // a plane for each component, 4:2:0
	pairs                  // a plane of luma and one of Cb and Cr in turn, 4:2:0; swapped: Cr and Cb
	packed                 // Y Cb Y Cr for two pixels, 4:2:2; swapped: Cb Y Cr Y
	rgb                    // red, green and blue; swapped: blue, green and red
)

// formats has those first that cost least for a picture of one size.
var formats = []Format{
	{"GREY", FullRange, gray, false},
	{"YU12", LimitedRange, planes, false},
	{"NV12", LimitedRange, pairs, false},
	{"NV21", LimitedRange, pairs, true},
	{"YUYV", LimitedRange, packed, false},
	{"UYVY", LimitedRange, packed, true},
	{"RGB3", FullRange, rgb, false},
	{"BGR3", FullRange, rgb, true},
}

// sampling returns how many luma samples the JPEG has for one of colour, across
// and down; 1 and 1 without colour.
func (k kind) sampling() (h, v int) {
	switch k {
	case gray:
		return 1, 1
	case packed:
		return 2, 1
	}
	return 2, 2
}

// Formats returns all formats that can be encoded, those that cost least for a
// picture of one size first.
func Formats() []Format { return slices.Clone(formats) }

// Lookup returns the format with V4L2's code fourcc, if it can be encoded.
func Lookup(fourcc string) (Format, bool) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.FourCC == fourcc })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// maxSide is the largest width and height of a JPEG, and maxFrame bounds the
// bytes of a frame.
const (
	maxSide  = 65535
	maxFrame = 1 << 30
)

// Stride returns the bytes of a line of the first plane without padding. The
// width is in pixels and must be at least 1.
func (f Format) Stride(width int) int {
	switch f.kind {
	case pairs:
		return 2 * half(width)
	case packed:
		return 4 * half(width)
	case rgb:
		return 3 * width
	}
	return width
}

// half rounds up, as the colour of an odd number of pixels does.
func half[T int | int64](n T) T { return (n + 1) / 2 }

// FrameSize returns how many bytes a frame has up to its last pixel. The size is
// in pixels; stride is the distance of the lines in the first plane in bytes
// (bytesperline), or 0 for lines without padding. An error names what can't be.
func (f Format) FrameSize(width, height, stride int) (int, error) {
	if f.kind == 0 {
		return 0, fmt.Errorf("pixel format %q can't be encoded", f.FourCC)
	}
	if width < 1 || height < 1 || width > maxSide || height > maxSide {
		return 0, fmt.Errorf("size %dx%d: width and height must be from 1 to %d", width, height, maxSide)
	}
	if int64(width)*int64(height) > jpeg.MaxPixels {
		return 0, fmt.Errorf("size %dx%d is over %d pixels", width, height, jpeg.MaxPixels)
	}
	line := f.Stride(width)
	if stride == 0 {
		stride = line
	}
	if stride < line || stride > maxFrame {
		return 0, fmt.Errorf("stride %d: lines of %d pixels in %s have %d bytes", stride, width, f.FourCC, line)
	}
	n := f.frameSize(int64(width), int64(height), int64(stride))
	if n > maxFrame {
		return 0, fmt.Errorf("size %dx%d with stride %d: a frame of %d bytes is over %d", width, height, stride, n, maxFrame)
	}
	return int(n), nil
}

func (f Format) frameSize(width, height, stride int64) int64 {
	switch f.kind {
	case planes: // two more, with half as many lines of half the stride
		return height*stride + (2*half(height)-1)*half(stride) + half(width)
	case pairs: // one more, with half as many lines
		return height*stride + (half(height)-1)*stride + 2*half(width)
	}
	return (height-1)*stride + int64(f.Stride(int(width)))
}
