package store

import (
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// panicked is a panic or a memory fault that became an error.
type panicked struct {
	reason any
	at     string // the line of code
}

// Error implements error.
func (p panicked) Error() string { return fmt.Sprintf("reading it failed (%v, at %s)", p.reason, p.at) }

// guarded calls fn and turns its panic into an error. A fault while reading the
// memory map (a page out of bounds, a file cut short, a disk error) is one too.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = panicked{reason: r, at: panicLine()}
		}
	}()
	return fn()
}

// panicLine returns file and line of the code that panicked. Call it from the
// deferred function that recovers.
func panicLine() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])]) // without this and the deferred function
	for {
		frame, more := frames.Next()
		if !more || !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
	}
}
