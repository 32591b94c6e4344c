package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/route"
)

// FuzzOptions reads the options of every kind of camera, without input or output:
// every fault says where it is, and what is taken is taken again.
func FuzzOptions(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"url":"http://a:b@h:80/x?y"}`, `{"url":"javascript:alert(1)"}`, `{"url":"http://h/","headers":{"X-A":"b"},"username":"u","password":"p"}`,
		`{"url":"http://h/","interval":"1s"}`, `{"device":"0","width":640,"height":480,"fps":30}`, `{"device":"/dev/../x"}`, `{"pattern":"clock","fps":0.5}`,
		`{"folder":"slides/a"}`, `{"folder":"../x"}`, `{"camera":1,"rotation":180}`, `{"tls":{"fingerprint":"00"}}`, `[]`, `{"interval":1e99}`,
	} {
		for i := range kinds {
			f.Add(i, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, i int, options []byte) {
		s := camera.Source{Kind: kinds[uint(i)%uint(len(kinds))].Name, Options: json.RawMessage(options)}
		_, errs := kinds.Parse(s)
		for _, fd := range fault.Fields(errs) {
			if fd.Detail == "" || !strings.HasPrefix(fd.Pointer, "/source") {
				t.Errorf("%s %q: fault %+v", s.Kind, options, fd)
			}
		}
		if errs == nil && len(options) > 0 && !json.Valid(options) {
			t.Errorf("%s %q is taken", s.Kind, options)
		}
	})
}

// apart are routes that FuzzRequest leaves out: those that reach out, start what
// goes on, or end the fuzzer's own session.
var apart = []string{
	"POST /api/v1/probe", "POST /api/v1/exports", "POST /api/v1/cameras", "PUT /api/v1/cameras/{id}", "PATCH /api/v1/cameras/{id}",
	"POST /api/v1/cameras/{id}/duplicate", "POST /api/v1/cameras/{id}/restore", "DELETE /api/v1/cameras/{id}", "GET /api/v1/devices", "DELETE /api/v1/session",
}

// FuzzRequest asks every route with any query, header and body, as an admin: the
// answer is never a fault of the hub, and leads nowhere else. Of what has no end
// only the head is asked for.
func FuzzRequest(f *testing.F) {
	rs, guard, header := policyHub(f)
	h := route.New(rs, guard, slog.New(slog.DiscardHandler))
	rs = slices.DeleteFunc(rs, func(r route.Route) bool { return slices.Contains(apart, r.Method+" "+r.Path) })
	seeds := [][4]string{
		{"from=2026-01-02T03:04:05Z&to=now&speed=-2&fps=5&width=640", "Range", "bytes=0-1,-5", `{}`}, {"limit=-1&cursor=x&type=a&camera=a", "Last-Event-ID", "-1", `{"name":"n","password":"p"}`},
		{"width=1e9&fps=NaN", "If-None-Match", `W/"x", *`, `{"cameras":["a","b"]}`}, {"share=%00&from=9999-12-31T23:59:59-23:59", "Accept", "text/html;q=0.1,*/*", `{"recordings":{"keep_bytes":1}}`},
		{"format=csv&since=-1h", "Accept-Encoding", "gzip;q=0, identity;q=0", `[`}, {"%zz&;&a=b=c", "If-Match", `"1", "2"`, `{"current":"x","password":"y"}`},
		{"tz=../../etc&day=2026-13-45", "Cookie", "camhub=x; camhub=y", `{"expires_at":"x"}`}, {"at=2026-01-02T03:04:05.999999999999Z", "Authorization", "Basic Og==", `null`},
	}
	for i := range rs {
		s := seeds[i%len(seeds)]
		f.Add(i, s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, i int, query, name, value, body string) {
		r := rs[uint(i)%uint(len(rs))]
		method := strings.Replace(r.Method, http.MethodGet, http.MethodHead, 1)
		path := strings.NewReplacer("{id}", "a", "{file:.+}", "wall.js", "{time}", "2026-01-02T03:04:05Z", "{pin}", "1").Replace(r.Path)
		req := httptest.NewRequest(method, "http://hub.example"+variable.ReplaceAllString(path, "x"), strings.NewReader(body))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req = req.WithContext(ctx)
		req.URL.RawQuery = query
		req.Header = header["admin"].Clone()
		if !strings.EqualFold(name, "Cookie") && !strings.EqualFold(name, "Host") {
			req.Header.Add(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s %s?%q, %s: %q, %q: %d %s", method, path, query, name, value, body, w.Code, w.Body)
		}
		if to := w.Header().Get("Location"); to != "" {
			if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
				t.Errorf("%s %s?%q leads to %q", method, path, query, to)
			}
		}
	})
}
