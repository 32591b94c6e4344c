package live

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseCredit(t *testing.T) {
	tests := []struct {
		text  string
		want  []credit
		quick bool // without a parser of JSON
	}{
		{`{"op":"got","tile":1,"seq":123}`, []credit{{1, 123}}, true},
		{`{"op":"got","tile":65535,"seq":4294967295}`, []credit{{65535, 4294967295}}, true},
		{`{"op":"got","tile":0,"seq":0}`, []credit{{0, 0}}, true},
		{` {"seq":123,"tile":1,"op":"got"} `, []credit{{1, 123}}, false},
		{`{"op":"got","tile":1, "seq":123}`, []credit{{1, 123}}, false},
		{`{"op":"got","pictures":[[1,123]]}`, []credit{{1, 123}}, true},
		{`{"op":"got","pictures":[[1,123],[65535,4294967295],[0,0]]}`, []credit{{1, 123}, {65535, 4294967295}, {0, 0}}, true},
		{`{"op":"got","pictures":[[1,123], [7,4]]}`, []credit{{1, 123}, {7, 4}}, false},
		{`{"pictures":[],"op":"got"}`, nil, false},
		{`{"op":"got","pictures":[` + strings.Repeat(`[1,2],`, maxCredits-1) + `[1,2]]}`, slices.Repeat([]credit{{1, 2}}, maxCredits), true},
	}
	for _, tt := range tests {
		_, quick := quickCredit([]byte(tt.text))
		r, err := parseRequest([]byte(tt.text))
		if quick != tt.quick || err != nil || r.isTiles || !slices.Equal(r.credits, tt.want) {
			t.Errorf("%.100s: quick %v, %+v, %v", tt.text, quick, r, err)
		}
	}
}

func TestWrongCreditIsExplained(t *testing.T) {
	tests := []struct{ text, why string }{
		{`{"op":"got","tile":65536,"seq":1}`, "/tile"},
		{`{"op":"got","tile":1,"seq":4294967296}`, "/seq"},
		{`{"op":"got","tile":01,"seq":1}`, "JSON"},
		{`{"op":"got","tile":1,"seq":00}`, "JSON"},
		{`{"op":"got","tile":+1,"seq":1}`, "JSON"},
		{`{"op":"got","tile":,"seq":1}`, "JSON"},
		{`{"op":"got","tile":1,"seq":1}}`, "JSON"},
		{`{"op":"got","tile":1,"seq":1,"x":2}`, "/x"},
		{`{"op":"got","tile":1,"seq":null}`, "/seq"},
		{`{"op":"got"}`, "/pictures"},
		{`{"op":"got","pictures":null}`, "/pictures"},
		{`{"op":"got","pictures":[[1]]}`, "/pictures/0"},
		{`{"op":"got","pictures":[[1,2],[1,2,3]]}`, "/pictures/1"},
		{`{"op":"got","pictures":[[1,2],[65536,3]]}`, "/pictures/1"},
		{`{"op":"got","pictures":[[1,-2]]}`, "/pictures"},
		{`{"op":"got","pictures":[[1,2],]}`, "JSON"},
		{`{"op":"got","pictures":[[1,2]],"tile":1}`, "/pictures"},
		{`{"op":"got","pictures":[` + strings.Repeat(`[1,2],`, maxCredits) + `[1,2]]}`, "/pictures"},
	}
	for _, tt := range tests {
		if r, err := parseRequest([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%.100s: got %+v, %v, want %s", tt.text, r, err, tt.why)
		}
	}
}

// FuzzRequest looks whether a client can send anything that is taken and is out
// of bounds.
func FuzzRequest(f *testing.F) {
	f.Add(`{"op":"got","tile":1,"seq":123}`)
	f.Add(`{"op":"got","pictures":[[1,123],[7,124]]}`)
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
		if len(r.wishes) > maxTiles || len(r.credits) > maxCredits || !r.isTiles && r.wishes != nil || r.isTiles && r.credits != nil {
			t.Errorf("%d wishes and %d credits", len(r.wishes), len(r.credits))
		}
		if quick, ok := quickCredit([]byte(text)); ok {
			if slow, err := parseCredit([]byte(text)); err != nil || !slices.Equal(quick, slow.credits) {
				t.Errorf("quickly it is %v, else %v, %v", quick, slow.credits, err)
			}
		}
		for _, x := range r.refusals {
			if b, err := errorMessage(t.Context(), x); err != nil || !strings.Contains(string(b), `"status":422`) {
				t.Errorf("%s, %v", b, err)
			}
		}
	})
}
