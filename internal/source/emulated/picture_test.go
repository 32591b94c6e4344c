package emulated

import (
	"bytes"
	"image/jpeg"
	"slices"
	"strings"
	"testing"
)

// segmentOf returns a marker segment.
func segmentOf(marker byte, body ...byte) []byte {
	n := len(body) + 2
	return append([]byte{0xFF, marker, byte(n >> 8), byte(n)}, body...)
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

var (
	frame8x4   = segmentOf(0xC0, 8, 0, 4, 0, 8, 1, 1, 0x11, 0)
	scanHeader = segmentOf(0xDA, 1, 1, 0, 0, 63, 0)
)

func TestFindPicture(t *testing.T) {
	whole := join(soi, frame8x4, scanHeader, []byte{1, 2, 3}, eoi)
	thumbnail := segmentOf(0xE1, photo(t, 1, 1)...)
	tests := []struct {
		name string
		data []byte
		end  int // -1: all of data
	}{
		{"from image/jpeg", photo(t, 8, 4), -1},
		{"least", whole, -1},
		{"with a film behind", join(whole, []byte("ftypmp42"), eoi), len(whole)},
		{"with a second picture behind", join(whole, whole), len(whole)},
		{"with a thumbnail", join(soi, thumbnail, frame8x4, scanHeader, []byte{1}, eoi), -1},
		{"zero after 0xFF, and restarts", join(soi, frame8x4, scanHeader, []byte{1, 0xFF, 0, 2, 0xFF, 0xD0, 3, 0xFF, 0xD7, 0xFF, 0}, eoi), -1},
		{"fill bytes", join(soi, []byte{0xFF, 0xFF}, frame8x4, scanHeader, []byte{1, 0xFF, 0xFF}, eoi), -1},
		{"two scans", join(soi, segmentOf(0xC2, frame8x4[4:]...), scanHeader, []byte{1}, segmentOf(0xC4), scanHeader, []byte{2}, eoi), -1},
		{"empty scan", join(soi, frame8x4, scanHeader, eoi), -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := findPicture(test.data)
			must(t, err)
			want := test.data
			if test.end >= 0 {
				want = want[:test.end]
			}
			if !bytes.Equal(p.data, want) {
				t.Errorf("%d of %d bytes, want %d", len(p.data), len(test.data), len(want))
			}
			if p.width != 8 || p.height != 4 {
				t.Errorf("size %d x %d, want 8 x 4", p.width, p.height)
			}
		})
	}
}

func TestFindPictureFaults(t *testing.T) {
	sof := func(marker byte, body ...byte) []byte {
		return join(soi, segmentOf(marker, body...), scanHeader, []byte{1}, eoi)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "no SOI"},
		{"PNG", []byte("\x89PNG\r\n"), "no SOI"},
		{"SOI alone", soi, "breaks off at byte 2"},
		{"no scan", join(soi, frame8x4, eoi), "before its first scan"},
		{"scan before size", join(soi, scanHeader, eoi), "before the size"},
		{"no EOI", join(soi, frame8x4, scanHeader, []byte{1, 2}), "no EOI"},
		{"ends with 0xFF", join(soi, frame8x4, scanHeader, []byte{1, 0xFF}), "no EOI"},
		{"ends with fill bytes", join(soi, frame8x4, scanHeader, []byte{1, 0xFF, 0xFF, 0xFF}), "no EOI"},
		{"second SOI", join(soi, frame8x4, scanHeader, []byte{1}, soi, eoi), "no place there"},
		{"restart outside of a scan", join(soi, []byte{0xFF, 0xD0}, frame8x4), "no place there"},
		{"no marker", join(soi, []byte{0x12, 0x34}), "byte 2 is 0x12"},
		{"length 1", join(soi, []byte{0xFF, 0xE0, 0, 1, 0, 0}), "segment at byte 2"},
		{"length cut", join(soi, []byte{0xFF, 0xE0, 0}), "segment at byte 2"},
		{"segment cut", join(soi, []byte{0xFF, 0xE0, 0, 9, 1, 2}), "segment at byte 2"},
		{"lossless", sof(0xC3, frame8x4[4:]...), "SOF3"},
		{"arithmetic", sof(0xC9, frame8x4[4:]...), "SOF9"},
		{"two sizes", join(soi, frame8x4, frame8x4, scanHeader, eoi), "two frame headers"},
		{"12 bits", sof(0xC1, 12, 0, 4, 0, 8, 1, 1, 0x11, 0), "1 components of 12 bits"},
		{"four components", sof(0xC0, 8, 0, 4, 0, 8, 4, 1, 17, 0, 2, 17, 0, 3, 17, 0, 4, 17, 0), "4 components of 8 bits"},
		{"no height", sof(0xC0, 8, 0, 0, 0, 8, 1, 1, 0x11, 0), "size 8 x 0"},
		{"no width", sof(0xC0, 8, 0, 4, 0, 0, 1, 1, 0x11, 0), "size 0 x 4"},
		{"short frame header", sof(0xC0, 8, 0, 4, 0), "frame header of 4 bytes"},
		{"component missing", sof(0xC0, 8, 0, 4, 0, 8, 3, 1, 0x11, 0), "frame header of 9 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := findPicture(test.data)
			if err == nil || !strings.Contains(err.Error(), test.want) || p.data != nil {
				t.Errorf("%d bytes, error %v, want %q", len(p.data), err, test.want)
			}
		})
	}
}

// FuzzFindPicture looks for a crash, and for a size that image/jpeg reads
// differently.
func FuzzFindPicture(f *testing.F) {
	f.Add(join(soi, frame8x4, scanHeader, []byte{1, 0xFF, 0, 0xFF, 0xD3, 7}, eoi, []byte("more")))
	for _, s := range scenes {
		b, err := builtIn.ReadFile("slides/" + s.name + ".jpg")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 2000)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := findPicture(data)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(data, p.data) || !bytes.HasSuffix(p.data, eoi) {
			t.Fatal("the picture is not a start of the data, or does not end in EOI")
		}
		if again, err := findPicture(p.data); err != nil || !bytes.Equal(again.data, p.data) {
			t.Fatalf("the picture itself is read differently: %v", err)
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(data)); err == nil && (c.Width != p.width || c.Height != p.height) {
			t.Fatalf("size %d x %d, image/jpeg says %d x %d", p.width, p.height, c.Width, c.Height)
		}
	})
}
