package hubclient

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"http://127.0.0.1:8080": true, "https://hub.local/cameras/": true,
		"unix:/run/camhub/http.sock": true, "unix:": false,
		"127.0.0.1:8080": false, "ftp://h": false, "http://u:p@h": false, "http://h?x": false, "": false,
	} {
		if _, err := New(address, "", nil); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"Ok":true}`)) }))
	srv.Listener.Close()
	srv.Listener = l
	srv.Start()
	defer srv.Close()
	c, err := New("unix:"+path, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Ok bool }
	if err := c.Get(t.Context(), "/x", &got); err != nil || !got.Ok || c.Address() != "unix:"+path {
		t.Errorf("%+v, %v, %s", got, err, c.Address())
	}
}

func TestCalls(t *testing.T) {
	var mux http.ServeMux
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with the token %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	mux.HandleFunc("GET /ok", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"token":"` + r.Header.Get("Authorization") + `"}`))
	})
	mux.HandleFunc("PUT /bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(422)
		w.Write([]byte(`{"title":"Invalid","detail":"The camera is not valid.","errors":[{"pointer":"/source/url","detail":"must be given"}]}`))
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) })
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	srv := httptest.NewServer(&mux)
	defer srv.Close()
	c, err := New(srv.URL+"/", "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Token string }
	if err := c.Get(t.Context(), "/ok", &got); err != nil || got.Token != "Bearer secret" {
		t.Errorf("got %q, %v", got.Token, err)
	}
	err = c.Do(t.Context(), "PUT", "/bad", nil, map[string]int{}, nil)
	if err == nil || !strings.Contains(err.Error(), "422: The camera is not valid.; source/url must be given") {
		t.Errorf("refusal: %v", err)
	}
	for path, want := range map[string]string{"/login": "CAMHUB_TOKEN", "/page": "no answer of a camhub", "/away": "302"} {
		if err := c.Get(t.Context(), path, &got); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	srv.Close()
	if err := c.Get(t.Context(), "/ok", nil); err == nil || strings.Count(err.Error(), srv.URL) != 1 {
		t.Errorf("no hub: %v", err)
	}
}
