package route

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"camhub/internal/fault"
)

type idKey struct{}

// requestID returns the ID that identify gave the request.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(idKey{}).(string)
	return id
}

// identify gives each request an ID, which its answer and its log lines hold.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), idKey{}, id)))
	})
}

// logged writes a line per request, for those who ask for debug messages.
func logged(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !log.Enabled(r.Context(), slog.LevelDebug) {
			next.ServeHTTP(w, r)
			return
		}
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", rec.status,
			"took", time.Since(start), "remote", r.RemoteAddr, "request", requestID(r.Context()))
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// recovered turns a panic into a problem document, or into a broken connection
// when the answer has begun.
func recovered(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			log.Error("request panicked", "method", r.Method, "path", r.URL.Path,
				"request", requestID(r.Context()), "panic", v, "stack", string(debug.Stack()))
			if rec.status != 0 {
				panic(http.ErrAbortHandler)
			}
			newProblem(nil, requestID(r.Context())).write(w)
		}()
		next.ServeHTTP(rec, r)
	})
}

// answerTimeout bounds how long a client takes an answer. What streams sets a
// deadline of its own for each piece.
var answerTimeout = time.Minute // lowered by tests

// bounded ends answers that the client does not take.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		rc.SetWriteDeadline(time.Now().Add(answerTimeout)) // what can't set one writes to memory
		next.ServeHTTP(w, r)
		rc.SetWriteDeadline(time.Time{}) // the connection may live on
	})
}

// framed ends the connection of a request whose body comes in chunks. Of one that
// has a Content-Length besides the server does not tell, and where it ends is what
// a proxy in front and the hub may not agree on: nothing that comes behind it may
// be taken for a request (RFC 9112, section 6.1).
func framed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 { // never with HTTP/2
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// maxRanges is how many parts of a file one request may ask for.
const maxRanges = 16

// fewRanges takes a request for very many parts of a file as one for all of it
// (RFC 9110, sections 14.2 and 17.15): each part costs more than its bytes.
func fewRanges(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Count(r.Header.Get("Range"), ",") >= maxRanges {
			r.Header.Del("Range")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses requests that change something and come from another site.
func sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := fault.New(fault.Forbidden, "Requests from pages of other sites may not change anything.")
		newProblem(err, requestID(r.Context())).write(w)
	}))
	return p.Handler(next)
}
