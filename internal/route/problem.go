package route

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"camhub/internal/fault"
)

// problem is an RFC 9457 problem document.
type problem struct {
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	Status   int           `json:"status"`
	Detail   string        `json:"detail,omitempty"`
	Instance string        `json:"instance,omitempty"` // the request ID, to find the log line
	Errors   []fault.Field `json:"errors,omitempty"`
}

// statuses is the only place where a kind of error becomes a status.
var statuses = map[fault.Kind]int{
	fault.Internal:       http.StatusInternalServerError,
	fault.Malformed:      http.StatusBadRequest,
	fault.Invalid:        http.StatusUnprocessableEntity,
	fault.NotFound:       http.StatusNotFound,
	fault.NotAllowed:     http.StatusMethodNotAllowed,
	fault.Conflict:       http.StatusConflict,
	fault.Precondition:   http.StatusPreconditionFailed,
	fault.TooLarge:       http.StatusRequestEntityTooLarge,
	fault.MediaType:      http.StatusUnsupportedMediaType,
	fault.TooMany:        http.StatusTooManyRequests,
	fault.Forbidden:      http.StatusForbidden,
	fault.Unauthorized:   http.StatusUnauthorized,
	fault.Misdirected:    http.StatusMisdirectedRequest,
	fault.NotImplemented: http.StatusNotImplemented,
	fault.Unavailable:    http.StatusServiceUnavailable,
}

// retryAfter is when clients should try again if the hub can't answer just now.
const retryAfter = 2 * time.Second

// maxFaults is how many wrong fields an answer names: more than any form has. A
// body of 1 MiB can hold hundreds of thousands.
const maxFaults = 100

// newProblem says of err what a client may know.
func newProblem(err error, instance string) problem {
	kind := fault.KindOf(err)
	status := statuses[kind]
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Instance: instance}
	if e, ok := errors.AsType[*fault.Error](err); ok && kind != fault.Internal {
		p.Detail = e.Msg
		if kind == fault.Invalid {
			p.Errors = fault.Fields(e)
		}
		if n := len(p.Errors); n > maxFaults {
			p.Errors = p.Errors[:maxFaults]
			p.Detail += fmt.Sprintf(" These are the first %d of %d faults.", maxFaults, n)
		}
	} else if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		p.Detail = "The disk of the hub's machine is full. Make room on it, then try again." // no secret, and a person can act on it
	}
	return p
}

// Problem returns the problem document of err, for what is not the answer of a
// request but a message of its connection. ctx is the request's.
func Problem(ctx context.Context, err error) json.RawMessage {
	b, _ := json.Marshal(newProblem(err, requestID(ctx))) // it holds only texts and a number
	return b
}

func (p problem) write(w http.ResponseWriter) {
	b, err := json.Marshal(p)
	if err != nil { // it holds only texts and a number
		http.Error(w, p.Title, p.Status)
		return
	}
	p.head(w, "application/problem+json")
	w.Write(append(b, '\n')) // the client is gone if this fails
}

// head writes the status and all headers. The body is of a type.
func (p problem) head(w http.ResponseWriter, kind string) {
	h := w.Header()
	h.Del("Content-Length")
	h.Del("Etag")
	h.Del("Last-Modified")
	h.Del("Referrer-Policy") // of what it stands in the place of
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	busy := p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests
	if busy && h.Get("Retry-After") == "" { // else the route knows better
		h.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	w.WriteHeader(p.Status)
}

//go:embed problem.html
var pageText string

var problemPage = template.Must(template.New("problem").Parse(pageText))

// forPerson reports whether a browser asks for what it shows as a page of its own. Whoever
// calls the API gets documents, also from there.
func forPerson(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/")
}

// writePage writes the problem as a page, with the way to the wall.
func (p problem) writePage(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	p.head(w, "text/html; charset=utf-8")
	problemPage.Execute(w, p) // the client is gone if this fails
}
