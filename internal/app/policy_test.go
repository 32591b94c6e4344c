package app

import (
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/route"
	"camhub/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// trailing is blank space at the end of a line.
var trailing = regexp.MustCompile(` +\n`)

// policyCallers are those who try every route, in the order of the columns of
// testdata/policy.txt.
var policyCallers = []string{"nobody", "other", "viewer", "operator", "admin", "expired", "revoked", "share"}

// TestPolicy tries every route of the program as everybody, and compares what
// came with testdata/policy.txt, which people read: a new route, or one with a
// new need, changes that file (go test -update). "ok" is any answer of the route
// itself. The camera of a path is one that "viewer" may see and "other" may not.
func TestPolicy(t *testing.T) {
	rs, users, header := policyHub(t)
	h := route.New(rs, users, slog.New(slog.DiscardHandler))
	var got strings.Builder
	for _, r := range rs {
		name := r.Path
		for key, value := range r.Query {
			name += "?" + key + "=" + value
		}
		fmt.Fprintf(&got, "%-7s%-38s", r.Method, name)
		for _, caller := range policyCallers {
			fmt.Fprintf(&got, " %-8s", tryRoute(h, r, header[caller]))
		}
		if r.Method == http.MethodDelete && r.Path == "/api/v1/session" { // they have signed out
			rs, users, header = policyHub(t)
			h = route.New(rs, users, slog.New(slog.DiscardHandler))
		}
		got.WriteString("\n")
	}
	path := filepath.Join("testdata", "policy.txt")
	text := trailing.ReplaceAllString(fmt.Sprintf("%-45s %s\n", "", columns())+got.String(), "\n")
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("who may use what has changed; see testdata/policy.txt and run with -update if it is meant:\n%s", lineDiff(string(want), text))
	}
}

func columns() string {
	var line strings.Builder
	for _, caller := range policyCallers {
		fmt.Fprintf(&line, "%-9s", caller)
	}
	return strings.TrimSpace(line.String())
}

// lineDiff returns the lines that only one of two texts has.
func lineDiff(a, b string) string {
	var out strings.Builder
	only := func(sign, x, y string) {
		for line := range strings.Lines(x) {
			if !strings.Contains(y, line) {
				out.WriteString(sign + line)
			}
		}
	}
	only("- ", a, b)
	only("+ ", b, a)
	return out.String()
}

// tryRoute returns what a caller gets of a route: a status of the guard, or "ok".
// GET is tried as HEAD, so that what has no end has one.
func tryRoute(h http.Handler, r route.Route, header http.Header) string {
	method := r.Method
	if method == http.MethodGet {
		method = http.MethodHead
	}
	path := strings.NewReplacer("{id}", "a", "{file:.+}", "wall.js", "{user}", "zoe", "{session}", "x", "{token}", "x", "{share}", "x", "{export}", "x", "{pin}", "1", "{profile}", "heap", "{name}", "x", "{time}", "2026-01-02T03:04:05Z").Replace(r.Path)
	req := httptest.NewRequest(method, "http://hub.example"+path, strings.NewReader("{}"))
	q := req.URL.Query()
	for key, value := range r.Query {
		q.Set(key, value)
	}
	if secret := header.Get("Share"); secret != "" {
		q.Set("share", secret)
	}
	req.URL.RawQuery = q.Encode()
	req.Header = header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set("If-Match", `"999999"`) // nothing is changed
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	switch w.Code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable, http.StatusMisdirectedRequest:
		if strings.Contains(w.Body.String(), "is disabled") {
			return "ok"
		}
		return fmt.Sprint(w.Code)
	case http.StatusNotFound:
		if strings.Contains(w.Body.String(), `There is no camera \"a\"`) {
			return "404"
		}
	}
	return "ok"
}

// policyHub returns the routes of a hub with two cameras and all kinds of
// callers, its guard, and what each of the callers sends.
func policyHub(t testing.TB) ([]route.Route, route.Guard, map[string]http.Header) {
	t.Helper()
	rs, users, _, reg := tableAt(t, net.IPv4zero, seedPolicy)
	for _, id := range []string{"a", "b"} {
		body := fmt.Sprintf(`{"id":%q,"name":"Camera","enabled":false,"source":{"kind":"emulated"}}`, id)
		if _, err := reg.Create(t.Context(), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	header := make(map[string]http.Header)
	for _, name := range policyCallers {
		header[name] = http.Header{"Cookie": {"camhub=" + name + "-secret"}}
	}
	header["nobody"] = nil
	header["revoked"] = http.Header{"Authorization": {"Bearer camhub_revoked"}}
	header["share"] = http.Header{"Share": {"share-secret"}}
	return rs, users.Guard, header
}

// seedPolicy stores the callers: the expired session is one of an admin.
func seedPolicy(db *store.Store) error {
	now := time.Now().UTC()
	only := func(id camera.ID) access.Grants { return access.Grants{Cameras: []camera.ID{id}} }
	var c access.Change
	add := func(name string, role access.Role, g access.Grants, until time.Time) {
		c.PutUsers = append(c.PutUsers, access.User{Name: name, Role: role, Grants: g, Password: "none"})
		c.PutSessions = append(c.PutSessions, access.Session{
			Hash: access.Hash(name + "-secret"), ID: name, User: name, CreatedAt: now, UsedAt: now, ExpiresAt: until,
		})
	}
	later := now.Add(time.Hour)
	add("other", access.Viewer, only("b"), later)
	add("viewer", access.Viewer, only("a"), later)
	add("operator", access.Operator, only("a"), later)
	add("admin", access.Admin, access.Everything(), later)
	add("expired", access.Admin, access.Everything(), now)
	c.PutTokens = []access.Token{{Hash: access.Hash("camhub_revoked"), ID: "t", User: "admin", Role: access.Admin, Grants: access.Everything()}}
	c.PutShares = []access.Share{{Hash: access.Hash("share-secret"), ID: "s", Camera: "a", ExpiresAt: later}}
	if err := db.ChangeAccess(c); err != nil {
		return err
	}
	return db.ChangeAccess(access.Change{Drop: []string{access.Hash("camhub_revoked")}})
}
