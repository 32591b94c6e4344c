// Package fault gives errors a kind, so that one place (package route) can turn
// any error into a response without knowing who made it.
package fault

import (
	"errors"
	"fmt"

	"github.com/hashicorp/go-multierror"
)

// Kind is the class of an error, as far as a caller can act on it.
type Kind uint8

// The kinds. The zero Kind is Internal, so an error that nobody classified is
// never shown to a client.
const (
	Internal       Kind = iota
	Malformed           // the request can't be read at all
	Invalid             // it can be read, and its fields are wrong
	NotFound            // the thing it names is not there
	NotAllowed          // the thing is there and can't be used in this way
	Conflict            // the name is taken
	Precondition        // the thing is not in the state that the caller expects
	TooLarge            // more bytes than the hub takes
	MediaType           // not the content type that the hub takes
	TooMany             // more calls than the hub takes
	Forbidden           // the caller may not do this
	Unauthorized        // the hub does not know who calls
	Misdirected         // the hub does not answer by this name
	NotImplemented      // this version can't do it
	Unavailable         // not now; later it may work
)

// Error is an error with a Kind and a text that a client may see.
type Error struct {
	Kind Kind
	Msg  string
	Err  error // the cause: field faults of an Invalid error, else for the log only
}

// Error implements error. It is for the log: it shows the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of kind k with a message that a client may see.
func New(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Msg: fmt.Sprintf(format, args...)}
}

// KindOf reports the kind of the outermost *Error in err's chain.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Field is one thing wrong with the fields of a request. It is an error, so
// that a validation gathers all of its faults in a *multierror.Error.
type Field struct {
	Pointer string `json:"pointer"` // RFC 6901, into the request body
	Detail  string `json:"detail"`
}

// Fieldf returns a Field at pointer.
func Fieldf(pointer, format string, args ...any) Field {
	return Field{Pointer: pointer, Detail: fmt.Sprintf(format, args...)}
}

// Error implements error.
func (f Field) Error() string { return f.Pointer + " " + f.Detail }

// InvalidFields returns an Invalid error that holds the faults gathered in
// errs, or nil when there are none.
func InvalidFields(msg string, errs *multierror.Error) error {
	if errs.ErrorOrNil() == nil {
		return nil
	}
	return &Error{Kind: Invalid, Msg: msg, Err: errs}
}

// Fields returns every Field in err's tree, in the order they were found.
func Fields(err error) []Field {
	switch e := err.(type) {
	case nil:
		return nil
	case Field:
		return []Field{e}
	case *multierror.Error:
		var fs []Field
		for _, inner := range e.WrappedErrors() {
			fs = append(fs, Fields(inner)...)
		}
		return fs
	}
	return Fields(errors.Unwrap(err))
}
