package simulator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

const maxRequest = 16 << 10 // bytes of a request's head

var errLongRequest = errors.New("the request is too long")

// request is the head of one request, as it came.
type request struct {
	method, target, proto string
	header                []field
}

type field struct{ name, value string }

// readRequest reads one request up to its blank line. It does not read a body:
// viewers of cameras send none.
func readRequest(in *bufio.Reader) (*request, error) {
	left := maxRequest
	first, err := readLine(in, &left)
	if err != nil {
		return nil, fmt.Errorf("read a request: %w", err)
	}
	r := &request{}
	var ok1, ok2 bool
	r.method, r.target, ok1 = strings.Cut(first, " ")
	r.target, r.proto, ok2 = strings.Cut(r.target, " ")
	if !ok1 || !ok2 || !strings.HasPrefix(r.proto, "HTTP/1.") {
		return nil, fmt.Errorf("read a request: %.50q is not the beginning of one", first)
	}
	for {
		line, err := readLine(in, &left)
		if err != nil {
			return nil, fmt.Errorf("read a request: %w", err)
		}
		if line == "" {
			return r, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("read a request: %.50q is not a header field", line)
		}
		r.header = append(r.header, field{strings.ToLower(name), strings.TrimSpace(value)})
	}
}

// readLine reads a line and takes its length off left.
func readLine(in *bufio.Reader, left *int) (string, error) {
	var line strings.Builder
	for {
		c, err := in.ReadByte()
		switch {
		case err == io.EOF && line.Len() > 0:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		}
		if *left--; *left < 0 {
			return "", errLongRequest
		}
		if c == '\n' {
			return strings.TrimSuffix(line.String(), "\r"), nil
		}
		line.WriteByte(c)
	}
}

// get returns the first header of that name in lower case, or "".
func (r *request) get(name string) string {
	for _, f := range r.header {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// path returns the target without scheme, host and query.
func (r *request) path() string {
	target := r.target
	if _, rest, ok := strings.Cut(target, "://"); ok && !strings.HasPrefix(target, "/") {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			target = rest[i:]
		}
	}
	path, _, _ := strings.Cut(target, "?")
	return path
}

// name returns the first segment of the path, which names the camera.
func (r *request) name() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.path(), "/"), "/")
	return name
}

// step returns what follows the camera's name in the path, or "".
func (r *request) step() string {
	return strings.Trim(strings.TrimPrefix(r.path(), "/"+r.name()), "/")
}

// keeps reports whether the viewer leaves the connection open for more.
func (r *request) keeps() bool {
	return r.proto != "HTTP/1.0" && !strings.EqualFold(r.get("connection"), "close")
}
