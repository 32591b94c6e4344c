package camera

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug leaves room for a number behind a name.
const maxSlug = 56

// Slug makes of a name what may be an ID, with room for a number behind it: "Küche
// (links)" becomes "kuche-links". A name without Latin letters or digits becomes
// "camera".
func Slug(name string) ID {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch r = unicode.ToLower(r); {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent of the letter before
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	s := strings.Trim(b.String(), "-")
	if s == "" {
		return "camera"
	}
	return ID(s)
}
