package export

import (
	"mime"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"camhub/internal/fault"
)

// FuzzParse reads requests: what is taken lies in the past and names cameras.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"cameras":["a","b"],"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z","format":"zip","speed":60,"max_fps":0.5,"note":"n"}`,
		`{"cameras":["a","a"],"from":"9999-01-01T00:00:00Z","to":5}`, `{"speed":1e999}`, `{"max_fps":null}`, `[]`, `{"note":"\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parse(b, now)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", b, err)
			}
			return
		}
		if len(r.Cameras) == 0 || !r.From.Before(r.To.Time) || r.To.After(now) || r.Speed <= 0 || !r.Cameras[0].Valid() {
			t.Errorf("%q becomes %+v", b, r)
		}
	})
}

// FuzzFileName names files after cameras of any name: each is one name of one
// folder, and comes through its header.
func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"Front door", "../../etc/passwd", `a\b`, "\u202egnp.exe", "..", " . ", "\xff", "\"\r\nX: y", strings.Repeat("ä", 300), "Küche ½"} {
		f.Add(seed)
	}
	r := Request{From: Instant{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, Format: MOV, Speed: 1}
	f.Fuzz(func(t *testing.T, title string) {
		name := r.fileName(title, "a", map[string]bool{})
		if filepath.Base(name) != name || !filepath.IsLocal(name) || !utf8.ValidString(name) || len(name) > 255 || strings.HasPrefix(name, ".") {
			t.Errorf("%q becomes %q", title, name)
		}
		kind, parameters, err := mime.ParseMediaType(Disposition(name))
		if err != nil || kind != "attachment" || parameters["filename"] != name && !strings.Contains(Disposition(name), "filename*=") {
			t.Errorf("%q becomes %q: %v", title, Disposition(name), err)
		}
		if strings.ContainsAny(Disposition(name), "\r\n\x00") {
			t.Errorf("%q becomes %q", title, Disposition(name))
		}
	})
}
