package jpegstream

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// picture loads a test picture.
func picture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../testdata/jpeg/" + name + ".jpg")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// noise makes a picture of w x w pixels with much detail, the same each time.
func noise(t testing.TB, w int, seed uint64) []byte {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	img := image.NewGray(image.Rect(0, 0, w, w))
	for i := range img.Pix {
		img.Pix[i] = byte(i/w) + byte(rnd.Uint32()%64)
	}
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wellFormed makes a multipart stream without any defect.
func wellFormed(pics ...[]byte) string {
	var s strings.Builder
	for _, p := range pics {
		fmt.Fprintf(&s, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(p), p)
	}
	return s.String()
}

// withoutTables takes the Huffman tables out of a picture.
func withoutTables(b []byte) []byte {
	out := append([]byte(nil), b[:2]...)
	for at := 2; b[at+1] != 0xDA; {
		size := 2 + int(b[at+2])<<8 + int(b[at+3])
		if b[at+1] != 0xC4 {
			out = append(out, b[at:at+size]...)
		}
		at += size
	}
	return append(out, b[bytes.Index(b, []byte{0xFF, 0xDA}):]...)
}

// read takes all pictures of a stream.
func read(r io.Reader, opt Options) (pics []Picture, quirks []string, dropped int, err error) {
	opt.OnQuirk = func(name string) { quirks = append(quirks, name) }
	rd := NewReader(r, opt)
	for {
		pic, err := rd.Next()
		if err != nil {
			_, dropped := rd.Pictures()
			slices.Sort(quirks)
			return pics, quirks, dropped, err
		}
		pics = append(pics, pic)
	}
}

// dribble gives a stream in pieces of random size.
type dribble struct {
	r   io.Reader
	rnd *rand.Rand
}

func (d dribble) Read(p []byte) (int, error) {
	return d.r.Read(p[:min(len(p), 1+d.rnd.IntN(1+d.rnd.IntN(3000)))])
}

// cuts are the ways in which a stream may arrive.
var cuts = map[string]func(io.Reader) io.Reader{
	"whole":     func(r io.Reader) io.Reader { return r },
	"each byte": iotest.OneByteReader,
	"halves":    iotest.HalfReader,
	"with EOF":  iotest.DataErrReader,
	"randomly":  func(r io.Reader) io.Reader { return dribble{r, rand.New(rand.NewPCG(3, 4))} },
}

func TestReaderTolerates(t *testing.T) {
	for name, s := range defects(t) {
		for how, cut := range cuts {
			t.Run(name+"/"+how, func(t *testing.T) {
				pics, quirks, dropped, err := read(cut(strings.NewReader(s.body)), Options{Boundary: s.boundary})
				if s.err == nil {
					s.err = io.EOF
				}
				if !errors.Is(err, s.err) {
					t.Errorf("error %v, want %v", err, s.err)
				}
				if len(pics) != len(s.want) {
					t.Fatalf("%d pictures, want %d; quirks %q", len(pics), len(s.want), quirks)
				}
				for i, p := range pics {
					if !bytes.Equal(p.Data, s.want[i]) {
						t.Errorf("picture %d: %d bytes, want %d", i, len(p.Data), len(s.want[i]))
					}
					if _, err := stdjpeg.Decode(bytes.NewReader(p.Data)); err != nil {
						t.Errorf("picture %d does not decode: %v", i, err)
					}
				}
				slices.Sort(s.quirks)
				if !slices.Equal(quirks, s.quirks) {
					t.Errorf("quirks %q, want %q", quirks, s.quirks)
				}
				if dropped != s.dropped {
					t.Errorf("%d dropped, want %d", dropped, s.dropped)
				}
			})
		}
	}
}

func TestEveryQuirkIsDocumentedAndSeen(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range defects(t) {
		_, quirks, _, _ := read(strings.NewReader(s.body), Options{Boundary: s.boundary})
		for _, q := range quirks {
			seen[q] = true
			if Quirks[q] == "" {
				t.Errorf("quirk %q has no sentence", q)
			}
		}
	}
	for q := range Quirks {
		if !seen[q] {
			t.Errorf("no stream shows quirk %q", q)
		}
	}
}
