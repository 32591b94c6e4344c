package jpegstream

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// endless repeats b for ever.
type endless struct {
	b    []byte
	at   int
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		k := copy(p[n:], e.b[e.at:])
		n += k
		e.at = (e.at + k) % len(e.b)
	}
	e.read += len(p)
	return len(p), nil
}

func TestReaderEndsEndlessStreams(t *testing.T) {
	pic := picture(t, "420")
	scan := append(bytes.Clone(pic[:len(pic)-2]), 1) // in coded data
	const limit = 1 << 20
	tests := map[string]struct {
		start  string
		repeat string
		want   error
		most   int // bytes read
	}{
		"header line":       {"--frame\r\nX-A: ", "a", ErrHeaderTooLong, 128 << 10},
		"headers":           {"--frame\r\n", "X-A: b\r\n", ErrHeaderTooLong, 256 << 10},
		"text":              {"", "hello\r\n", ErrNoPicture, 2 * limit},
		"text in one line":  {"", "hello", ErrNoPicture, 2 * limit},
		"zeros":             {"", "\x00", ErrNoPicture, 2 * limit},
		"delimiters":        {"", "--frame\r\n", ErrNoPicture, 2 * limit},
		"blank lines":       {"--frame\r\n\r\n", "\r\n", ErrNoPicture, 2 * limit},
		"another part":      {"--frame\r\nContent-Type: text/plain\r\n\r\n", "abc\r\n", ErrNoPicture, 2 * limit},
		"picture":           {string(scan), "\x12\x34", ErrPictureTooLarge, 2 * limit},
		"picture of FFs":    {string(scan), "\xff", ErrPictureTooLarge, 2 * limit},
		"picture's headers": {"\xff\xd8", "\xff\xe1\x00\x04ab", ErrPictureTooLarge, 2 * limit},
		"broken pictures":   {"", "\xff\xd8\xff\xd9", ErrBroken, 64 << 10},
		"pictures cut":      {"", string(pic[:len(pic)-200]), ErrBroken, 2 * limit},
		"claims all memory": {"--frame\r\nContent-Length: 1048576\r\n\r\n" + string(pic[:1000]), "\x01\xff\x02", ErrPictureTooLarge, 2 * limit},
	}
	for name, test := range tests {
		source := &endless{b: []byte(test.repeat)}
		_, _, _, err := read(io.MultiReader(strings.NewReader(test.start), source),
			Options{Boundary: "frame", MaxFrameBytes: limit})
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), "byte ") {
			t.Errorf("%s: %v, want %v and the byte", name, err, test.want)
		}
		if source.read > test.most {
			t.Errorf("%s: read %d bytes, want at most %d", name, source.read, test.most)
		}
	}
}

func TestMemoryFollowsTheBytes(t *testing.T) {
	claim := "--frame\r\nContent-Length: 16000000\r\n\r\n\xff\xd8\xff\xe0"
	const readers = 50
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range readers {
		if _, err := NewReader(strings.NewReader(claim), Options{Boundary: "frame"}).Next(); err == nil {
			t.Fatal("a picture came")
		}
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / readers; got > 3*windowSize {
		t.Errorf("%d bytes taken for a claim of 16 MB", got)
	}
}

func TestPictureOfTheLargestSize(t *testing.T) {
	pic := noise(t, 200, 1)
	for _, test := range []struct {
		max  int
		want error
	}{{len(pic), io.EOF}, {len(pic) - 1, ErrPictureTooLarge}} {
		for how, cut := range cuts {
			_, _, _, err := read(cut(strings.NewReader(wellFormed(pic, pic))), Options{Boundary: "frame", MaxFrameBytes: test.max})
			if !errors.Is(err, test.want) {
				t.Errorf("limit %d, %s: %v, want %v", test.max, how, err, test.want)
			}
		}
	}
}

// TestNestedStartsAreWalkedTwiceOnly feeds SOIs that each lie in a segment of
// the one before, so that every one of them seems to begin a picture that goes
// on to the end: a search that starts over at each costs the square of the
// length.
func TestNestedStartsAreWalkedTwiceOnly(t *testing.T) {
	nested := "\xff\xd8" + strings.Repeat("\xff\xe0\x00\x04\xff\xd8", 1<<18) + "\x00"
	good := picture(t, "gray")
	pics, _, dropped, err := read(strings.NewReader(nested+string(good)), Options{})
	if dropped != 2 || len(pics) != 1 || err != io.EOF {
		t.Errorf("%d dropped, %d pictures, %v, want 2 dropped and the one behind", dropped, len(pics), err)
	}
}

func TestPicturesAreTheCallersOwn(t *testing.T) {
	pic := noise(t, 200, 1)
	r := NewReader(strings.NewReader(wellFormed(pic, pic, pic, pic, pic, pic, pic, pic)), Options{Boundary: "frame"})
	var all [][]byte
	for {
		p, err := r.Next()
		if err != nil {
			break
		}
		all = append(all, p.Data)
	}
	if len(all) != 8 {
		t.Fatalf("%d pictures", len(all))
	}
	for i := range all {
		if !bytes.Equal(all[i], pic) {
			t.Errorf("picture %d changed after it was given out", i)
		}
		clear(all[i][:cap(all[i])])
	}
}

func TestTimestamp(t *testing.T) {
	pic := string(picture(t, "gray"))
	for header, want := range map[string]string{
		"X-Timestamp: 1700000000.250000": "2023-11-14T22:13:20.25Z",
		"x-timestamp:1700000000":         "2023-11-14T22:13:20Z",
		"X-Timestamp: soon":              "0001-01-01T00:00:00Z",
		"X-Timestamp: NaN":               "0001-01-01T00:00:00Z",
		"X-Timestamp: -5":                "0001-01-01T00:00:00Z",
		"X-Timestamp: 1e300":             "0001-01-01T00:00:00Z",
		"X-Other: 1":                     "0001-01-01T00:00:00Z",
	} {
		p, err := NewReader(strings.NewReader("--frame\r\n"+header+"\r\n\r\n"+pic), Options{}).Next()
		if got := p.Timestamp.UTC().Format(time.RFC3339Nano); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", header, got, err, want)
		}
	}
}

func TestBoundary(t *testing.T) {
	tests := []struct {
		in        string
		want      string
		multipart bool
	}{
		{"multipart/x-mixed-replace; boundary=frame", "frame", true},
		{"multipart/x-mixed-replace;boundary=frame", "frame", true},
		{"Multipart/Mixed; BOUNDARY = frame ; x=y", "frame", true},
		{`multipart/x-mixed-replace; boundary="--my frame"`, "--my frame", true},
		{`multipart/x-mixed-replace; boundary="frame`, "frame", true},
		{`multipart/x-mixed-replace; boundary=frame"; a=b`, "frame", true},
		{`multipart/x-mixed-replace; charset=utf-8; boundary=--x`, "--x", true},
		{`multipart/x-mixed-replace; boundaryless=1; boundary; boundary=x`, "x", true},
		{"multipart/x-mixed-replace", "", true},
		{"image/jpeg", "", false},
		{"", "", false},
		{";", "", false},
		{"text/html; boundary=", "", false},
	}
	for _, test := range tests {
		if got, multipart := Boundary(test.in); got != test.want || multipart != test.multipart {
			t.Errorf("%q: %q, %v, want %q, %v", test.in, got, multipart, test.want, test.multipart)
		}
	}
}
