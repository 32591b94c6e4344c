package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"camhub/internal/event"
	"camhub/internal/hub"
)

// Secrets that are planted, and must not be seen again but by the camera.
const (
	secretPassword = "Zx7plantedpassword"
	secretInURL    = "Qv9plantedinurl"
	secretHeader   = "Wk3plantedheader"
	secretLater    = "Jh5plantedlater"
)

// secretsStayInside plants secrets and looks for them in every answer, message
// and line of the log, of a camera that works in no way.
func secretsStayInside(t *testing.T, h *testHub) {
	h.secrets = []string{secretPassword, secretInURL, secretHeader, secretLater}
	asked := make(chan http.Header, 100)
	camera := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- r.Header.Clone():
		default:
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer camera.Close()
	live := h.watch("")
	withUser := strings.Replace(camera.URL, "http://", "http://u:"+secretInURL+"@", 1)
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"a","name":"A","source":{"kind":"mjpeg","url":"`+camera.URL+`",
		"username":"u","password":"`+secretPassword+`","headers":{"X-Key":"`+secretHeader+`"}}}`)
	a := h.want(http.StatusOK, "GET", "/api/v1/cameras/a", "")
	for _, part := range []string{`"password_set":true`, `"headers_set":["X-Key"]`, `"username":"u"`} {
		if !strings.Contains(string(a.body), part) {
			t.Errorf("no %s in %s", part, a.body)
		}
	}
	h.want(http.StatusCreated, "PUT", "/api/v1/cameras/b", `{"name":"B","source":{"kind":"mjpeg","url":"`+withUser+`"}}`)
	if b := h.want(http.StatusOK, "GET", "/api/v1/cameras/b", ""); !strings.Contains(string(b.body), `"url":"`+camera.URL+`/"`) {
		t.Errorf("the URL is shown as %s", b.body)
	}
	eventually(t, "the camera is asked with the password", func() bool {
		header := <-asked
		_, password, ok := (&http.Request{Header: header}).BasicAuth()
		return ok && password == secretPassword && header.Get("X-Key") == secretHeader
	})
	h.keepSecrets(t)
	for _, body := range []string{
		`{"source":{"password":"` + secretLater + `\u0000"}}`,
		`{"source":{"headers":{"X-Key":"` + secretLater + `\n"}}}`,
		`{"source":{"headers":{"X-Key":["` + secretLater + `"]}}}`,
		`{"source":{"url":"http://u:` + secretLater + `@h:0/"}}`,
		`{"source":{"url":"http://u:` + secretLater + `@ h/"}}`,
		`{"source":{"url":"u:` + secretLater + `"}}`,
		`{"source":{"password":{"x":"` + secretLater + `"}}}`,
	} {
		h.want(http.StatusUnprocessableEntity, "PATCH", "/api/v1/cameras/a", body)
	}
	h.want(http.StatusBadRequest, "PATCH", "/api/v1/cameras/a", `{"source":{"password":"`+secretLater+`}`)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"password":null,"headers":null}}`)
	a = h.want(http.StatusOK, "GET", "/api/v1/cameras/a", "")
	for _, part := range []string{`"password_set":false`, `"headers_set":[]`} {
		if !strings.Contains(string(a.body), part) {
			t.Errorf("no %s in %s", part, a.body)
		}
	}
	for _, id := range []string{"a", "b"} {
		h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/"+id, "")
	}
	live.until("removed") // every message is searched as it comes
	live.until("removed")
	live.close()
	h.want(http.StatusOK, "GET", "/api/v1/events", "")
	h.want(http.StatusOK, "GET", "/api/v1/events", "", "Accept", "text/csv")
	if !strings.Contains(h.log.String(), "camera=a") {
		t.Error("the log is not the one that was searched")
	}
}

// keepSecrets changes the camera in ways that keep its password, and sees that
// its failures are told.
func (h *testHub) keepSecrets(t *testing.T) {
	eventually(t, "it is known to be offline", func() bool {
		c := h.camera("a")
		return c.Status.Error != nil && c.Status.Error.Code == "unauthorized"
	})
	eventually(t, "that is remembered", func() bool {
		es := decode[struct{ Events []event.Event }](t, h.want(http.StatusOK, "GET", "/api/v1/events?type=offline&camera=a", "")).Events
		return len(es) > 0 && es[0].Reason != nil && es[0].Reason.Code == "unauthorized"
	})
	url := string(h.camera("a").Source.Options)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"name":"New"}`)
	h.want(http.StatusOK, "PUT", "/api/v1/cameras/a", string(h.want(http.StatusOK, "GET", "/api/v1/cameras/a", "").body))
	if after := string(h.camera("a").Source.Options); after != url {
		t.Errorf("it was %s and is %s", url, after)
	}
	eventually(t, "it is offline again", func() bool { return h.camera("a").Status.State == hub.Offline })
	h.want(http.StatusServiceUnavailable, "GET", "/cameras/a/snapshot.jpg?max_age=0", "")
	h.want(http.StatusAccepted, "POST", "/api/v1/cameras/a/restart", "")
}
