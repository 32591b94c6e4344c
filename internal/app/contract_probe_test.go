package app

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"camhub/internal/hub"
	"camhub/internal/probe"
	"camhub/internal/rawpeer"
)

// messages returns the server-sent events of an answer, each as the contract
// has it.
func (h *testHub) messages(a answer) (names []string, last []byte) {
	h.t.Helper()
	for _, text := range strings.Split(strings.TrimSuffix(string(a.body), "\n\n"), "\n\n") {
		event, data, _ := strings.Cut(text, "\ndata: ")
		name := strings.TrimPrefix(event, "event: ")
		where := "#/paths/~1api~1v1~1probe/post/responses/200/content/text~1event-stream/x-messages/" + name
		if err := h.contract.validateJSON(where, []byte(data)); err != nil {
			h.t.Errorf("%s: %v", text, err)
		}
		names, last = append(names, name), []byte(data)
	}
	return names, last
}

// probes looks at a feed of the hub behind a proxy, at a camera that wants a login, and
// at cameras of the hub that run and that don't.
func probes(t *testing.T, h *testHub) {
	h.secrets = []string{secretPassword, secretHeader}
	h.want(http.StatusNotFound, "POST", "/api/v1/probe", `{"camera":"nothing"}`)
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"clock","name":"Clock","source":{"kind":"emulated","width":320,"height":180,"fps":25}}`)
	a := h.want(http.StatusOK, "POST", "/api/v1/probe", `{"url":"`+h.proxy(t)+`/cameras/clock/feed"}`, "Accept", "text/event-stream")
	names, last := h.messages(a)
	var res probe.Result
	if err := json.Unmarshal(last, &res); err != nil || len(names) < 2 || names[0] != "progress" || names[len(names)-1] != "result" {
		t.Fatalf("%v, %v: %.300s", err, names, last)
	}
	if res.Answer != probe.Stream || res.Width != 320 || res.FPS < 5 || res.Preview == "" {
		t.Errorf("%+v", res)
	}
	// What was found can be added as it is.
	source, err := json.Marshal(res.Source)
	if err != nil {
		t.Fatal(err)
	}
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"again","name":"`+res.Name+`","source":`+string(source)+`}`)
	eventually(t, "the found camera is live", func() bool { return h.camera("again").Status.State == hub.Live })
	res = decode[probe.Result](t, h.want(http.StatusOK, "POST", "/api/v1/probe", `{"camera":"again"}`))
	if !res.Connected || !res.Works || res.Requests != 0 || res.Preview == "" {
		t.Errorf("a camera that runs: %+v", res)
	}
	brokenCamera(t, h)
}

// proxy returns the address of a proxy before the hub, which probes and cameras
// may ask where they may not ask the hub itself.
func (h *testHub) proxy(t *testing.T) string {
	t.Helper()
	to, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, FlushInterval: -1, Transport: h.client.Transport,
		ErrorLog: log.New(io.Discard, "", 0),
	})
	t.Cleanup(func() {
		srv.Listener.Close() // a camera that runs would come again at once
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.URL
}

// brokenCamera asks why a camera is offline that refuses the login.
func brokenCamera(t *testing.T, h *testHub) {
	camera := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="`+r.Header.Get("Authorization")+r.Header.Get("X-Key")+`"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "<title>"+secretPassword+"</title>")
	}))
	defer camera.Close()
	body := `"url":"` + camera.URL + `/v","username":"u","password":"` + secretPassword + `","headers":{"X-Key":"` + secretHeader + `"}`
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"locked","name":"Locked","source":{"kind":"mjpeg",`+body+`}}`)
	for _, ask := range []string{`{"camera":"locked"}`, `{"kind":"mjpeg",` + body + `}`, `{` + body + `}`} {
		res := decode[probe.Result](t, h.want(http.StatusOK, "POST", "/api/v1/probe", ask))
		if res.Answer != probe.WrongPassword || len(res.Challenges) != 1 || res.Challenges[0] != "basic" || len(res.Advice) == 0 {
			t.Errorf("%s: %+v", ask, res)
		}
		names, _ := h.messages(h.want(http.StatusOK, "POST", "/api/v1/probe", ask, "Accept", "text/event-stream"))
		if len(names) != 2 {
			t.Errorf("%s: %v", ask, names)
		}
	}
	eventually(t, "the camera is tried again", func() bool { return h.camera("locked").Status.State == hub.Offline })
	h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/probe", `{"url":"http://h/","password":{"x":"`+secretPassword+`"}}`)
	h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/probe", `{"url":"gopher://u:`+secretPassword+`@h/"}`)
}

// probesAtOnce has a host that says nothing, so that a probe takes its time:
// another one of that host is refused, and the end of the program ends it.
func probesAtOnce(t *testing.T, h *testHub) {
	arrived := make(chan bool, 10)
	peer := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { arrived <- true; c.Next() })
	body := `{"url":"` + peer.URL + `/"}`
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() { done <- a }()
		resp, err := h.client.Post(h.url+"/api/v1/probe", "application/json", bytes.NewReader([]byte(body)))
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		h.contract.check(t, resp, b)
		a.status = resp.StatusCode
	}()
	<-arrived
	h.want(http.StatusTooManyRequests, "POST", "/api/v1/probe", body)
	h.stop()
	if a := <-done; a.status != http.StatusServiceUnavailable {
		t.Errorf("at the end of the program: %d", a.status)
	}
}
