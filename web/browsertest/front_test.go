package browsertest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// front stands between a browser and a hub, as a proxy does, and answers some
// calls itself: those that a hub answers only in rare moments, or with hardware.
type front struct {
	url string

	mu      sync.Mutex // guards answers
	answers map[string]http.HandlerFunc
}

// startFront runs a front of a hub until the test ends.
func startFront(t *testing.T, hub *hub) *front {
	t.Helper()
	target, err := url.Parse(hub.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{answers: make(map[string]http.HandlerFunc)}
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // the hub compares it with the Origin
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		answer := f.answers[r.Method+" "+r.URL.Path]
		f.mu.Unlock()
		if answer == nil {
			answer = proxy.ServeHTTP
		}
		answer(w, r)
	}))
	f.url = srv.URL
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		transport.CloseIdleConnections()
	})
	return f
}

// answer has the front answer a call, such as "POST /api/v1/cameras"; nil leaves
// it to the hub again.
func (f *front) answer(call string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[call] = h
}

// says answers with a body of a type.
func says(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// hangsUp ends the connection without an answer.
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
