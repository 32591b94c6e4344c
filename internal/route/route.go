// Package route makes one handler of the tables of routes that the parts of
// the program have: with problem documents for every error, request IDs, an
// access log, and protection against cross-site requests.
package route

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"camhub/internal/fault"
)

// Func answers a request, or returns an error and has written nothing.
type Func func(http.ResponseWriter, *http.Request) error

// Route is one line of a table. A GET route answers HEAD too.
type Route struct {
	Method, Path string            // the path may hold {variables}
	Query        map[string]string // if not nil, these parameters must have these values
	Need         Need              // who may use it
	Handle       Func
}

// Handler adapts an http.Handler that writes its own errors.
func Handler(h http.Handler) Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// Var returns a variable of the request's path.
func Var(r *http.Request, name string) string { return mux.Vars(r)[name] }

// New returns the handler of all routes, each behind guard. A route with a
// query stands before those of the same path without one. It panics when a route
// has no need: nothing is open because somebody forgot to say who may use it.
func New(routes []Route, guard Guard, log *slog.Logger) http.Handler {
	m := mux.NewRouter().SkipClean(true) // ".." in a path is nobody's business to resolve
	for _, r := range routes {
		if !r.Need.Valid() {
			panic(fmt.Sprintf("route: %s %s has no need", r.Method, r.Path))
		}
		route := m.Path(r.Path).Handler(handle(guard(r.Need, r.Handle), log))
		if r.Method == http.MethodGet {
			route.Methods(http.MethodGet, http.MethodHead)
		} else {
			route.Methods(r.Method)
		}
		for key, value := range r.Query {
			route.Queries(key, value)
		}
	}
	m.NotFoundHandler = handle(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.NotFound, "There is nothing at this address.")
	}, log)
	m.MethodNotAllowedHandler = handle(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", strings.Join(allowed(m, r), ", "))
		return fault.New(fault.NotAllowed, "%s can't be used here.", r.Method)
	}, log)
	// Middleware goes around the router, not into it: what is given to
	// mux.Router.Use does not run for 404 and 405.
	return identify(logged(recovered(bounded(framed(fewRanges(sameOrigin(m)))), log), log))
}

// allowed returns the methods that the router takes at the request's path.
func allowed(m *mux.Router, r *http.Request) []string {
	var methods []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		try := r.Clone(r.Context())
		try.Method = method
		var match mux.RouteMatch
		if m.Match(try, &match) && match.MatchErr == nil {
			methods = append(methods, method)
		}
	}
	return methods
}

// handle makes a handler of a function that can fail.
func handle(f Func, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := f(w, r)
		if err == nil {
			return
		}
		if r.Context().Err() != nil && errors.Is(err, r.Context().Err()) {
			return // the client is gone
		}
		id := requestID(r.Context())
		if fault.KindOf(err) == fault.Internal {
			log.Error("request failed", "method", r.Method, "path", r.URL.Path, "request", id, "err", err)
		}
		p := newProblem(err, id)
		if forPerson(r) {
			p.writePage(w)
			return
		}
		p.write(w)
	})
}
