package picamera

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzTail keeps the end of what a program says, in two pieces: it is bounded, and
// can be shown.
func FuzzTail(f *testing.F) {
	f.Add("[0:12:34.567890] [1234] ERROR: no camera\n", "again\n")
	f.Add("a\x1b[31m\u202eb\r\n\xff", strings.Repeat("x", 1000))
	f.Add("[1:00:00.1] [1] ", "\n\n\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		var tail tail
		for _, piece := range []string{a, b} {
			if n, err := tail.Write([]byte(piece)); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		text := tail.text()
		if len(text) > tailLines*(tailLine+1) || strings.Count(text, "\n") >= tailLines {
			t.Errorf("%d bytes are kept", len(text))
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) }); i >= 0 {
			t.Errorf("%q holds what can't be shown, at %d", text, i)
		}
	})
}
