package emulated

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/math/fixed"
)

func newTestPen(t *testing.T) *pen {
	t.Helper()
	p, err := newPen(regular, 20)
	must(t, err)
	return p
}

func TestFitCutsWithAnEllipsis(t *testing.T) {
	p := newTestPen(t)
	tests := []struct {
		name, text string
		width      fixed.Int26_6
		want       string
		whole      bool
	}{
		{"room", "Gate", fixed.I(100), "Gate", true},
		{"just room", "Gate", p.width("Gate"), "Gate", true},
		{"one short", "Gate", p.width("Gate") - 1, "G…", false},
		{"exactly the ellipsis", "Garden", p.width("Ga…"), "Ga…", false},
		{"no room", "Gate", 0, "…", false},
		{"empty", "", 0, "", true},
		{"composed", "Z\u030Cabice", fixed.I(100), "Žabice", true},
		{"mark that the font lacks", "a\u20DD", p.width("a"), "a\u20DD", true},
		{"endless", strings.Repeat("門", 1e6), fixed.I(40), "門…", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, whole := p.fit(test.text, test.width)
			if got != test.want || whole != test.whole {
				t.Errorf("%q, whole %v, want %q, %v", got, whole, test.want, test.whole)
			}
			if got != "…" && p.width(got) > test.width {
				t.Errorf("%q is %v wide, more than %v", got, p.width(got), test.width)
			}
		})
	}
}

// ink returns what p writes.
func ink(p *pen, text string) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 120, 30))
	p.write(img, image.Pt(4, 22), text, color.White)
	return img.Pix
}

func TestWriteAnyScript(t *testing.T) {
	p := newTestPen(t)
	box := ink(p, "門")
	if bytes.Equal(box, ink(p, "")) {
		t.Fatal("a rune that the font lacks leaves nothing")
	}
	for text, want := range map[string]bool{
		"ж": false, "Ω": false, "ß": false, "A": false, // in the font
		"ש": true, "あ": true, "😀": true, "\U0010FFFF": true, "\xFF": false, // U+FFFD is in the font
	} {
		if got := bytes.Equal(ink(p, text), box); got != want {
			t.Errorf("%q is drawn as a box: %v, want %v", text, got, want)
		}
	}
	if !bytes.Equal(ink(p, "a\u200Db\u0007"), ink(p, "ab")) {
		t.Error("a joiner or a control character leaves something")
	}
}
