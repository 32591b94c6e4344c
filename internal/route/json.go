package route

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

// TypeJSON is the media type of what the API takes and gives.
const TypeJSON = "application/json"

const maxBody = 1 << 20 // bytes in the body of a request

// ReadJSON returns the body of a request, which is one JSON value of one of the
// given media types, without a content coding and with no key twice. A body without a type counts as the first of them.
func ReadJSON(w http.ResponseWriter, r *http.Request, types ...string) ([]byte, error) {
	if t := r.Header.Get("Content-Type"); t != "" {
		media, _, err := mime.ParseMediaType(t)
		if err != nil || !slices.Contains(types, media) {
			return nil, fault.New(fault.MediaType, "The body must be %s, not %q.", strings.Join(types, " or "), t)
		}
	}
	for _, coding := range r.Header.Values("Content-Encoding") {
		if coding != "identity" {
			return nil, fault.New(fault.MediaType, "The body must be sent as it is, not with the coding %q.", coding)
		}
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, fault.New(fault.TooLarge, "The body has more than %d bytes.", tooLarge.Limit)
	}
	if err != nil {
		return nil, &fault.Error{Kind: fault.Malformed, Msg: "The body can't be read.", Err: err}
	}
	var raw json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, fault.New(fault.Malformed, "The body is not JSON: at byte %d: %v.", syntax.Offset, syntax)
		}
		return nil, fault.New(fault.Malformed, "The body is not JSON: %v.", err)
	}
	if at := notUTF8(b); at >= 0 { // json.Unmarshal puts another character in its place
		return nil, fault.New(fault.Malformed, "The body is not JSON: at byte %d: it is not UTF-8.", at+1)
	}
	if pointer, found := repeated(b); found {
		return nil, fault.InvalidFields("The body has a key twice in one object.", multierror.Append(nil, fault.Fieldf(pointer, "stands there twice")))
	}
	return raw, nil
}

// notUTF8 returns where b stops being UTF-8, or -1.
func notUTF8(b []byte) int {
	for at := 0; at < len(b); {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// WriteJSON answers with v. It encodes before it writes, so that an error can
// still be told.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(b, '\n')) // the client is gone if this fails
	return nil
}
