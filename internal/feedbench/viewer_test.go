//go:build linux

package feedbench

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

const (
	maxHead    = 8 << 10  // of an answer or a part
	maxPicture = 16 << 20 // the hub's own limit
	checkEvery = 30       // one picture of so many is compared byte by byte
)

// viewer reads one feed. It is given bytes as they come and keeps no picture.
type viewer struct {
	streaming bool   // the answer's header is behind us
	head      []byte // of the answer or the part, as far as it has come
	left      int    // bytes of the picture that are still to come
	size      int    // of the picture
	first     []byte // its first stampEnd bytes
	sum       uint32 // of what follows them, when checked
	check     bool
	ended     bool // the feed ended with the closing delimiter

	last      stamp // of the newest picture
	freshAt   int64 // when the first picture of last.Epoch was read
	sinceTest int   // pictures since one was compared

	counts
}

// counts is what a viewer saw since the last mark.
type counts struct {
	Received int // pictures
	Lost     int // holes in the numbers
	Restarts int // a new run of the camera
	Bytes    int64
}

// Header fields that matter, with their colon.
const (
	lengthField  = "Content-Length:"
	chunkedField = "Transfer-Encoding:"
)

// cutPrefixFold returns what follows prefix on a header line, without regard to
// case.
func cutPrefixFold(line, prefix string) (string, bool) {
	if len(line) < len(prefix) || !strings.EqualFold(line[:len(prefix)], prefix) {
		return "", false
	}
	return strings.TrimSpace(line[len(prefix):]), true
}

// feed takes the next bytes, which came at now, and calls done for each picture
// that is complete with them. The stamp before is zero at the first picture.
func (v *viewer) feed(p []byte, now int64, done func(s, before stamp)) error {
	v.Bytes += int64(len(p))
	for len(p) > 0 && !v.ended {
		var err error
		if v.left == 0 {
			p, err = v.takeHead(p)
		} else {
			p, err = v.takePicture(p, now, done)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeHead reads up to an empty line and returns what follows it.
func (v *viewer) takeHead(p []byte) ([]byte, error) {
	from := max(len(v.head)-3, 0)
	n := min(len(p), maxHead-len(v.head))
	v.head = append(v.head, p[:n]...)
	if len(v.head) >= 2 && string(v.head[:2]) == "\r\n" { // the end of the picture before
		v.head = append(v.head[:0], v.head[2:]...)
		from = 0
	}
	end := bytes.Index(v.head[from:], []byte("\r\n\r\n"))
	if bytes.HasPrefix(v.head, []byte("--frame--")) {
		v.ended = true
		return nil, nil
	}
	if end < 0 {
		if len(v.head) >= maxHead-2 {
			return nil, fmt.Errorf("header of more than %d bytes", maxHead)
		}
		return p[n:], nil
	}
	over := len(v.head) - (from + end + 4)
	rest := p[n-over:]
	head := string(v.head[:from+end+2])
	v.head = v.head[:0]
	if !v.streaming {
		v.streaming = true
		return rest, checkAnswer(head)
	}
	return rest, v.startPicture(head)
}

// checkAnswer tells whether the feed's answer is one that we can read.
func checkAnswer(head string) error {
	status, fields, _ := strings.Cut(head, "\r\n")
	if f := strings.Fields(status); len(f) < 2 || f[1] != "200" {
		return fmt.Errorf("feed answered %q", status)
	}
	for line := range strings.Lines(fields) {
		if v, ok := cutPrefixFold(line, chunkedField); ok {
			return fmt.Errorf("feed is sent %s, want plain", v)
		}
	}
	return nil
}

func (v *viewer) startPicture(head string) error {
	for line := range strings.Lines(head) {
		value, ok := cutPrefixFold(line, lengthField)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < stampEnd || n > maxPicture {
			return fmt.Errorf("part has Content-Length %q", value)
		}
		v.left, v.size, v.first, v.sum = n, n, v.first[:0], 0
		v.check = v.sinceTest == 0
		return nil
	}
	return fmt.Errorf("part has no Content-Length: %q", head)
}

// takePicture counts bytes of a picture and returns what follows it.
func (v *viewer) takePicture(p []byte, now int64, done func(s, before stamp)) ([]byte, error) {
	n := min(len(p), v.left)
	pic, rest := p[:n], p[n:]
	v.left -= n
	if k := min(stampEnd-len(v.first), n); k > 0 {
		v.first = append(v.first, pic[:k]...)
		pic = pic[k:]
	}
	if v.check {
		v.sum = crc32.Update(v.sum, sumTable, pic)
	}
	if v.left > 0 {
		return rest, nil
	}
	s, err := readStamp(v.first)
	if err != nil {
		return nil, err
	}
	if int(s.Size) != v.size || v.check && s.Sum != v.sum {
		return nil, fmt.Errorf("number %d: %w", s.Seq, errBadBytes)
	}
	v.sinceTest = (v.sinceTest + 1) % checkEvery
	return rest, v.count(s, now, done)
}

// count notes a complete picture.
func (v *viewer) count(s stamp, now int64, done func(s, before stamp)) error {
	switch {
	case v.last.Epoch == 0:
		v.freshAt = now
	case s.Epoch != v.last.Epoch:
		v.Restarts++
		v.freshAt = now
	case s.Seq <= v.last.Seq:
		return fmt.Errorf("number %d came after %d", s.Seq, v.last.Seq)
	default:
		v.Lost += int(s.Seq - v.last.Seq - 1)
	}
	v.Received++
	done(s, v.last)
	v.last = s
	return nil
}
