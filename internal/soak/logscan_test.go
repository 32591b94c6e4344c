//go:build linux

package soak

import (
	"bytes"
	"strings"
	"sync"
)

const (
	maxLine   = 1 << 20
	maxErrors = 20
)

// logScan reads what all lives of the hub log, and counts panics. It is safe for
// concurrent use.
type logScan struct {
	*tally

	mu     sync.Mutex // guards what follows
	rest   []byte     // of a line that has not ended
	errors []string   // the first lines that are errors
}

// Write implements io.Writer.
func (s *logScan) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for {
		at := bytes.IndexByte(s.rest, '\n')
		if at < 0 {
			break
		}
		s.line(string(s.rest[:at]))
		s.rest = s.rest[at+1:]
	}
	if len(s.rest) > maxLine {
		s.rest = nil
	}
	return len(p), nil
}

func (s *logScan) line(text string) {
	switch {
	case strings.Contains(text, "panic"), strings.HasPrefix(text, "fatal error"), strings.Contains(text, "DATA RACE"):
		s.fault(panics, "%.3000s", text)
	case strings.Contains(text, `"level":"ERROR"`) && len(s.errors) < maxErrors:
		s.errors = append(s.errors, text)
	}
}

// told returns the first errors of the log.
func (s *logScan) told() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.errors, "\n")
}
