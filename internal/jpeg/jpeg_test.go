package jpeg

import (
	"bytes"
	"errors"
	stdjpeg "image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pictures loads the test pictures by name, without extension.
func pictures(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../testdata/jpeg/*.jpg")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test pictures: %v", err)
	}
	all := make(map[string][]byte)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".jpg")] = b
	}
	return all
}

// without returns b with every segment m taken out of its headers.
func without(b []byte, m byte) []byte {
	out := append([]byte(nil), b[:2]...)
	for at := 2; ; {
		size := 2 + int(b[at+2])<<8 + int(b[at+3])
		if b[at+1] == mSOS {
			return append(out, b[at:]...)
		}
		if b[at+1] != m {
			out = append(out, b[at:at+size]...)
		}
		at += size
	}
}

// segment puts a segment m with the given body behind the SOI of b.
func segment(b []byte, m byte, body []byte) []byte {
	n := len(body) + 2
	out := append([]byte(nil), b[:2]...)
	out = append(out, 0xFF, m, byte(n>>8), byte(n))
	return append(append(out, body...), b[2:]...)
}

func TestParseReadsHeaders(t *testing.T) {
	all := pictures(t)
	tests := map[string]Info{
		"420":         {Subsampling: "420"},
		"422":         {Subsampling: "422"},
		"444":         {Subsampling: "444"},
		"440":         {Subsampling: "440"},
		"gray":        {Subsampling: "gray"},
		"wide":        {Subsampling: "other"},
		"progressive": {Subsampling: "420", Progressive: true},
		"restart":     {Subsampling: "420", RestartInterval: 10},
		"optimized":   {Subsampling: "420"},
		"separate":    {Subsampling: "420"},
	}
	for name, b := range all {
		want, ok := tests[name]
		if !ok {
			t.Errorf("picture %s has no line in the table", name)
			continue
		}
		want.Width, want.Height, want.HasHuffman, want.End = 160, 120, true, len(b)
		got, err := Parse(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b[got.SOS] != 0xFF || b[got.SOS+1] != mSOS {
			t.Errorf("%s: no SOS at %d", name, got.SOS)
		}
		got.SOS = 0
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestParseLeavesPaddingOut(t *testing.T) {
	b := pictures(t)["420"]
	for _, pad := range [][]byte{{0}, make([]byte, 1000), []byte("\r\n--frame\r\n"), bytes.Repeat([]byte{0xFF}, 7)} {
		in, err := Parse(append(bytes.Clone(b), pad...))
		if err != nil || in.End != len(b) {
			t.Errorf("padding %q: end %d (%v), want %d", pad[:1], in.End, err, len(b))
		}
	}
}

func TestParseSkipsThumbnails(t *testing.T) {
	all := pictures(t)
	b := segment(all["422"], 0xE1, append([]byte("Exif\x00\x00"), all["gray"]...))
	in, err := Parse(b)
	if err != nil || in.Subsampling != "422" || in.End != len(b) {
		t.Errorf("got %+v, %v", in, err)
	}
}

func TestParseRefuses(t *testing.T) {
	good := pictures(t)["420"]
	sof := bytes.Index(good, []byte{0xFF, mSOF0})
	sos := bytes.Index(good, []byte{0xFF, mSOS})
	edit := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}
	tests := map[string]struct {
		b    []byte
		at   int // -1: anywhere
		text string
	}{
		"nothing":              {nil, 0, "SOI"},
		"text":                 {[]byte("<html>"), 0, "SOI"},
		"only SOI":             {good[:2], 2, "ends in its headers"},
		"cut in a length":      {good[:5], 5, "ends in its headers"},
		"cut in a segment":     {good[:10], 2, "segment 0xe0"},
		"no EOI":               {good[:len(good)-2], len(good) - 2, "EOI"},
		"SOI then EOI":         {[]byte{0xFF, 0xD8, 0xFF, 0xD9, 0, 0}, 2, "marker 0xd9"},
		"junk between":         {edit(func(b []byte) { b[20] = 7 }), 20, "0x07"},
		"segment length 1":     {edit(func(b []byte) { b[4], b[5] = 0, 1 }), 2, "1 bytes"},
		"bomb":                 {edit(func(b []byte) { copy(b[sof+5:], "\xff\xff\xff\xff") }), sof, "65535x65535"},
		"width 0":              {edit(func(b []byte) { b[sof+7], b[sof+8] = 0, 0 }), sof, "size 0x120"},
		"nine components":      {edit(func(b []byte) { b[sof+9] = 9 }), sof, "components"},
		"lossless":             {edit(func(b []byte) { b[sof+1] = 0xC3 }), sof, "SOF3"},
		"arithmetic":           {edit(func(b []byte) { b[sof+1] = 0xC9 }), sof, "SOF9"},
		"arithmetic table":     {segment(good, mDAC, []byte{0, 0}), 2, "arithmetic"},
		"two frames":           {segment(good, mSOF0, good[sof+4:sof+19]), -1, "second frame"},
		"short frame header":   {segment(without(good, mSOF0), mSOF0, []byte{8, 0, 1}), 2, "frame header of 3"},
		"no frame":             {without(good, mSOF0), -1, "before the frame"},
		"no quantization":      {without(good, mDQT), -1, "DQT"},
		"scan of no component": {edit(func(b []byte) { b[sos+4] = 0 }), sos, "scan header"},
		"scan of too many":     {edit(func(b []byte) { b[sos+4] = 4 }), sos, "scan header"},
		"short DRI":            {segment(good, mDRI, []byte{1}), 2, "restart interval"},
	}
	for name, test := range tests {
		_, err := Parse(test.b)
		fault, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%s: got %v, want an *Error", name, err)
			continue
		}
		if test.at >= 0 && fault.Offset != test.at || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: got %q, want byte %d and %q", name, err, test.at, test.text)
		}
	}
}

func TestParseAcceptsTheLargestPicture(t *testing.T) {
	b := bytes.Clone(pictures(t)["420"])
	sof := bytes.Index(b, []byte{0xFF, mSOF0})
	copy(b[sof+5:], []byte{10000 >> 8, 10000 & 0xFF, 10000 >> 8, 10000 & 0xFF})
	if _, err := Parse(b); err != nil {
		t.Error(err)
	}
	b[sof+6]++
	if _, err := Parse(b); err == nil {
		t.Error("10001x10000 was accepted")
	}
}

func TestRepairAddsStandardTables(t *testing.T) {
	good := pictures(t)["420"] // its encoder uses the tables of annex K
	bare := append(without(good, mDHT), 0, 0, 0)
	in, err := Parse(bare)
	if err != nil || in.HasHuffman {
		t.Fatalf("%+v, %v", in, err)
	}
	if _, err := stdjpeg.Decode(bytes.NewReader(bare)); err == nil {
		t.Fatal("the picture decodes without tables: the test proves nothing")
	}
	fixed := Repair(bare, in)
	if len(fixed) != in.End+420 {
		t.Errorf("%d bytes, want %d", len(fixed), in.End+420)
	}
	want, _ := stdjpeg.Decode(bytes.NewReader(good))
	got, err := stdjpeg.Decode(bytes.NewReader(fixed))
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() || got.At(77, 55) != want.At(77, 55) || got.At(159, 119) != want.At(159, 119) {
		t.Error("the repaired picture shows something else")
	}
	if in, err = Parse(fixed); err != nil || !in.HasHuffman || in.End != len(fixed) {
		t.Errorf("after repair: %+v, %v", in, err)
	}
}

func TestRepairOfAGoodPictureIsAView(t *testing.T) {
	good := pictures(t)["422"]
	padded := append(bytes.Clone(good), 1, 2, 3)
	in, err := Parse(padded)
	if err != nil {
		t.Fatal(err)
	}
	got := Repair(padded, in)
	if &got[0] != &padded[0] || len(got) != len(good) || cap(got) != len(good) {
		t.Errorf("len %d cap %d, want a view of %d bytes", len(got), cap(got), len(good))
	}
}
