package header

import (
	"testing"

	"golang.org/x/net/http/httpguts"
)

// TestIsToken compares every byte, alone and within a name, with another
// implementation.
func TestIsToken(t *testing.T) {
	if IsToken("") || IsToken([]byte(nil)) {
		t.Error("nothing is no token")
	}
	for c := range 256 {
		for _, s := range []string{string([]byte{byte(c)}), string([]byte{'X', byte(c), '1'})} {
			want := httpguts.ValidHeaderFieldName(s)
			if got := IsToken(s); got != want || IsToken([]byte(s)) != want {
				t.Errorf("%q: %v, want %v", s, got, want)
			}
		}
	}
}
