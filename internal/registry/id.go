package registry

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"camhub/internal/camera"
)

// maxSlug leaves room for a number behind a name.
const maxSlug = 56

// slug makes of a name what may stand in an ID: "Küche (links)" becomes
// "kuche-links". A name without Latin letters or digits becomes "camera".
func slug(name string) string {
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
	return s
}

// newID returns an ID for a camera of that name which no camera has.
func (r *Registry) newID(name string) (camera.ID, error) {
	ds, err := r.store.Cameras()
	if err != nil {
		return "", err
	}
	taken := make(map[camera.ID]bool, len(ds))
	for _, d := range ds {
		taken[d.ID] = true
	}
	base := slug(name)
	id := camera.ID(base)
	for n := 2; taken[id]; n++ {
		id = camera.ID(fmt.Sprintf("%s-%d", base, n))
	}
	return id, nil
}
