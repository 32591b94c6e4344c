package auth

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"camhub/internal/access"
	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/route"
	"camhub/store"
)

func TestMain(m *testing.M) {
	strength = params{memory: 64, time: 1, lanes: 1} // the tests hash a lot
	goleak.VerifyTestMain(m)
}

// rig is a service over a real store, with a route for each need.
type rig struct {
	*Service
	t       testing.TB
	db      *store.Store
	handler http.Handler

	mu     sync.Mutex // guards what follows
	groups map[camera.ID]string
	events []event.Event
}

func newRig(t testing.TB, cfg Config) *rig {
	t.Helper()
	r := &rig{t: t, groups: map[camera.ID]string{"a": "outside", "b": ""}}
	var err error
	if r.db, err = store.Open(filepath.Join(t.TempDir(), "camhub.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.db.Close() })
	cfg.Store, cfg.Log = r.db, slog.New(slog.DiscardHandler)
	cfg.Group = func(id camera.ID) (string, bool) {
		r.mu.Lock()
		defer r.mu.Unlock()
		g, ok := r.groups[id]
		return g, ok
	}
	cfg.Record = func(e event.Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, e)
	}
	if r.Service, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	answer := func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, access.Actor(r.Context()))
		return err
	}
	r.handler = route.New(append(r.Routes(),
		route.Route{Method: "GET", Path: "/look", Need: route.Self, Handle: answer},
		route.Route{Method: "GET", Path: "/cameras/{id}/feed", Need: route.Picture, Handle: r.wait},
	), r.Guard, cfg.Log)
	return r
}

// wait answers when the context of the request ends, with the cause.
func (r *rig) wait(w http.ResponseWriter, req *http.Request) error {
	<-req.Context().Done()
	_, err := io.WriteString(w, context.Cause(req.Context()).Error())
	return err
}

// add adds a user whose password is "password of <name>".
func (r *rig) add(name string, role access.Role, g access.Grants) {
	r.t.Helper()
	_, err := r.AddUser(r.t.Context(), NewUser{Name: name, Password: "password of " + name, Role: role, Grants: g})
	if err != nil {
		r.t.Fatal(err)
	}
}

// do makes a request; header holds names and values in turn.
func (r *rig) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w
}

// signIn returns the Cookie header of a new session.
func (r *rig) signIn(name string) string {
	r.t.Helper()
	w := r.do("POST", "/api/v1/session", `{"name":"`+name+`","password":"password of `+name+`"}`)
	if w.Code != http.StatusOK {
		r.t.Fatalf("sign in %s: %d %s", name, w.Code, w.Body)
	}
	return strings.Split(w.Result().Header["Set-Cookie"][0], ";")[0]
}
