package upstream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"

	"camhub/internal/header"
)

// Bounds of the head of an answer.
const (
	maxLine  = 8 << 10
	maxHead  = 64 << 10
	maxBlank = 8 // lines before the status line
)

var (
	errNotHTTP      = errors.New("the answer does not begin as one of HTTP")
	errHeadTooLarge = errors.New("the head of the answer is too large")
)

// rawHead is the head of an answer, as far as it could be understood.
type rawHead struct {
	status     int
	persistent bool // HTTP/1.1: the connection is kept unless the header says otherwise
	header     http.Header
	size       int    // bytes read
	last       string // the name of the last field
}

// readHead reads the head of an answer up to where its body begins, and tells
// quirk what it had to tolerate:
//
//   - a status line that is not one of HTTP/1.x but has a status in it, as
//     "ICY 200 OK";
//   - none, when the answer begins with header fields or with what a stream or
//     a picture begins with;
//   - header lines without a colon or with a name that can't be one, which are
//     left out, and control characters, which are too;
//   - no blank line at the end, when the body is clearly there.
//
// br must have a buffer of maxLine bytes or more.
func readHead(br *bufio.Reader, quirk func(string)) (rawHead, error) {
	h := rawHead{status: http.StatusOK, header: make(http.Header)}
	for {
		body, err := atBody(br)
		if err != nil {
			return h, err
		}
		if body {
			quirk(MissingStatusLine)
			return h, nil
		}
		line, err := h.line(br)
		if err != nil {
			return h, err
		}
		if len(line) > 0 {
			if err := h.first(line, quirk); err != nil {
				return h, err
			}
			return h, h.fields(br, quirk)
		}
		if h.size > 2*maxBlank {
			return h, errNotHTTP
		}
	}
}

// line reads one line, without its end.
func (h *rawHead) line(br *bufio.Reader) ([]byte, error) {
	line, err := br.ReadSlice('\n')
	h.size += len(line)
	switch {
	case errors.Is(err, bufio.ErrBufferFull), h.size > maxHead, len(line) > maxLine:
		return nil, errHeadTooLarge
	case errors.Is(err, io.EOF) && h.size > 0:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// first takes the first line.
func (h *rawHead) first(line []byte, quirk func(string)) error {
	status, good := parseStatusLine(line)
	if status == 0 {
		if name, _ := splitField(line); name == "" {
			return fmt.Errorf("%w: %.40q", errNotHTTP, line)
		}
		quirk(MissingStatusLine)
		h.field(line, quirk)
		return nil
	}
	h.status = status
	h.persistent = bytes.HasPrefix(line, []byte("HTTP/1.1"))
	if !good {
		quirk(MalformedStatusLine)
	}
	return nil
}

// parseStatusLine finds the status in a line that begins with HTTP or ICY in
// any case, or that is "200" and a reason only. It returns 0 when there is none.
func parseStatusLine(line []byte) (status int, good bool) {
	if number, ok := statusAt(line, len("HTTP/1.1 ")); ok && (bytes.HasPrefix(line, []byte("HTTP/1.1 ")) || bytes.HasPrefix(line, []byte("HTTP/1.0 "))) {
		return number, true
	}
	if number, ok := statusAt(line, 0); ok && number == http.StatusOK {
		return number, false
	}
	if !hasPrefixFold(line, "http") && !hasPrefixFold(line, "icy") {
		return 0, false
	}
	for i := len("icy"); i < len(line); i++ {
		if number, ok := statusAt(line, i); ok && line[i-1] != '.' && line[i-1] != '/' {
			return number, false
		}
	}
	return 0, false
}

// statusAt returns the number of three digits at line[i:], from 100 to 599,
// that no further digit follows.
func statusAt(line []byte, i int) (int, bool) {
	if len(line) < i+3 || len(line) > i+3 && isDigit(line[i+3]) {
		return 0, false
	}
	n := 0
	for _, c := range line[i : i+3] {
		if !isDigit(c) {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, n >= 100 && n <= 599
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func hasPrefixFold(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && bytes.EqualFold(line[:len(prefix)], []byte(prefix))
}

// fields reads the header fields.
func (h *rawHead) fields(br *bufio.Reader, quirk func(string)) error {
	for {
		body, err := atBody(br)
		if err != nil {
			return unexpected(err)
		}
		if body {
			quirk(MalformedHeader)
			return nil
		}
		line, err := h.line(br)
		if err != nil {
			return unexpected(err)
		}
		if len(line) == 0 {
			return nil
		}
		h.field(line, quirk)
	}
}

// field takes one header line. A folded one (RFC 9112 5.2) goes on with the
// value before.
func (h *rawHead) field(line []byte, quirk func(string)) {
	if values := h.header[h.last]; len(values) > 0 && (line[0] == ' ' || line[0] == '\t') {
		values[len(values)-1] = textproto.TrimString(values[len(values)-1] + " " + cleanValue(string(line)))
		return
	}
	name, value := splitField(line)
	if name == "" {
		quirk(MalformedHeader)
		return
	}
	clean := cleanValue(value)
	if clean != value || line[len(name)] != ':' {
		quirk(MalformedHeader)
	}
	h.header.Add(name, clean)
	h.last = textproto.CanonicalMIMEHeaderKey(name)
}

// splitField takes a header line apart. name is "" when it is not one.
func splitField(line []byte) (name, value string) {
	n, v, ok := bytes.Cut(line, []byte{':'})
	name = string(bytes.TrimRight(n, " \t"))
	if !ok || !header.IsToken(name) || len(name) > maxHeaderName {
		return "", ""
	}
	return name, textproto.TrimString(string(v))
}

// cleanValue returns s without control characters.
func cleanValue(s string) string {
	clean := make([]byte, 0, len(s))
	for _, c := range []byte(s) {
		if c >= ' ' && c != 0x7F || c == '\t' {
			clean = append(clean, c)
		}
	}
	return textproto.TrimString(string(clean))
}

// atBody reports whether what comes next is clearly the beginning of a body: a
// delimiter or a picture. It waits for one byte only, unless that may begin one.
func atBody(br *bufio.Reader) (bool, error) {
	for _, start := range []string{"--", "\xff\xd8\xff"} {
		for n := 1; ; n++ {
			b, err := br.Peek(n)
			if err != nil {
				return false, err
			}
			if b[n-1] != start[n-1] {
				break
			}
			if n == len(start) {
				return true, nil
			}
		}
	}
	return false, nil
}

// unexpected is io.ErrUnexpectedEOF in place of io.EOF.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
