package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"camhub/internal/fault"
)

const (
	maxBody     = 1 << 20 // bytes in the body of a request
	readTimeout = 10 * time.Second
)

// readJSON returns the body of a request, which is one JSON value.
func readJSON(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if t := r.Header.Get("Content-Type"); t != "" {
		media, _, err := mime.ParseMediaType(t)
		if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
			return nil, fault.New(fault.MediaType, "The body must be application/json, not %q.", t)
		}
	}
	rc := http.NewResponseController(w)
	rc.SetReadDeadline(time.Now().Add(readTimeout)) // what can't set one reads from memory
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	rc.SetReadDeadline(time.Time{})
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
	return raw, nil
}

// writeJSON answers with v. It encodes before it writes, so that an error can
// still be told.
func writeJSON(w http.ResponseWriter, status int, v any) error {
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
