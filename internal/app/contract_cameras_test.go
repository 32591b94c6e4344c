package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/hub"
)

// cameraAnswer is a camera as a client reads it.
type cameraAnswer struct {
	camera.Definition
	Status hub.Status `json:"status"`
}

// add adds a small camera that is disabled, so that nothing about it changes by
// itself.
func (h *testHub) add(id string) {
	h.t.Helper()
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"`+id+`","name":"Camera `+id+`","enabled":false,
		"source":{"kind":"emulated","width":64,"height":48,"fps":20}}`)
}

// addLive adds a small camera that gives pictures.
func (h *testHub) addLive(id string) {
	h.t.Helper()
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"`+id+`","name":"Camera `+id+`",
		"source":{"kind":"emulated","width":64,"height":48,"fps":20}}`)
}

func (h *testHub) camera(id string) cameraAnswer {
	h.t.Helper()
	return decode[cameraAnswer](h.t, h.want(http.StatusOK, "GET", "/api/v1/cameras/"+id, ""))
}

// ids returns the cameras in wall order.
func (h *testHub) ids() string {
	h.t.Helper()
	list := decode[struct{ Cameras []cameraAnswer }](h.t, h.want(http.StatusOK, "GET", "/api/v1/cameras", ""))
	var ids []string
	for _, c := range list.Cameras {
		ids = append(ids, string(c.ID))
	}
	return strings.Join(ids, " ")
}

// changes returns the stored events about definitions, newest first.
func (h *testHub) changes() []event.Event {
	h.t.Helper()
	es := decode[struct{ Events []event.Event }](h.t, h.want(http.StatusOK, "GET", "/api/v1/events?limit=1000", "")).Events
	return slices.DeleteFunc(es, func(e event.Event) bool { return e.Type == event.Online || e.Type == event.Offline })
}

func lifeOfACamera(t *testing.T, h *testHub) {
	const body = `{"name":"Küche, links","group":"innen","source":{"kind":"emulated","width":64,"height":48}}`
	a := h.want(http.StatusCreated, "POST", "/api/v1/cameras", body)
	c := decode[cameraAnswer](t, a)
	if c.ID != "kuche-links" || a.header.Get("Location") != "/api/v1/cameras/kuche-links" || a.header.Get("ETag") != fmt.Sprintf(`"%d"`, c.Revision) {
		t.Errorf("got %s, header %v", a.body, a.header)
	}
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", body) // of the same name
	h.want(http.StatusConflict, "POST", "/api/v1/cameras", `{"id":"kuche-links","name":"A","source":{"kind":"emulated"}}`)
	if ids := h.ids(); ids != "kuche-links kuche-links-2" {
		t.Errorf("cameras: %s", ids)
	}
	eventually(t, "it is live", func() bool {
		s := decode[hub.Status](t, h.want(http.StatusOK, "GET", "/api/v1/cameras/kuche-links/status", ""))
		return s.State == hub.Live && s.Width == 64 && s.Frames > 0
	})
	b := h.want(http.StatusOK, "PUT", "/api/v1/cameras/kuche-links", `{"name":"Küche","source":{"kind":"emulated"}}`)
	if d := decode[cameraAnswer](t, b); d.Group != "" || d.Revision <= c.Revision || !d.CreatedAt.Equal(c.CreatedAt) || b.header.Get("ETag") == a.header.Get("ETag") {
		t.Errorf("after PUT: %s", b.body)
	}
	put := h.want(http.StatusCreated, "PUT", "/api/v1/cameras/door", `{"id":"door","name":"Door","source":{"kind":"emulated"}}`)
	if put.header.Get("Location") != "/api/v1/cameras/door" {
		t.Errorf("Location: %q", put.header.Get("Location"))
	}
	if gone := h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/kuche-links", ""); len(gone.body) != 0 {
		t.Errorf("DELETE: %s", gone.body)
	}
	h.want(http.StatusNotFound, "GET", "/api/v1/cameras/kuche-links", "")
	h.want(http.StatusOK, "HEAD", "/api/v1/cameras/door", "")
	var told []string
	for _, e := range h.changes() {
		told = append(told, string(e.Type)+" "+string(e.Camera))
	}
	want := "removed kuche-links, added door, changed kuche-links, added kuche-links-2, added kuche-links"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("events: %s, want %s", got, want)
	}
}

// sendBack changes one field of what was read and sends all of it.
func sendBack(t *testing.T, h *testHub) {
	h.add("a")
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"m","name":"M","enabled":false,"source":{"kind":"mjpeg",
		"url":"http://127.0.0.1:9/","password":"p","headers":{"X-Key":"k"}}}`)
	for _, id := range []string{"a", "m"} {
		a := h.want(http.StatusOK, "GET", "/api/v1/cameras/"+id, "")
		before := decode[cameraAnswer](t, a)
		body := strings.Replace(string(a.body), `"name":"`+before.Name, `"name":"New`, 1)
		h.want(http.StatusOK, "PUT", "/api/v1/cameras/"+id, body, "If-Match", a.header.Get("ETag"))
		after := h.camera(id)
		if after.Name != "New" || string(after.Source.Options) != string(before.Source.Options) {
			t.Errorf("got %+v, want %+v", after, before)
		}
		h.want(http.StatusOK, "PATCH", "/api/v1/cameras/"+id, body, "Content-Type", "application/merge-patch+json")
	}
}

func conditions(t *testing.T, h *testHub) {
	h.add("a")
	old := h.do("GET", "/api/v1/cameras/a", "").header.Get("ETag")
	const path, other, body = "/api/v1/cameras/a", "/api/v1/cameras/b", `{"name":"B","enabled":false,"source":{"kind":"emulated"}}`
	now := h.want(http.StatusOK, "PUT", path, body, "If-Match", `"9999", `+old).header.Get("ETag")
	refused := []struct {
		status                         int
		method, path, body, name, text string
	}{
		{412, "PUT", path, body, "If-Match", old},
		{412, "PATCH", path, `{"name":"C"}`, "If-Match", old},
		{412, "DELETE", path, "", "If-Match", old},
		{412, "PUT", path, body, "If-Match", "W/" + now}, // If-Match compares strongly
		{412, "PUT", path, body, "If-Match", strings.Trim(now, `"`)},
		{412, "PUT", path, body, "If-None-Match", "*"},
		{412, "PUT", other, body, "If-Match", "*"},
		{412, "PUT", other, body, "If-Match", now},
		{412, "PUT", path, `{"name":5}`, "If-Match", old}, // it is not looked at further
		{400, "PUT", path, body, "If-None-Match", now},
		{404, "PATCH", other, `{"name":"C"}`, "If-Match", "*"},
	}
	for _, r := range refused {
		h.want(r.status, r.method, r.path, r.body, r.name, r.text)
	}
	if c := h.camera("a"); c.Name != "B" || `"`+fmt.Sprint(c.Revision)+`"` != now || h.ids() != "a" {
		t.Errorf("something changed: %+v", c)
	}
	h.want(http.StatusCreated, "PUT", other, body, "If-None-Match", "*")
	now = h.want(http.StatusOK, "PATCH", path, `{"name":"C"}`, "If-Match", now).header.Get("ETag")
	h.want(http.StatusNoContent, "DELETE", path, "", "If-Match", now)
	h.want(http.StatusNoContent, "DELETE", other, "", "If-Match", "*")
}

func mergePatches(t *testing.T, h *testHub) {
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","enabled":false,"group":"g","mode":"on_demand",
		"idle_timeout":"1m","source":{"kind":"emulated","width":64,"height":48,"fps":5}}`)
	steps := []struct {
		patch string
		ok    func(c cameraAnswer) bool
	}{
		{`{}`, func(c cameraAnswer) bool { return c.Name == "A" && c.Group == "g" }},
		{`{"name":"B"}`, func(c cameraAnswer) bool { return c.Name == "B" && c.Group == "g" && !c.Enabled }},
		{`{"group":null}`, func(c cameraAnswer) bool { return c.Group == "" && c.Mode == camera.OnDemand }},
		{`{"mode":null,"idle_timeout":null}`, func(c cameraAnswer) bool {
			return c.Mode == camera.Always && c.IdleTimeout.String() == "10s"
		}},
		{`{"source":{"fps":null,"width":320}}`, func(c cameraAnswer) bool {
			return string(c.Source.Options) == `{"folder":"","fps":10,"height":48,"pattern":"clock","width":320}`
		}},
		{`{"enabled":null}`, func(c cameraAnswer) bool { return c.Enabled }},
	}
	for _, s := range steps {
		c := decode[cameraAnswer](t, h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", s.patch))
		if !s.ok(c) {
			t.Errorf("after %s: %+v", s.patch, c)
		}
	}
	a := h.want(http.StatusUnsupportedMediaType, "PATCH", "/api/v1/cameras/a",
		`[{"op":"replace","path":"/name","value":"C"}]`, "Content-Type", "application/json-patch+json")
	if !strings.Contains(a.header.Get("Accept-Patch"), "application/merge-patch+json") {
		t.Errorf("Accept-Patch: %q", a.header.Get("Accept-Patch"))
	}
}

// otherKind changes the kind of a camera by a patch that removes all options
// that the hub showed: those that it never shows are not in the way.
func otherKind(t *testing.T, h *testHub) {
	for _, source := range []string{
		`{"kind":"mjpeg","url":"http://127.0.0.1:1/"}`,
		`{"kind":"mjpeg","url":"http://127.0.0.1:1/","username":"u","password":"p","headers":{"X-Key":"k"}}`,
	} {
		body := `{"name":"A","enabled":false,"source":` + source + `}`
		shown := decode[struct{ Source map[string]any }](t, h.do("PUT", "/api/v1/cameras/a", body))
		patch := map[string]any{}
		for name := range shown.Source {
			patch[name] = nil
		}
		patch["kind"] = "emulated"
		b, err := json.Marshal(map[string]any{"source": patch})
		if err != nil {
			t.Fatal(err)
		}
		c := decode[cameraAnswer](t, h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", string(b)))
		if c.Source.Kind != "emulated" {
			t.Errorf("after %s: %+v", b, c)
		}
	}
}

func wallOrder(t *testing.T, h *testHub) {
	for _, id := range []string{"a", "b", "c"} {
		h.add(id)
	}
	a := h.want(http.StatusOK, "PUT", "/api/v1/order", `{"cameras":["c","a","b"]}`)
	if strings.TrimSpace(string(a.body)) != `{"cameras":["c","a","b"]}` || h.ids() != "c a b" {
		t.Errorf("answer %s, order %s", a.body, h.ids())
	}
	for body, want := range map[string]string{
		`{}`:                               "/cameras",
		`{"cameras":null}`:                 "/cameras",
		`{"cameras":"a"}`:                  "/cameras",
		`{"cameras":[1,2,3]}`:              "/cameras",
		`{"cameras":[]}`:                   "/cameras/0 /cameras/1 /cameras/2",
		`{"cameras":["a","b"]}`:            "/cameras/2",
		`{"cameras":["a","b","c","a"]}`:    "/cameras/3",
		`{"cameras":["a","b","c","x"]}`:    "/cameras/3",
		`{"cameras":["../x","b","c"]}`:     "/cameras/0 /cameras/3",
		`{"cameras":["a","b","c"],"x":{}}`: "/x",
	} {
		if got := pointers(t, h.want(http.StatusUnprocessableEntity, "PUT", "/api/v1/order", body)); got != want {
			t.Errorf("%s: faults at %s, want %s", body, got, want)
		}
	}
	if h.ids() != "c a b" {
		t.Errorf("order %s", h.ids())
	}
}

func restarts(t *testing.T, h *testHub) {
	h.add("off")
	h.addLive("on")
	h.want(http.StatusConflict, "POST", "/api/v1/cameras/off/restart", "")
	eventually(t, "it is live", func() bool { return h.camera("on").Status.State == hub.Live })
	since := h.camera("on").Status.Since
	h.want(http.StatusAccepted, "POST", "/api/v1/cameras/on/restart", "")
	eventually(t, "it is live again", func() bool {
		s := h.camera("on").Status
		return s.State == hub.Live && s.Since.After(since)
	})
}

// unknownCameras asks for cameras that are not there, and for what no camera
// can be called.
func unknownCameras(t *testing.T, h *testHub) {
	h.add("a")
	for _, id := range []string{"b", "A", "%2e%2e", "..%2fa", "a%00", "a%0a", "a%20", "%ff", strings.Repeat("a", 64), "'--", "{id}"} {
		for _, o := range h.contract.operations() {
			if !strings.Contains(o.template, "{id}") || o.template == "/cameras/{id}" || o.method == http.MethodPut {
				continue
			}
			path := o.path(id)
			if strings.HasSuffix(path, "/playback") {
				path += "?from=1"
			}
			h.want(http.StatusNotFound, o.method, path, `{}`)
		}
		if id == "b" {
			continue // which may be created
		}
		a := h.do("PUT", "/api/v1/cameras/"+id, `{"name":"A","source":{"kind":"emulated"}}`)
		if a.status == http.StatusUnprocessableEntity && pointers(t, a) != "/id" || a.status != 422 && a.status != 404 {
			t.Errorf("PUT of %q: %d %s", id, a.status, a.body)
		}
	}
	if h.ids() != "a" {
		t.Errorf("cameras: %s", h.ids())
	}
}
