package registry

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-multierror"
	"go.uber.org/goleak"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/strict"
	"camhub/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// still is a kind of camera that gives one picture a tenth of a second.
type still struct {
	URL      string `json:"url"`
	Password string `json:"password"`
}

func (still) Open(source.Env) source.Source { return still{} }

func (still) Run(ctx context.Context, out source.Sink) error {
	for {
		now := time.Now()
		out.Received(1)
		out.Write(&media.Packet{Track: &media.Track{Codec: media.JPEG}, Key: true, Arrived: now, Data: []byte{0}})
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var kinds = source.Kinds{{
	Name: "still", Secrets: []string{"password"},
	Parse: func(b json.RawMessage) (source.Config, *multierror.Error) {
		s := still{URL: "http://default/"}
		errs := strict.Object(b, &s, "/source")
		if s.URL == "bad" {
			errs = multierror.Append(errs, fault.Fieldf("/source/url", "is bad"))
		}
		return s, errs
	},
}}

// open returns a registry over the database in dir.
func open(t *testing.T, dir string) (*Registry, func()) {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{Store: db, Kinds: kinds, DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, func() {
		t.Helper()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func newRegistry(t *testing.T) *Registry {
	t.Helper()
	r, closeAll := open(t, t.TempDir())
	t.Cleanup(closeAll)
	return r
}

func create(t *testing.T, r *Registry, body string) camera.Definition {
	t.Helper()
	d, err := r.Create(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func pointers(err error) string {
	var ps []string
	for _, f := range fault.Fields(err) {
		ps = append(ps, f.Pointer)
	}
	return strings.Join(ps, " ")
}

func TestCreateFillsIn(t *testing.T) {
	r := newRegistry(t)
	d := create(t, r, `{"name":"Küche, links","source":{"kind":"still","password":"secret"}}`)
	if d.ID != "kuche-links" || d.Revision == 0 || d.CreatedAt.IsZero() || !d.Enabled {
		t.Errorf("got %+v", d)
	}
	if want := `{"password_set":true,"url":"http://default/"}`; string(d.Source.Options) != want {
		t.Errorf("source %s, want %s", d.Source.Options, want)
	}
	second := create(t, r, `{"name":"Küche, links","source":{"kind":"still"}}`)
	if second.ID != "kuche-links-2" || second.Revision <= d.Revision {
		t.Errorf("the second one: %+v", second)
	}
	if _, err := r.Hub().Stream(second.ID); err != nil {
		t.Errorf("it does not run: %v", err)
	}
}

func TestRefusedCameraLeavesNothing(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still"}}`)
	tests := []struct {
		name, body, pointers string
		kind                 fault.Kind
	}{
		{"taken", `{"id":"a","name":"A","source":{"kind":"still"}}`, "", fault.Conflict},
		{"all at once", `{"id":"../x","name":"","x":1,"source":{"kind":"still","url":"bad","y":2}}`,
			"/x /id /name /source/y /source/url", fault.Invalid},
		{"kind", `{"name":"B","source":{"kind":"nope"}}`, "/source/kind", fault.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := r.Create(t.Context(), []byte(tt.body))
			if fault.KindOf(err) != tt.kind || pointers(err) != tt.pointers {
				t.Errorf("got %v at %s", err, pointers(err))
			}
			if ds, _ := r.List(); len(ds) != 1 {
				t.Errorf("%d cameras", len(ds))
			}
		})
	}
}

// stored returns the password that the database has.
func stored(t *testing.T, r *Registry, id camera.ID) string {
	t.Helper()
	d, err := r.store.Camera(id)
	if err != nil {
		t.Fatal(err)
	}
	var s still
	if err := json.Unmarshal(d.Source.Options, &s); err != nil {
		t.Fatal(err)
	}
	return s.Password
}

func TestReplaceAndPatchKeepSecrets(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still","password":"secret"}}`)
	put := func(body string) error {
		_, _, err := r.Replace(t.Context(), "a", []byte(body), Condition{})
		return err
	}
	patch := func(body string) error {
		_, err := r.Patch(t.Context(), "a", []byte(body), Condition{})
		return err
	}
	steps := []struct {
		do         func(string) error
		body, want string
	}{
		{put, `{"name":"B","source":{"kind":"still","url":"u"}}`, "secret"},
		{patch, `{"name":"C"}`, "secret"},
		{patch, `{"source":{"password_set":true,"url":"v"}}`, "secret"},
		{patch, `{"source":{"password":"new"}}`, "new"},
		{patch, `{"source":{"password":null}}`, ""},
		{put, `{"name":"B","source":{"kind":"still","password":"again"}}`, "again"},
		{put, `{"name":"B","source":{"kind":"still","password":null}}`, ""},
	}
	for _, s := range steps {
		if err := s.do(s.body); err != nil {
			t.Errorf("%s: %v", s.body, err)
		}
		if got := stored(t, r, "a"); got != s.want {
			t.Errorf("after %s the password is %q, want %q", s.body, got, s.want)
		}
	}
}

func TestPatch(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","group":"g","mode":"on_demand","source":{"kind":"still","url":"u"}}`)
	tests := []struct{ name, patch, pointers string }{
		{"not an object", `[]`, ""},
		{"unknown", `{"x":1}`, "/x"},
		{"new id", `{"id":"b"}`, "/id"},
		{"no name", `{"name":null}`, "/name"},
		{"no source", `{"source":null}`, "/source"},
		{"bad source", `{"source":{"url":"bad"}}`, "/source/url"},
	}
	for _, tt := range tests {
		if _, err := r.Patch(t.Context(), "a", []byte(tt.patch), Condition{}); fault.KindOf(err) != fault.Invalid || pointers(err) != tt.pointers {
			t.Errorf("%s: got %v at %s", tt.name, err, pointers(err))
		}
	}
	d, err := r.Patch(t.Context(), "a", []byte(`{"group":null,"mode":"always"}`), Condition{})
	if err != nil || d.Group != "" || d.Mode != camera.Always || d.Name != "A" || !strings.Contains(string(d.Source.Options), `"url":"u"`) {
		t.Errorf("got %+v, %v", d, err)
	}
	if _, err := r.Patch(t.Context(), "nope", []byte(`{}`), Condition{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("unknown camera: %v", err)
	}
}

func TestConditions(t *testing.T) {
	r := newRegistry(t)
	d := create(t, r, `{"id":"a","name":"A","source":{"kind":"still"}}`)
	body := []byte(`{"name":"B","source":{"kind":"still"}}`)
	old := Condition{Revisions: []uint64{d.Revision + 100}}
	for name, err := range map[string]error{
		"put":       second(r.Replace(t.Context(), "a", body, old)),
		"put new":   second(r.Replace(t.Context(), "b", body, Condition{Present: true})),
		"put again": second(r.Replace(t.Context(), "a", body, Condition{Absent: true})),
		"delete":    r.Delete(t.Context(), "a", old),
	} {
		if fault.KindOf(err) != fault.Precondition {
			t.Errorf("%s: %v", name, err)
		}
	}
	now, created, err := r.Replace(t.Context(), "a", body, Condition{Revisions: []uint64{d.Revision}})
	if err != nil || created || now.Revision <= d.Revision || now.CreatedAt != d.CreatedAt {
		t.Errorf("got %+v, %v, %v", now, created, err)
	}
	if _, created, err := r.Replace(t.Context(), "b", body, Condition{Absent: true}); err != nil || !created {
		t.Errorf("put of a new camera: %v, %v", created, err)
	}
	if _, _, err := r.Replace(t.Context(), "b", []byte(`{"id":"c","name":"B","source":{"kind":"still"}}`), Condition{}); pointers(err) != "/id" {
		t.Errorf("id in the body: %v", err)
	}
}

func second(_ camera.Definition, _ bool, err error) error { return err }

func TestDeleteEndsViewers(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still"}}`)
	st, err := r.Hub().Stream("a")
	if err != nil {
		t.Fatal(err)
	}
	reader := st.Subscribe(0)
	defer reader.Close()
	if err := r.Delete(t.Context(), "a", Condition{}); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := reader.Next(t.Context()); err != nil {
			break
		}
	}
	if _, err := r.Get("a"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is still there: %v", err)
	}
}

// TestRestartOfProgram closes the registry and opens it again.
func TestRestartOfProgram(t *testing.T) {
	dir := t.TempDir()
	r, closeAll := open(t, dir)
	for _, id := range []string{"a", "b", "c"} {
		create(t, r, `{"id":"`+id+`","name":"A","source":{"kind":"still"}}`)
	}
	if err := r.SetOrder(t.Context(), []camera.ID{"c", "a", "b"}); err != nil {
		t.Fatal(err)
	}
	closeAll()
	r, closeAll = open(t, dir)
	defer closeAll()
	ds, err := r.List()
	if err != nil || len(ds) != 3 || ds[0].ID != "c" {
		t.Errorf("got %v, %v", ds, err)
	}
	if first, err := r.First(func(camera.ID) bool { return true }); err != nil || first != "c" {
		t.Errorf("first: %v, %v", first, err)
	}
	waitFor(t, func() bool {
		st, err := r.Hub().Status("b")
		return err == nil && st.State == hub.Live
	})
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
	}
}

func TestWatchAndEvents(t *testing.T) {
	r := newRegistry(t)
	w := r.Watch()
	defer w.Close()
	d := create(t, r, `{"id":"a","name":"A","source":{"kind":"still"}}`)
	seen := noChanges()
	waitFor(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		c, err := w.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		seen.Events = seen.Events || c.Events
		for id := range c.Statuses {
			seen.Statuses[id] = true
		}
		for id := range c.Cameras {
			seen.Cameras[id] = true
		}
		return seen.Events && seen.Statuses["a"] && seen.Cameras["a"]
	})
	waitFor(t, func() bool {
		es, err := r.Events(event.Query{}, 10)
		return err == nil && len(es) == 2
	})
	es, err := r.EventsAfter(0, 10)
	if err != nil || es[0].Type != event.Added || es[1].Type != event.Online || es[1].Name != d.Name {
		t.Errorf("got %+v, %v", es, err)
	}
	r.EndStreams()
	for {
		if _, err := w.Next(t.Context()); err != nil {
			break
		}
	}
}

func TestOrderMustBeComplete(t *testing.T) {
	r := newRegistry(t)
	create(t, r, `{"id":"a","name":"A","source":{"kind":"still"}}`)
	create(t, r, `{"id":"b","name":"B","source":{"kind":"still"}}`)
	for _, ids := range [][]camera.ID{{"a"}, {"a", "b", "c"}, {"a", "a"}, {}} {
		if err := r.SetOrder(t.Context(), ids); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", ids, err)
		}
	}
	ds, _ := r.List()
	if !slices.Equal([]camera.ID{ds[0].ID, ds[1].ID}, []camera.ID{"a", "b"}) {
		t.Errorf("the order changed: %v", ds)
	}
}
