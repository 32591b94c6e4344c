package camera

import (
	"strings"
	"testing"
)

func TestSlug(t *testing.T) {
	tests := map[string]ID{
		"Front door":             "front-door",
		"  --Éclair!! №5 ":       "eclair-no5",
		"Вход":                   "camera",
		"":                       "camera",
		strings.Repeat("ab", 80): ID(strings.Repeat("ab", 28)),
	}
	for name, want := range tests {
		if got := Slug(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
		if !Slug(name).Valid() {
			t.Errorf("%q is no id", Slug(name))
		}
	}
}
