package live

import (
	"strconv"
	"time"

	"camhub/internal/media"
)

// The pieces of a feed (multipart/x-mixed-replace; the delimiters are RFC 2046,
// section 5.1.1). The delimiter's whole line follows its picture at once, since
// many readers take a picture for ended when they have seen that line. With
// advance the headers of the next part follow too; they can't tell its length
// and time.
var (
	delimiter = []byte("\r\n--frame\r\n")
	openPart  = []byte("\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n")
	closeFeed = []byte("\r\n--frame--\r\n")
)

const (
	partType     = "Content-Type: image/jpeg\r\nContent-Length: "
	partTime     = "\r\nX-Timestamp: "
	partEnd      = "\r\n\r\n"
	partCapacity = len(partType) + len(partTime) + len(partEnd) + 40
)

// parts makes the pieces for one viewer, without an allocation per picture.
// What a method returns is valid until the next call.
type parts struct {
	advance bool
	header  []byte
	pieces  [3][]byte
}

func newParts(advance bool) *parts {
	return &parts{advance: advance, header: make([]byte, 0, partCapacity)}
}

// first returns what comes before the first picture.
func (p *parts) first() [][]byte {
	p.pieces[0] = delimiter[2:] // no line to end
	if p.advance {
		p.pieces[0] = openPart[2:]
	}
	return p.pieces[:1]
}

// picture returns one picture with all that belongs before and behind it.
func (p *parts) picture(pk *media.Packet) [][]byte {
	if p.advance {
		p.pieces[0], p.pieces[1] = pk.Data, openPart
		return p.pieces[:2]
	}
	h := append(p.header[:0], partType...)
	h = strconv.AppendInt(h, int64(len(pk.Data)), 10)
	h = append(h, partTime...)
	h = appendSeconds(h, pk.Time())
	h = append(h, partEnd...)
	p.header = h
	p.pieces[0], p.pieces[1], p.pieces[2] = h, pk.Data, delimiter
	return p.pieces[:3]
}

// appendSeconds appends t in Unix seconds with six digits of fraction.
func appendSeconds(b []byte, t time.Time) []byte {
	us := t.UnixMicro()
	b = strconv.AppendInt(b, us/1e6, 10)
	b = append(b, '.')
	fraction := us % 1e6
	for digit := int64(1e5); digit > 0; digit /= 10 {
		b = append(b, byte('0'+fraction/digit%10))
	}
	return b
}
