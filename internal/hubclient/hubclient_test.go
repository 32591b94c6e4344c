package hubclient

import (
	"context"
	"fmt"
	"io"
	"log/slog"
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
		"unix:/run/h.sock": true, "unix:": false, "127.0.0.1:8080": false, "ftp://h": false, "http://u:p@h": false, "http://h?x": false, "": false,
	} {
		if _, err := New(address, ""); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestThisMachine asks a hub by a Unix-domain socket, and one with a certificate that
// nobody has signed.
func TestThisMachine(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%q", r.Host) })
	socket := httptest.NewUnstartedServer(hello)
	path := filepath.Join(t.TempDir(), "h")
	var err error
	if socket.Listener, err = net.Listen("unix", path); err != nil {
		t.Fatal(err)
	}
	socket.Start()
	defer socket.Close()
	secure := httptest.NewTLSServer(hello)
	defer secure.Close()
	for address, want := range map[string]string{"unix:" + path: "localhost", secure.URL: strings.TrimPrefix(secure.URL, "https://")} {
		c, err := New(address, "")
		if err != nil {
			t.Fatal(err)
		}
		var host string
		if err := c.Get(t.Context(), "/", &host); err != nil || host != want || c.Address() != address {
			t.Errorf("%s is asked as %q at %q, %v", address, host, c.Address(), err)
		}
	}
	for host, want := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "10.0.0.1": false, "hub.local": false, "": false} {
		if isLoopback(host) != want {
			t.Errorf("%q is of this machine: %v", host, !want)
		}
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
	c, err := New(srv.URL+"/", "secret")
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

// TestCertificateOfAnotherName is taken by who asks only whether a hub is there.
func TestCertificateOfAnotherName(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "{}") }))
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.StartTLS()
	defer srv.Close()
	const address = "https://cams.example.org" // in no certificate of the test server
	ask := func(c *Client, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
		}
		return c.Get(t.Context(), "/", nil)
	}
	if err := ask(New(address, "token")); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("it gets a token: %v", err)
	}
	if err := ask(NewUnverified(address)); err != nil {
		t.Error(err)
	}
}
