package app

import (
	"net/http"
	"strings"
	"testing"
)

// limitWarnings sets limits of a camera that the disk can't hold: tried, and saved.
func limitWarnings(t *testing.T, h *testHub) {
	const huge = `{"record":{"keep_bytes":9000000000000000}}`
	type changed struct {
		Record struct {
			KeepBytes *int64 `json:"keep_bytes"`
		}
		Revision uint64
		Warnings []struct{ Code, Camera string }
	}
	made := decode[changed](t, h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","source":{"kind":"emulated"}}`))
	if made.Warnings == nil || len(made.Warnings) != 0 {
		t.Errorf("without limits: %+v", made)
	}
	for _, path := range []string{"/api/v1/cameras/a?dry_run=1", "/api/v1/cameras/a"} {
		c := decode[changed](t, h.want(http.StatusOK, "PATCH", path, huge))
		if c.Record.KeepBytes == nil || len(c.Warnings) != 1 || c.Warnings[0].Code != "keep_bytes" || c.Warnings[0].Camera != "a" {
			t.Errorf("%s: %+v", path, c)
		}
		now := decode[changed](t, h.want(http.StatusOK, "GET", "/api/v1/cameras/a", ""))
		if tried := strings.Contains(path, "dry"); tried != (now.Record.KeepBytes == nil) || tried != (now.Revision == made.Revision) {
			t.Errorf("after %s it is %+v", path, now)
		}
	}
	put := h.want(http.StatusOK, "PUT", "/api/v1/cameras/a", `{"name":"A","source":{"kind":"emulated"},"record":{"keep_bytes":9000000000000000}}`)
	if c := decode[changed](t, put); len(c.Warnings) != 1 {
		t.Errorf("replaced: %+v", c)
	}
	if a := h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/cameras/a?dry_run=1", `{"record":{"keep_days":-1}}`); pointers(t, a) != "/record/keep_days" {
		t.Errorf("a wrong limit: %s", a.body)
	}
	if a := h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/cameras/a?dry_run=yes", huge); pointers(t, a) != "/dry_run" {
		t.Errorf("a wrong parameter: %s", a.body)
	}
	h.want(http.StatusPreconditionFailed, "PATCH", "/api/v1/cameras/a?dry_run=1", huge, "If-Match", `"1000"`)
	h.want(http.StatusNotFound, "PATCH", "/api/v1/cameras/nobody?dry_run=1", huge)
}
