package jpegstream

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"camhub/internal/header"
)

// part is what the text before a picture said about it. The zero part is for
// a picture without any.
type part struct {
	delimited bool // a delimiter line came
	lines     int  // header lines
	sized     bool // a Content-Length came, right or not
	length    int  // its value, 0 when unknown
	other     bool // the type says that it is not a picture
	timestamp time.Time
}

// header takes one line if it is a header field, and reports whether it is.
func (p *part) header(line []byte, maxLength int) (isHeader, badLength bool) {
	name, value, ok := bytes.Cut(line, []byte{':'})
	name = bytes.TrimRight(name, " \t")
	if !ok || !isFieldName(name) {
		return false, false
	}
	p.lines++
	value = bytes.TrimSpace(value)
	switch {
	case foldEqual(name, "content-length"):
		p.sized = true
		p.length = parseLength(value, maxLength)
		return true, p.length == 0
	case foldEqual(name, "content-type"):
		p.other = !maybePicture(value)
	case foldEqual(name, "x-timestamp"):
		p.timestamp = parseTimestamp(value)
	}
	return true, false
}

func foldEqual(b []byte, lower string) bool {
	return len(b) == len(lower) && bytes.EqualFold(b, []byte(lower))
}

// isFieldName reports whether b is what the name of a header field looks like: a
// token that begins with a letter, and has a length that names have.
func isFieldName(b []byte) bool {
	return len(b) > 0 && len(b) <= 100 && b[0]|0x20 >= 'a' && b[0]|0x20 <= 'z' && header.IsToken(b)
}

// parseLength returns the number of bytes that value states, or 0 when it
// states none from 1 to most.
func parseLength(value []byte, most int) int {
	n := 0
	for _, c := range value {
		if c < '0' || c > '9' || n > most {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	if n > most {
		return 0
	}
	return n
}

// maybePicture reports whether a part of this Content-Type may hold a JPEG:
// all image types that say so in some spelling, and all that say nothing.
func maybePicture(value []byte) bool {
	mediaType, _, _ := bytes.Cut(value, []byte{';'})
	mediaType = bytes.ToLower(bytes.TrimSpace(mediaType))
	major, minor, _ := bytes.Cut(mediaType, []byte{'/'})
	switch string(major) {
	case "image":
		return bytes.Contains(minor, []byte("jp")) || len(minor) == 0 || minor[0] == '*'
	case "application":
		return string(minor) == "octet-stream"
	case "text", "audio", "video", "multipart", "message":
		return false
	}
	return true
}

// parseTimestamp reads Unix seconds with a fraction.
func parseTimestamp(value []byte) time.Time {
	s, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(s > 0) || s > math.MaxInt32*2 {
		return time.Time{}
	}
	return time.UnixMicro(int64(math.Round(s * 1e6)))
}
