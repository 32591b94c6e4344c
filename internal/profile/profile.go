// Package profile shows admins what the running program does, at /debug/pprof/:
// the profiles of Go's runtime, as `go tool pprof` and `go tool trace` read them.
//
// # Objective
//
// The handlers are those of net/http/pprof, put into the table of routes one by
// one, behind the guard. That package also registers them with
// http.DefaultServeMux, which no server here uses.
//
// A profile over a time costs the hub up to 5 % while it runs, so there is one at
// a time, for a minute at most. The program's command line is not shown.
package profile

import (
	"fmt"
	"net/http"
	"net/http/pprof"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	runtime "runtime/pprof"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
	"camhub/internal/route"
)

const (
	maxSeconds = 60
	// sendTimeout bounds how long a client takes a profile once it is made.
	sendTimeout = time.Minute
)

// Server answers for profiles. It is safe for concurrent use.
type Server struct {
	place chan struct{} // capacity 1: held while a profile over a time is made
}

// New returns a Server.
func New() *Server { return &Server{place: make(chan struct{}, 1)} }

// Routes returns the lines for the table of routes.
func (s *Server) Routes() []route.Route {
	return []route.Route{
		{Method: "GET", Path: "/debug/pprof/", Need: route.Admin, Handle: index},
		{Method: "GET", Path: "/debug/pprof/profile", Need: route.Admin, Handle: s.timed(30, pprof.Profile)},
		{Method: "GET", Path: "/debug/pprof/trace", Need: route.Admin, Handle: s.timed(1, pprof.Trace)},
		{Method: "GET", Path: "/debug/pprof/{profile}", Need: route.Admin, Handle: s.named},
	}
}

// index lists what there is, for people.
func index(w http.ResponseWriter, _ *http.Request) error {
	setHeader(w, "text/plain; charset=utf-8")
	var text strings.Builder
	text.WriteString("profile  what uses the processors (?seconds=30)\ntrace    what happened, one by one (?seconds=1)\n")
	profiles := runtime.Profiles()
	slices.SortFunc(profiles, func(a, b *runtime.Profile) int { return strings.Compare(a.Name(), b.Name()) })
	for _, p := range profiles {
		fmt.Fprintf(&text, "%s  %d (?debug=1 for people, ?seconds=5 for what comes meanwhile)\n", p.Name(), p.Count())
	}
	_, _ = w.Write([]byte(text.String())) // the client is gone if this fails
	return nil
}

// setHeader sets what all answers have in common.
func setHeader(w http.ResponseWriter, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}

// named answers with a profile of the runtime: as it is, or what comes to it in
// some seconds.
func (s *Server) named(w http.ResponseWriter, r *http.Request) error {
	name := route.Var(r, "profile")
	if runtime.Lookup(name) == nil {
		return fault.New(fault.NotFound, "There is no profile %q.", name)
	}
	q := r.URL.Query()
	if err := checkDebug(q); err != nil {
		return err
	}
	handle := pprof.Handler(name).ServeHTTP
	if q.Has("seconds") {
		return s.timed(1, handle)(w, r)
	}
	answer(w, r, handle)
	return nil
}

// checkDebug checks the form that a profile is wanted in: 0 is that of the tools, 1 and
// 2 are texts.
func checkDebug(q url.Values) error {
	var errs *multierror.Error
	if q.Has("debug") && !slices.Contains([]string{"0", "1", "2"}, q.Get("debug")) {
		errs = multierror.Append(errs, fault.Fieldf("/debug", "must be 0, 1 or 2"))
	}
	if q.Has("seconds") && q.Has("debug") && q.Get("debug") != "0" {
		errs = multierror.Append(errs, fault.Fieldf("/debug", "must be 0 together with seconds"))
	}
	return fault.InvalidFields("The parameters are not valid.", errs)
}

// timed bounds a handler that makes a profile over ?seconds, or over usual seconds:
// to one at a time, and to maxSeconds. The profile ends when the client goes.
func (s *Server) timed(usual int, handle http.HandlerFunc) route.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		seconds, err := readSeconds(r.URL.Query(), usual)
		if err != nil {
			return err
		}
		select {
		case s.place <- struct{}{}:
			defer func() { <-s.place }()
		default:
			return fault.New(fault.TooMany, "Another profile over a time is being made.")
		}
		// Else the bound of all answers would end this one before it begins.
		deadline := time.Now().Add(time.Duration(seconds)*time.Second + sendTimeout)
		_ = http.NewResponseController(w).SetWriteDeadline(deadline) // what can't set one writes to memory
		answer(w, r, handle)
		return nil
	}
}

// readSeconds returns the parameter seconds, or usual when there is none.
func readSeconds(q url.Values, usual int) (int, error) {
	if !q.Has("seconds") {
		return usual, nil
	}
	n, err := strconv.Atoi(q.Get("seconds"))
	if err != nil || n < 1 || n > maxSeconds {
		return 0, fault.InvalidFields("The parameters are not valid.", multierror.Append(nil,
			fault.Fieldf("/seconds", "must be a whole number from 1 to %d", maxSeconds)))
	}
	return n, nil
}

// answer has handle write a profile. A HEAD request makes none.
func answer(w http.ResponseWriter, r *http.Request, handle http.HandlerFunc) {
	setHeader(w, "application/octet-stream")
	if r.Method != http.MethodHead {
		handle(w, r)
	}
}
