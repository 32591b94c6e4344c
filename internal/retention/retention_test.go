package retention

import (
	"testing"
	"time"

	"camhub/internal/fault"
)

func TestSettings(t *testing.T) {
	limit := int64(5 << 30)
	before := Settings{KeepBytes: &limit, MinFreeBytes: 7}
	s, errs := Decode([]byte(`{"min_free_bytes": 8}`), "/recordings", before)
	if errs != nil || s.KeepBytes == nil || *s.KeepBytes != limit || s.MinFreeBytes != 8 {
		t.Errorf("got %+v, %v", s, errs)
	}
	s, errs = Decode([]byte(`{"keep_bytes": null}`), "/recordings", before)
	if errs != nil || s.KeepBytes != nil || s.MinFreeBytes != 7 {
		t.Errorf("got %+v, %v", s, errs)
	}
	for body, pointer := range map[string]string{
		`{"keep_bytes": 5}`:                    "/recordings/keep_bytes",
		`{"keep_bytes": 6.5}`:                  "/recordings/keep_bytes",
		`{"min_free_bytes": -1}`:               "/recordings/min_free_bytes",
		`{"min_free_bytes": null}`:             "/recordings/min_free_bytes",
		`{"min_free_bytes": 1125899906842625}`: "/recordings/min_free_bytes",
		`{"keep": 1}`:                          "/recordings/keep",
		`[]`:                                   "/recordings",
	} {
		_, errs := Decode([]byte(body), "/recordings", before)
		if fs := fault.Fields(errs); len(fs) == 0 || fs[0].Pointer != pointer {
			t.Errorf("%s: %v", body, errs)
		}
	}
	if before.MinFreeBytes != 7 || *before.KeepBytes != limit {
		t.Error("Decode changed what was before")
	}
}

func TestPin(t *testing.T) {
	p, errs := DecodePin([]byte(`{"cameras":["a","b"],"from":"2026-01-01T12:00:00+02:00","to":"2026-01-01T12:30:00+02:00","note":"n"}`))
	want := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	if errs != nil || len(p.Cameras) != 2 || p.From != want || p.To != want.Add(30*time.Minute) || p.Note != "n" {
		t.Errorf("got %+v, %v", p, errs)
	}
	for body, pointer := range map[string]string{
		`{"from":"2026-01-01T12:00:00Z","to":"2026-01-01T13:00:00Z"}`:                                   "/cameras",
		`{"cameras":["../x"],"from":"2026-01-01T12:00:00Z","to":"2026-01-01T13:00:00Z"}`:                "/cameras/0",
		`{"cameras":["a"],"to":"2026-01-01T13:00:00Z"}`:                                                 "/from",
		`{"cameras":["a"],"from":"2026-01-01T12:00:00Z"}`:                                               "/to",
		`{"cameras":["a"],"from":"2026-01-01T12:00:00Z","to":"2026-01-01T12:00:00Z"}`:                   "/to",
		`{"cameras":["a"],"from":"2020-01-01T12:00:00Z","to":"2026-01-01T12:00:00Z"}`:                   "/to",
		`{"cameras":["a"],"from":"2026-01-01T12:00:00Z","to":"2026-01-01T13:00:00Z","id":3}`:            "/id",
		`{"cameras":["a"],"from":"2026-01-01T12:00:00Z","to":"2026-01-01T13:00:00Z","note":["a"]}`:      "/note",
		`{"cameras":["a"],"from":"2026-01-01T12:00:00Z","to":"2026-01-01T13:00:00Z","note":"a\u202eb"}`: "/note",
		`{"cameras":["a"],"from":"2026-01-01T12:00:00Z","to":"2026-01-01T13:00:00Z","note":"a\nb"}`:     "/note",
	} {
		_, errs := DecodePin([]byte(body))
		found := false
		for _, f := range fault.Fields(errs) {
			found = found || f.Pointer == pointer
		}
		if !found {
			t.Errorf("%s: %v", body, errs)
		}
	}
}
