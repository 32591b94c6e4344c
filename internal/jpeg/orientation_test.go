package jpeg

import (
	"bytes"
	"testing"

	"github.com/gen2brain/jpegn"
)

func TestOrientation(t *testing.T) {
	plain := pictures(t)["420"]
	little := "II*\x00\x08\x00\x00\x00\x02\x00\x0f\x01\x02\x00\x04\x00\x00\x00abc\x00\x12\x01\x03\x00\x01\x00\x00\x00"
	exif := func(tiff string) []byte { return segment(plain, 0xE1, []byte("Exif\x00\x00"+tiff)) }
	tests := map[string]struct {
		b    []byte
		want int
	}{
		"none":              {plain, 1},
		"little-endian":     {exif(little + "\x06\x00\x00\x00\x00\x00\x00\x00"), 6},
		"out of range":      {exif(little + "\x09\x00\x00\x00\x00\x00\x00\x00"), 1},
		"cut in the value":  {exif(little + "\x06"), 1},
		"directory far off": {exif("II*\x00\xff\xff\xff\xff"), 1},
		"no TIFF":           {exif("XX*\x00\x08\x00\x00\x00"), 1},
		"short":             {exif("MM\x00*"), 1},
		"XMP":               {segment(plain, 0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00MM\x00*")), 1},
		"cut in a segment":  {plain[:30], 1},
		"nothing":           {nil, 1},
	}
	for name, tt := range tests {
		if got := Orientation(tt.b); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// TestAppendOrientedIsReadByOthers writes every orientation and has another
// library read it.
func TestAppendOrientedIsReadByOthers(t *testing.T) {
	plain := pictures(t)["420"]
	for want := 1; want <= 8; want++ {
		b := AppendOriented(nil, plain, want)
		if got := Orientation(b); got != want {
			t.Errorf("%d became %d", want, got)
		}
		if in, err := Parse(b); err != nil || in.Width != 160 {
			t.Errorf("%d: %+v, %v", want, in, err)
		}
		exif, err := jpegn.DecodeExif(bytes.NewReader(b))
		if want > 1 && (err != nil || exif.Orientation != want) {
			t.Errorf("%d: another library reads %+v, %v", want, exif, err)
		}
	}
	if b := AppendOriented(nil, plain, 9); !bytes.Equal(b, plain) {
		t.Error("an orientation that does not exist was written")
	}
}
