package jpegstream

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"

	"camhub/internal/jpeg"
)

// FuzzReader holds what the hub relies on, for any bytes: no panic, whole
// pictures of bounded size only, an end, and the same result however the bytes
// are cut.
func FuzzReader(f *testing.F) {
	for _, s := range defects(f) {
		f.Add([]byte(s.body), s.boundary)
	}
	f.Fuzz(func(t *testing.T, body []byte, boundary string) {
		if len(body) > 256<<10 {
			return
		}
		opt := Options{Boundary: boundary, MaxFrameBytes: 64 << 10}
		pics, quirks, dropped, err := read(bytes.NewReader(body), opt)
		for _, p := range pics {
			in, err := jpeg.Parse(p.Data)
			if err != nil || in != p.Info || in.End != len(p.Data) || !in.HasHuffman {
				t.Fatalf("a picture of %d bytes: %+v, %+v, %v", len(p.Data), in, p.Info, err)
			}
			if len(p.Data) > opt.MaxFrameBytes+len(jpeg.StandardHuffman())+2 {
				t.Fatalf("a picture of %d bytes", len(p.Data))
			}
		}
		for _, q := range quirks {
			if Quirks[q] == "" {
				t.Fatalf("quirk %q", q)
			}
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrPictureTooLarge) &&
			!errors.Is(err, ErrHeaderTooLong) && !errors.Is(err, ErrNoPicture) && !errors.Is(err, ErrBroken) {
			t.Fatalf("error %v", err)
		}
		for how, r := range map[string]io.Reader{
			"each byte": iotest.OneByteReader(bytes.NewReader(body)),
			"randomly":  dribble{bytes.NewReader(body), rand.New(rand.NewPCG(uint64(len(body)), 1))},
		} {
			again, _, _, _ := read(r, opt)
			if !slices.EqualFunc(pics, again, func(a, b Picture) bool { return bytes.Equal(a.Data, b.Data) }) {
				t.Fatalf("%s: %d pictures, %d when whole (%d dropped)", how, len(again), len(pics), dropped)
			}
		}
	})
}

// FuzzBoundary holds that no Content-Type makes the parser fail.
func FuzzBoundary(f *testing.F) {
	f.Add(`multipart/x-mixed-replace; boundary="frame"`)
	f.Add(`multipart/mixed;boundary=--x;y`)
	f.Fuzz(func(t *testing.T, contentType string) {
		if b, _ := Boundary(contentType); len(b) > len(contentType) {
			t.Errorf("%q from %q", b, contentType)
		}
	})
}
