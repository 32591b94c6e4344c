package pixel

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// FuzzEncode gives frames of any bytes to encoders of any geometry. What comes
// out is a JPEG of that size, twice the same, and made of nothing behind the
// frame: a slice has no room there.
func FuzzEncode(f *testing.F) {
	f.Add(byte(0), uint16(16), uint16(16), uint16(0), byte(80), []byte("some pixels"))
	f.Add(byte(4), uint16(17), uint16(9), uint16(3), byte(100), []byte{0, 255, 255, 0, 16, 235})
	f.Add(byte(13), uint16(1), uint16(1), uint16(900), byte(1), []byte{})
	f.Add(byte(6), uint16(33), uint16(31), uint16(1), byte(99), []byte{255, 0})
	f.Fuzz(func(t *testing.T, which byte, w, h, padding uint16, quality byte, pixels []byte) {
		format := formats[int(which)%len(formats)]
		format.Range = Range(int(which) / len(formats) % 2)
		width, height := int(w)%200, int(h)%200
		stride := 0
		if padding > 0 {
			stride = int(padding) - 1 + 2*width
		}
		size, err := format.FrameSize(width, height, stride)
		e, err2 := NewEncoder(format, width, height, stride, int(quality))
		if (err != nil || quality < 1 || quality > 100) != (err2 != nil) {
			t.Fatalf("FrameSize: %v, NewEncoder: %v", err, err2)
		}
		if err2 != nil {
			return
		}
		frame := make([]byte, size)
		for i := 0; len(pixels) > 0 && i < size; {
			i += copy(frame[i:], pixels)
		}
		first, err := e.Encode(frame)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(first))
		if err != nil || m.Bounds().Dx() != width || m.Bounds().Dy() != height {
			t.Fatalf("%v: %v", m.Bounds(), err)
		}
		again, err := e.Encode(append(frame, 1, 2, 3))
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("the second picture differs: %v", err)
		}
	})
}
