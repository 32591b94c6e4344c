//go:build linux && cgo

package v4l2

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"camhub/internal/jpegstream"
	"camhub/internal/source"
)

// photo is a picture as a camera compresses it.
func photo(t testing.TB, width, height int) []byte {
	t.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio422)
	for i := range m.Y {
		m.Y[i] = byte(i * i >> 5)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withoutTables removes the Huffman tables, which image/jpeg writes in one
// segment.
func withoutTables(b []byte) []byte {
	i := bytes.Index(b, []byte{0xff, 0xc4})
	return slices.Concat(b[:i], b[i+2+int(b[i+2])<<8+int(b[i+3]):])
}

func TestPassedThroughPictures(t *testing.T) {
	whole := photo(t, 64, 48)
	noEnd := whole[:len(whole)-2]
	tests := []struct {
		name   string
		frame  []byte
		quirks []string
	}{
		{"as it is", whole, nil},
		{"padding", append(bytes.Clone(whole), make([]byte, 500)...), []string{jpegstream.PaddingAfterEnd}},
		{"no end", noEnd, []string{jpegstream.MissingEnd}},
		{"no end, padding", append(bytes.Clone(noEnd), make([]byte, 500)...), []string{jpegstream.MissingEnd}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var quirks []string
			p := passer{func(q string) { quirks = append(quirks, q) }}
			frame := bytes.Clone(test.frame)
			got, width, height, err := p.picture(frame)
			if err != nil || width != 64 || height != 48 || !bytes.Equal(got, whole) || !slices.Equal(quirks, test.quirks) {
				t.Errorf("%dx%d, %d bytes of %d, %v, quirks %v", width, height, len(got), len(whole), err, quirks)
			}
			// The frame is the device's memory, which it fills again.
			clear(frame)
			if !bytes.Equal(got, whole) {
				t.Error("the picture is part of the frame")
			}
		})
	}
}

func TestPassedThroughWithoutTables(t *testing.T) {
	whole := photo(t, 64, 48)
	var quirks []string
	p := passer{func(q string) { quirks = append(quirks, q) }}
	got, _, _, err := p.picture(withoutTables(whole))
	if err != nil || !slices.Equal(quirks, []string{jpegstream.MissingHuffman}) {
		t.Fatalf("%v, quirks %v", err, quirks)
	}
	want, err := jpeg.Decode(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := jpeg.Decode(bytes.NewReader(got)); err != nil || !slices.Equal(m.(*image.YCbCr).Y, want.(*image.YCbCr).Y) {
		t.Errorf("the picture is another: %v", err)
	}
}

// TestOneCopy counts the memory of a picture that is passed through.
func TestOneCopy(t *testing.T) {
	frame := photo(t, 1280, 720)
	p := passer{func(string) {}}
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, _, _, err := p.picture(frame); err != nil {
				b.Fatal(err)
			}
		}
	})
	if n, size := result.AllocsPerOp(), int(result.AllocedBytesPerOp()); n != 1 || size > len(frame)*5/4 {
		t.Errorf("%d allocations of %d bytes for a picture of %d", n, size, len(frame))
	}
}

func TestFramesThatAreNoPictures(t *testing.T) {
	whole := photo(t, 64, 48)
	p := passer{func(q string) { t.Errorf("quirk %s", q) }}
	for name, frame := range map[string][]byte{
		"one byte": {0xff}, "other data": bytes.Repeat([]byte{0x80, 0x10}, 999), "cut": whole[:len(whole)/2], "headers only": whole[:200],
	} {
		if got, _, _, err := p.picture(frame); err == nil {
			t.Errorf("%s: a picture of %d bytes", name, len(got))
		}
	}
}

func TestRawPicturesNeedAWholeFrame(t *testing.T) {
	m := mode{Mode: source.Mode{Format: "YUYV", Width: 64, Height: 48}, stride: 128}
	p, err := newPicturer(m, 80, nil)
	if err != nil {
		t.Fatal(err)
	}
	if data, width, height, err := p.picture(make([]byte, 128*48)); err != nil || width != 64 || height != 48 || len(data) < 100 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, _, _, err := p.picture(make([]byte, 128*48-1)); err == nil {
		t.Error("a frame that is too short was taken")
	}
	m.stride = 127
	if _, err := newPicturer(m, 80, nil); code(err) != "unsupported-format" || !strings.Contains(err.Error(), "127") {
		t.Errorf("lines that are too short: %v", err)
	}
}
