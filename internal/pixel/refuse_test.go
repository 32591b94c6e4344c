package pixel

import (
	"strings"
	"testing"
)

func TestNewEncoderRefuses(t *testing.T) {
	f, _ := Lookup("YUYV")
	for _, quality := range []int{-1, 0, 101} {
		if _, err := NewEncoder(f, 16, 16, 0, quality); err == nil || !strings.Contains(err.Error(), "quality") {
			t.Errorf("quality %d: %v", quality, err)
		}
	}
	f.Range = 7
	if _, err := NewEncoder(f, 16, 16, 0, 80); err == nil || !strings.Contains(err.Error(), "range 7") {
		t.Errorf("range 7: %v", err)
	}
}

func TestEncodeRefusesShortFrames(t *testing.T) {
	for _, f := range Formats() {
		n, err := f.FrameSize(21, 13, f.Stride(21)+3)
		if err != nil {
			t.Fatal(err)
		}
		e, err := NewEncoder(f, 21, 13, f.Stride(21)+3, 80)
		if err != nil {
			t.Fatal(err)
		}
		frame := make([]byte, n)
		if _, err := e.Encode(frame[:n:n]); err != nil {
			t.Errorf("%s: %v", f.FourCC, err)
		}
		_, err = e.Encode(frame[: n-1 : n-1])
		if err == nil || !strings.Contains(err.Error(), "21x13 in "+f.FourCC) {
			t.Errorf("%s: %v", f.FourCC, err)
		}
	}
}

// TestEncodeTakesMemoryForTheResultAlone holds for each frame after the first.
func TestEncodeTakesMemoryForTheResultAlone(t *testing.T) {
	for _, f := range Formats() {
		p := newPicture(f, 64, 48)
		frame := p.frame(f.Stride(64))
		e, err := NewEncoder(f, 64, 48, 0, 80)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(5, func() {
			if _, err := e.Encode(frame); err != nil {
				t.Error(err)
			}
		}); n > 1 {
			t.Errorf("%s: %v allocations", f.FourCC, n)
		}
	}
}
