package v4l2

import (
	"slices"
	"strings"
)

// formats are the pixel formats that are read, by their V4L2 codes, the best
// first: those of coded pictures cost no encoding, and of the others each has
// more to convert or less to show than the one before.
var formats = []string{"MJPG", "JPEG", "YUYV", "UYVY", "NV12", "NV21", "YU12", "RGB3", "BGR3", "GREY"}

// spellings are what people call some formats.
var spellings = map[string]string{"MJPEG": "MJPG", "YUY2": "YUYV", "I420": "YU12", "RGB24": "RGB3", "BGR24": "BGR3"}

// canonicalFormat returns "auto" or the member of formats that name means, or
// "" when it means none.
func canonicalFormat(name string) string {
	if strings.EqualFold(name, formatAuto) {
		return formatAuto
	}
	name = strings.ToUpper(name)
	if code, ok := spellings[name]; ok {
		name = code
	}
	if !supported(name) {
		return ""
	}
	return name
}

// supported reports whether the pixel format with this code is read.
func supported(code string) bool { return slices.Contains(formats, code) }

// fourCC writes a pixel format as four characters; those that can't be shown
// become dots.
func fourCC(code uint32) string {
	b := []byte{byte(code), byte(code >> 8), byte(code >> 16), byte(code>>24) & 0x7f} // bit 31 marks big-endian forms
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '.'
		}
	}
	return strings.TrimRight(string(b), " ")
}

// pixelFormat is the inverse of fourCC for the members of formats.
func pixelFormat(code string) uint32 {
	return uint32(code[0]) | uint32(code[1])<<8 | uint32(code[2])<<16 | uint32(code[3])<<24
}
