package jpegstream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// proven is a stream whose lengths have been right often enough.
func proven(pic []byte) string { return strings.Repeat(wellFormed(pic), provenHits+2) }

// TestLengthOfTwoPictures covers a part that holds two pictures, with the
// right length of both: it begins and ends like one.
func TestLengthOfTwoPictures(t *testing.T) {
	big, small := noise(t, 200, 1), noise(t, 150, 2)
	if len(small) < minDirect/2 || 2*len(small) > 2*len(big) {
		t.Fatalf("sizes %d and %d show nothing", len(big), len(small))
	}
	two := append(bytes.Clone(small), small...)
	for how, cut := range cuts {
		pics, _, _, err := read(cut(strings.NewReader(wellFormed(big, two, big))), Options{Boundary: "frame"})
		if len(pics) != 4 || err != io.EOF {
			t.Errorf("%s: %d pictures, %v, want 4", how, len(pics), err)
		}
	}
}

// TestWrongLengthIsNotAskedAgain looks inside: what follows a lie is read
// without the hint.
func TestWrongLengthIsNotAskedAgain(t *testing.T) {
	pic := noise(t, 200, 1)
	lie := fmt.Sprintf("--frame\r\nContent-Length: %d\r\n\r\n%s\r\n", len(pic)-7, pic)
	r := NewReader(strings.NewReader(proven(pic)+lie+proven(pic)), Options{Boundary: "frame"})
	for i := range 2*(provenHits+2) + 1 {
		p, err := r.Next()
		if err != nil || !bytes.Equal(p.Data, pic) {
			t.Fatalf("picture %d: %d bytes, %v", i, len(p.Data), err)
		}
		r.part.length = len(pic)
		if before := i < provenHits+2; r.sizeOf() != 0 != before {
			t.Errorf("picture %d: the length is used: %v", i, !before)
		}
		r.part.length = 0
	}
}

// TestOffsetsCountDirectReads checks the place that an error names behind
// pictures that did not go through the buffer.
func TestOffsetsCountDirectReads(t *testing.T) {
	good := proven(noise(t, 200, 1))
	for how, cut := range cuts {
		_, _, _, err := read(cut(strings.NewReader(good+"--frame\r\nX: "+strings.Repeat("a", 1<<16))), Options{Boundary: "frame"})
		if want := fmt.Sprintf("byte %d:", len(good)+len("--frame\r\n")); !errors.Is(err, ErrHeaderTooLong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", how, err, want)
		}
	}
}

// TestClaimBehindTrustTakesNoMemory raises the length a thousandfold once it
// was right often.
func TestClaimBehindTrustTakesNoMemory(t *testing.T) {
	pic := noise(t, 200, 1)
	r := NewReader(strings.NewReader(proven(pic)+"--frame\r\nContent-Length: 16000000\r\n\r\n"+string(pic[:1000])), Options{Boundary: "frame"})
	for range provenHits + 2 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := r.Next()
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; err == nil || taken > 1<<20 {
		t.Errorf("%d bytes taken, %v", taken, err)
	}
}

// TestBufferStaysSmall reads many pictures through the buffer.
func TestBufferStaysSmall(t *testing.T) {
	pic := picture(t, "444")
	r := NewReader(strings.NewReader(strings.Repeat("--frame\r\n\r\n"+string(pic)+"\r\n", 500)), Options{Boundary: "frame"})
	for {
		if _, err := r.Next(); err != nil {
			break
		}
	}
	if good, _ := r.Pictures(); good != 500 || len(r.win.buf) > windowSize {
		t.Errorf("%d pictures, a buffer of %d bytes", good, len(r.win.buf))
	}
}
