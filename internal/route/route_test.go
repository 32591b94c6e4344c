package route

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

// text answers with the route's name and what the path held.
func text(name string) Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, name+Var(r, "id"))
		return err
	}
}

func fails(err error) Func {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

var table = []Route{
	{"GET", "/", map[string]string{"action": "stream"}, Public, text("stream")},
	{"GET", "/", nil, Public, text("page")},
	{"GET", "/things/{id}", nil, Public, text("get ")},
	{"PUT", "/things/{id}", nil, Public, text("put ")},
	{"GET", "/secret", nil, Public, fails(errors.New("password is hunter2"))},
	{"GET", "/panic", nil, Public, func(http.ResponseWriter, *http.Request) error { panic("hunter2") }},
	{"GET", "/busy", nil, Public, fails(fault.New(fault.Unavailable, "Busy."))},
	{"POST", "/fields", nil, Public, fails(fault.InvalidFields("Wrong.", multierror.Append(nil,
		fault.Fieldf("/a", "is bad"), fault.Fieldf("/b", "is worse"))))},
	{"POST", "/many", nil, Public, fails(fault.InvalidFields("Wrong.", manyFaults(maxFaults+7)))},
}

func unguarded(_ Need, f Func) Func { return f }

// TestRouteNeedsANeed shows that nothing is open by oversight.
func TestRouteNeedsANeed(t *testing.T) {
	for _, need := range []Need{0, needs, needs + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a route with the need %d is taken", need)
				}
			}()
			New([]Route{{Method: "GET", Path: "/", Need: need, Handle: text("x")}}, unguarded, slog.New(slog.DiscardHandler))
		}()
	}
}

// TestGuardStandsBeforeEveryRoute shows that a route is called by its guard or
// not at all.
func TestGuardStandsBeforeEveryRoute(t *testing.T) {
	closed := func(Need, Func) Func { return fails(fault.New(fault.Unauthorized, "No.")) }
	h := New(table, closed, slog.New(slog.DiscardHandler))
	for _, r := range table {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(r.Method, strings.Replace(r.Path, "{id}", "a", 1), nil))
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%s %s: %d", r.Method, r.Path, w.Code)
		}
	}
}

func manyFaults(n int) (errs *multierror.Error) {
	for range n {
		errs = multierror.Append(errs, fault.Fieldf("/a", "is bad"))
	}
	return errs
}

func do(method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	New(table, unguarded, slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
	return w
}

func TestRoutes(t *testing.T) {
	tests := []struct {
		method, target string
		status         int
		body           string
	}{
		{"GET", "/", 200, "page"},
		{"GET", "/?action=stream", 200, "stream"},
		{"GET", "/?action=other", 200, "page"},
		{"GET", "/things/a", 200, "get a"},
		{"HEAD", "/things/a", 200, "get a"}, // the server drops the body
		{"PUT", "/things/a", 200, "put a"},
	}
	for _, tt := range tests {
		if w := do(tt.method, tt.target); w.Code != tt.status || w.Body.String() != tt.body {
			t.Errorf("%s %s: %d %q", tt.method, tt.target, w.Code, w.Body)
		}
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		method, target string
		header         []string
		status         int
		detail         string
	}{
		{"GET", "/nope", nil, 404, "There is nothing at this address."},
		{"GET", "/things/../secret", nil, 404, "There is nothing at this address."},
		{"GET", "/things/%2e%2e%2fsecret", nil, 404, "There is nothing at this address."},
		{"DELETE", "/things/a", nil, 405, "DELETE can't be used here."},
		{"GET", "/secret", nil, 500, ""},
		{"GET", "/panic", nil, 500, ""},
		{"GET", "/busy", nil, 503, "Busy."},
		{"POST", "/fields", nil, 422, "Wrong."},
		{"PUT", "/things/a", []string{"Sec-Fetch-Site", "cross-site"}, 403, "Requests from pages of other sites may not change anything."},
		{"PUT", "/things/a", []string{"Origin", "http://evil.example"}, 403, "Requests from pages of other sites may not change anything."},
	}
	for _, tt := range tests {
		t.Run(tt.method+tt.target, func(t *testing.T) {
			w := do(tt.method, tt.target, tt.header...)
			var p problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatalf("%d %q: %v", w.Code, w.Body, err)
			}
			if w.Code != tt.status || p.Status != tt.status || p.Detail != tt.detail || p.Title == "" {
				t.Errorf("got %d %+v", w.Code, p)
			}
			if w.Header().Get("Content-Type") != "application/problem+json" || p.Instance != w.Header().Get("X-Request-Id") {
				t.Errorf("header %v", w.Header())
			}
			if strings.Contains(w.Body.String(), "hunter2") {
				t.Error("internal text is shown")
			}
		})
	}
}

// TestProblemForAPerson shows a page to whoever opens an address in a browser, with texts
// escaped, and documents to those who call the API from there.
func TestProblemForAPerson(t *testing.T) {
	browser := []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}
	w := do("GET", "/nope", browser...)
	if w.Code != 404 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" ||
		!strings.Contains(w.Body.String(), "There is nothing at this address.") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := do("GET", "/secret", browser...); w.Code != 500 || strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := do("GET", "/api/nope", browser...); w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("the API answers %v", w.Header())
	}
	r := httptest.NewRecorder()
	problem{Title: "Not Found", Status: 404, Detail: `no "<script>"`}.writePage(r)
	if strings.Contains(r.Body.String(), "<script") {
		t.Errorf("not escaped: %s", r.Body)
	}
}

func TestProblemDetails(t *testing.T) {
	if allow := do("DELETE", "/things/a").Header().Get("Allow"); allow != "GET, HEAD, PUT" {
		t.Errorf("Allow: %q", allow)
	}
	if after := do("GET", "/busy").Header().Get("Retry-After"); after != "2" {
		t.Errorf("Retry-After: %q", after)
	}
	var p problem
	if err := json.Unmarshal(do("POST", "/fields").Body.Bytes(), &p); err != nil || len(p.Errors) != 2 || p.Errors[1].Pointer != "/b" {
		t.Errorf("got %+v, %v", p, err)
	}
}

// TestManyFaults bounds what a body full of faults can bring about.
func TestManyFaults(t *testing.T) {
	var p problem
	err := json.Unmarshal(do("POST", "/many").Body.Bytes(), &p)
	if err != nil || len(p.Errors) != maxFaults || p.Detail != "Wrong. These are the first 100 of 107 faults." {
		t.Errorf("%d faults, %q, %v", len(p.Errors), p.Detail, err)
	}
}

// TestFullDisk shows that a full disk is told, and nothing else of an error without a kind.
func TestFullDisk(t *testing.T) {
	for err, want := range map[error]string{
		&os.PathError{Op: "write", Path: "/secret", Err: syscall.ENOSPC}: "The disk of the hub's machine is full. Make room on it, then try again.",
		&os.PathError{Op: "write", Path: "/secret", Err: syscall.EIO}:    "",
	} {
		if p := newProblem(fmt.Errorf("save: %w", err), ""); p.Detail != want || p.Status != http.StatusInternalServerError {
			t.Errorf("%v: %d %q, want %q", err, p.Status, p.Detail, want)
		}
	}
}

// TestStatuses shows that no kind of error is without a status.
func TestStatuses(t *testing.T) {
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		if http.StatusText(statuses[k]) == "" {
			t.Errorf("kind %d has the status %d", k, statuses[k])
		}
	}
}

// TestAnswersNobodyReads asks for more than a socket holds and reads none of it:
// the handler is let go when the time for an answer is over.
func TestAnswersNobodyReads(t *testing.T) {
	before := answerTimeout
	defer func() { answerTimeout = before }()
	answerTimeout = 100 * time.Millisecond
	done := make(chan error, 1)
	h := New([]Route{{"GET", "/", nil, Public, func(w http.ResponseWriter, _ *http.Request) error {
		_, err := w.Write(make([]byte, 64<<20))
		done <- err
		return nil
	}}}, unguarded, slog.New(slog.DiscardHandler))
	srv := httptest.NewServer(h)
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-done:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the write ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("the handler still writes")
	}
}

// TestManyRanges shows that a request for a few parts of a file gets them, and one
// for thousands the whole.
func TestManyRanges(t *testing.T) {
	h := New([]Route{{"GET", "/", nil, Public, func(w http.ResponseWriter, r *http.Request) error {
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(strings.Repeat("x", 100_000)))
		return nil
	}}}, unguarded, slog.New(slog.DiscardHandler))
	for n, want := range map[int]int{1: 206, maxRanges: 206, maxRanges + 1: 200, 10_000: 200} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Range", "bytes="+strings.TrimSuffix(strings.Repeat("0-0,", n), ","))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || w.Body.Len() > 100_000 {
			t.Errorf("%d ranges: %d with %d bytes", n, w.Code, w.Body.Len())
		}
	}
}
