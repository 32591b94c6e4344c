package live

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseGot(t *testing.T) {
	tests := []struct {
		text  string
		tile  uint16
		seq   uint32
		quick bool // without a parser of JSON
		ok    bool
	}{
		{`{"op":"got","tile":1,"seq":123}`, 1, 123, true, true},
		{`{"op":"got","tile":65535,"seq":4294967295}`, 65535, 4294967295, true, true},
		{`{"op":"got","tile":0,"seq":0}`, 0, 0, true, true},
		{` {"seq":123,"tile":1,"op":"got"} `, 1, 123, false, true},
		{`{"op":"got","tile":1, "seq":123}`, 1, 123, false, true},
		{`{"op":"got","tile":65536,"seq":1}`, 0, 0, false, false},
		{`{"op":"got","tile":1,"seq":4294967296}`, 0, 0, false, false},
		{`{"op":"got","tile":01,"seq":1}`, 0, 0, false, false},
		{`{"op":"got","tile":1,"seq":00}`, 0, 0, false, false},
		{`{"op":"got","tile":+1,"seq":1}`, 0, 0, false, false},
		{`{"op":"got","tile":,"seq":1}`, 0, 0, false, false},
		{`{"op":"got","tile":1,"seq":1}}`, 0, 0, false, false},
		{`{"op":"got","tile":1,"seq":1,"x":2}`, 0, 0, false, false},
		{`{"op":"got","tile":1,"seq":null}`, 0, 0, false, false},
	}
	for _, tt := range tests {
		_, quick := parseGot([]byte(tt.text))
		r, err := parseRequest([]byte(tt.text))
		if quick != tt.quick || (err == nil) != tt.ok || err == nil && (r.isTiles || r.tile != tt.tile || r.seq != tt.seq) {
			t.Errorf("%s: quick %v, %+v, %v", tt.text, quick, r, err)
		}
	}
}

// FuzzRequest looks whether a client can send anything that is taken and is out
// of bounds.
func FuzzRequest(f *testing.F) {
	f.Add(`{"op":"got","tile":1,"seq":123}`)
	f.Add(`{"op":"tiles","tiles":[{"tile":1,"camera":"front-door","width":640,"fps":10},{"tile":1},7]}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseRequest([]byte(text))
		if err != nil {
			if reason := closeReason(err.Error()); len(reason) > maxCloseReason || utf8.ValidString(text) && !utf8.ValidString(reason) {
				t.Errorf("reason %q", reason)
			}
			return
		}
		seen := map[int]bool{}
		for _, w := range r.wishes {
			if seen[w.Tile] || w.Tile < 0 || w.Tile > 65535 || w.Camera == "" || w.Width < 1 || w.Width > 7680 || w.FPS < 0.1 || w.FPS > 60 {
				t.Errorf("%+v is taken", w)
			}
			seen[w.Tile] = true
		}
		if len(r.wishes) > maxTiles || !r.isTiles && r.wishes != nil {
			t.Errorf("%d wishes", len(r.wishes))
		}
		for _, x := range r.refusals {
			if b, err := errorMessage(t.Context(), x); err != nil || !strings.Contains(string(b), `"status":422`) {
				t.Errorf("%s, %v", b, err)
			}
		}
	})
}
