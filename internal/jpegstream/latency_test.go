package jpegstream

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

var errWouldWait = errors.New("the reader waits for more")

// arrived is a stream of which no more has arrived than b: a read behind it
// would wait for the next picture.
type arrived struct {
	b     []byte
	piece int // the most that a read gives
	waits int // reads that would have waited
}

func (a *arrived) Read(p []byte) (int, error) {
	if len(a.b) == 0 {
		a.waits++
		return 0, errWouldWait
	}
	n := copy(p[:min(len(p), a.piece)], a.b)
	a.b = a.b[n:]
	return n, nil
}

// TestPictureComesWithItsLastByte checks that a picture never waits for what
// follows it, whatever the stream said about its length, in a stream that has
// told nothing yet and in one that was right often before.
func TestPictureComesWithItsLastByte(t *testing.T) {
	pic := noise(t, 200, 1)
	if len(pic) < minDirect {
		t.Fatalf("%d bytes are too few to be read directly", len(pic))
	}
	const next = "\r\n--frame\r\nContent-Type: image/jpeg\r\n"
	length := func(by int) string {
		return fmt.Sprintf("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", len(pic)+by)
	}
	bare := string(pic[:len(pic)-2])
	tests := map[string]string{
		"no length":                   "--frame\r\nContent-Type: image/jpeg\r\n\r\n" + string(pic),
		"right length":                length(0) + string(pic),
		"right length, then headers":  length(0) + string(pic) + next,
		"length too small":            length(-1000) + string(pic),
		"length too large":            length(500) + string(pic),
		"too large, then headers":     length(500) + string(pic) + next,
		"twice too large":             length(len(pic)/2) + string(pic),
		"far too large":               length(5 * len(pic)),
		"padding under way":           length(500) + string(pic) + string(make([]byte, 300)),
		"no EOI, right length":        length(-2) + bare,
		"no EOI, no length":           "--frame\r\n\r\n" + bare + "\r\n--frame\r\n",
		"no EOI, wrong length":        length(200) + bare + "\r\n--frame\r\n",
		"one bare picture":            string(pic),
		"thumbnail, right length":     fmt.Sprintf("--frame\r\nContent-Length: %d\r\n\r\n", len(withThumbnail(pic, pic))) + string(withThumbnail(pic, pic)),
		"boundary announced, missing": "Content-Type: image/jpeg\r\n\r\n" + string(pic),
	}
	tests["far too large"] += string(pic)
	for name, tail := range tests {
		for before, n := range map[string]int{"": 0, proven(pic): provenHits + 2} {
			for _, piece := range []int{7, 1000, 4096, 1 << 20} {
				source := &arrived{b: []byte(before + tail), piece: piece}
				r := NewReader(source, Options{Boundary: "frame"})
				for i := range n + 1 {
					got, err := r.Next()
					if err != nil || source.waits > 0 {
						t.Fatalf("%s in pieces of %d, picture %d of %d: waits %d times, %v", name, piece, i+1, n+1, source.waits, err)
					}
					if i == n && !bytes.HasSuffix(got.Data, pic[100:]) {
						t.Errorf("%s in pieces of %d: %d bytes, want %d", name, piece, len(got.Data), len(pic))
					}
				}
				if _, err := r.Next(); !errors.Is(err, errWouldWait) {
					t.Errorf("%s in pieces of %d: then %v", name, piece, err)
				}
			}
		}
	}
}
