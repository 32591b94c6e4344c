package app

import (
	"net/http"
	"strings"
	"testing"

	"camhub/internal/event"
)

// duplicates adds copies of a camera, and sees what they have of it.
func duplicates(t *testing.T, h *testHub) {
	h.secrets = []string{secretPassword, secretHeader}
	a := h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"Door","enabled":false,"group":"outside","mode":"on_demand","source":{
		"kind":"mjpeg","url":"http://127.0.0.1:9/","username":"u","password":"`+secretPassword+`","headers":{"X-Key":"`+secretHeader+`"}}}`)
	h.add("b")
	const path = "/api/v1/cameras/a/duplicate"
	c := h.want(http.StatusCreated, "POST", path, `{"name":"Gate","source":{"url":"http://127.0.0.1:9/gate"}}`, "If-Match", a.header.Get("ETag"))
	for _, part := range []string{
		`"id":"gate"`, `"name":"Gate"`, `"group":"outside"`, `"mode":"on_demand"`, `"enabled":false`, `"password_set":true`,
		`"headers_set":["X-Key"]`, `"username":"u"`, `"url":"http://127.0.0.1:9/gate"`,
	} {
		if !strings.Contains(string(c.body), part) {
			t.Errorf("no %s in %s", part, c.body)
		}
	}
	if c.header.Get("Location") != "/api/v1/cameras/gate" || h.ids() != "a gate b" {
		t.Errorf("it is at %s, the wall is %s", c.header.Get("Location"), h.ids())
	}
	h.want(http.StatusCreated, "POST", path, `{}`, "Content-Type", "application/merge-patch+json")
	h.want(http.StatusCreated, "POST", path, `{"id":"other","source":{"password":null,"headers":{"X-Key":null}}}`)
	if o := string(h.camera("other").Source.Options); !strings.Contains(o, `"password_set":false`) || !strings.Contains(o, `"headers_set":[]`) {
		t.Errorf("what was removed is there: %s", o)
	}
	h.want(http.StatusConflict, "POST", path, `{"id":"b"}`)
	h.want(http.StatusPreconditionFailed, "POST", path, `{}`, "If-Match", `"9999"`)
	h.want(http.StatusNotFound, "POST", "/api/v1/cameras/c/duplicate", `{}`)
	for body, want := range map[string]string{
		`{"name":"","source":{"url":"x"},"x":1}`: "/name /source/url /x",
		`{"id":"../x"}`:                          "/id",
		`{"id":5}`:                               "/id",
		// Secrets do not go along to another host, in no way.
		`{"id":"e","source":{"url":"http://127.0.0.1:10/"}}`: "/source/headers /source/password",
	} {
		if got := pointers(t, h.want(http.StatusUnprocessableEntity, "POST", path, body)); got != want {
			t.Errorf("%s: faults at %s, want %s", body, got, want)
		}
	}
	if h.ids() != "a other door gate b" || h.camera("a").Name != "Door" {
		t.Errorf("the wall is %s", h.ids())
	}
}

// undoing deletes cameras and brings them back.
func undoing(t *testing.T, h *testHub) {
	h.secrets = []string{secretPassword}
	for _, id := range []string{"a", "b", "d"} {
		h.add(id)
	}
	h.want(http.StatusCreated, "PUT", "/api/v1/cameras/c", `{"name":"C","enabled":false,"group":"inside","source":{
		"kind":"mjpeg","url":"http://127.0.0.1:9/","password":"`+secretPassword+`"}}`)
	h.want(http.StatusOK, "PUT", "/api/v1/order", `{"cameras":["a","b","c","d"]}`)
	before := h.camera("c")
	for _, id := range []string{"b", "c"} {
		h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/"+id, "")
	}
	live := h.watch("")
	back := h.want(http.StatusCreated, "POST", "/api/v1/cameras/c/restore", "")
	if back.header.Get("Location") != "/api/v1/cameras/c" || back.header.Get("ETag") == "" {
		t.Errorf("the header is %v", back.header)
	}
	after := h.camera("c")
	if after.Revision <= before.Revision || !after.CreatedAt.Equal(before.CreatedAt) || after.Name != "C" || after.Group != "inside" || after.Enabled ||
		string(after.Source.Options) != string(before.Source.Options) || !strings.Contains(string(after.Source.Options), `"password_set":true`) {
		t.Errorf("it was %+v and is %+v", before, after)
	}
	if c := read[cameraAnswer](t, live.until("camera")); c.ID != "c" {
		t.Errorf("told of %+v", c)
	}
	live.until("order")
	if e := live.untilEvent(event.Restored); e.Camera != "c" || e.Name != "C" {
		t.Errorf("the event is %+v", e)
	}
	live.close()
	h.want(http.StatusCreated, "POST", "/api/v1/cameras/b/restore", "")
	if h.ids() != "a b c d" {
		t.Errorf("the wall is %s", h.ids())
	}
	for _, id := range []string{"a", "c"} {
		h.want(http.StatusConflict, "POST", "/api/v1/cameras/"+id+"/restore", "") // it is there
	}
	h.want(http.StatusNotFound, "POST", "/api/v1/cameras/nobody/restore", "")
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/c", "")
	h.add("c")
	h.want(http.StatusConflict, "POST", "/api/v1/cameras/c/restore", "") // another has its name
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/c", "")
	if c := decode[cameraAnswer](t, h.want(http.StatusCreated, "POST", "/api/v1/cameras/c/restore", "")); c.Name != "Camera c" {
		t.Errorf("what came back is not what was deleted last: %+v", c)
	}
}
