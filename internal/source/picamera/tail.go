package picamera

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// Bounds of what is kept of a program's messages.
const (
	tailLines = 12
	tailLine  = 300 // bytes
)

// tail keeps the last lines that are written to it, however many come. It is
// safe for concurrent use.
type tail struct {
	mu    sync.Mutex
	lines []string
	rest  []byte // of a line without an end, at most tailLine bytes
}

// Write implements io.Writer. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for left := p; len(left) > 0; {
		line, after, ended := bytes.Cut(left, []byte{'\n'})
		t.rest = append(t.rest, line[:min(len(line), tailLine-len(t.rest))]...)
		if ended {
			t.endLine()
		}
		left = after
	}
	return len(p), nil
}

func (t *tail) endLine() {
	line := readable(string(t.rest))
	t.rest = t.rest[:0]
	if line == "" || len(t.lines) > 0 && t.lines[len(t.lines)-1] == line {
		return // one that is said again and again pushes no other out
	}
	if len(t.lines) == tailLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	t.lines = append(t.lines, line)
}

// text returns the lines, the last one without its end too.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLine()
	return strings.Join(t.lines, "\n")
}

// stamp is what libcamera puts before its messages: times and thread numbers,
// which make the same message another one each time.
var stamp = regexp.MustCompile(`^\[\d+:\d\d:\d\d\.\d+\] +\[\d+\] +`)

// readable returns a line as it may be shown.
func readable(line string) string {
	line = strings.ToValidUTF8(line, "")
	line = strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, line)
	return strings.TrimSpace(stamp.ReplaceAllString(line, ""))
}
