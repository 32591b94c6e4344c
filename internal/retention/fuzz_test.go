package retention

import (
	"encoding/json"
	"testing"

	"camhub/internal/fault"
)

// FuzzDecode reads settings and pins: what is taken is within its limits, and can
// be written.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"keep_bytes":1048576,"min_free_bytes":0}`, `{"keep_bytes":null}`, `{"min_free_bytes":-1}`,
		`{"cameras":["a"],"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00+02:00","note":"n"}`,
		`{"cameras":["../a"],"from":"0000-01-01T00:00:00Z","to":"9999-12-31T23:59:59-23:59"}`, `[]`, `{"from":5}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, errs := Decode(b, "/at", Default())
		if errs == nil && (s.MinFreeBytes < 0 || s.KeepBytes != nil && *s.KeepBytes < minKeepBytes) {
			t.Errorf("%q becomes %+v", b, s)
		}
		p, errs := DecodePin(b)
		if errs != nil {
			if len(fault.Fields(errs)) == 0 {
				t.Errorf("%q: no fault says where: %v", b, errs)
			}
			return
		}
		if _, err := json.Marshal(p); err != nil || !p.From.Before(p.To) || len(p.Cameras) == 0 {
			t.Errorf("%q becomes %+v, %v", b, p, err)
		}
	})
}
