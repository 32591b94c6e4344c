// Package yamldoc reads a YAML document from outside as JSON, and remembers on
// which line each value stands, so that what is said of a JSON pointer can be
// said of a line.
//
// Nothing of it can grow: a document has at most MaxBytes, after its aliases are
// followed at most maxValues values (so that "billion laughs" end early) of at
// most maxText bytes, and no more than maxDepth levels. Keys that are given twice,
// merge keys and more than one document are refused.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of a document.
const (
	MaxBytes  = 4 << 20
	maxValues = 200_000
	maxText   = 16 << 20
	maxDepth  = 32
)

// Doc is a document.
type Doc struct {
	JSON []byte // one value; null of an empty document

	lines map[string]int // of each pointer
}

// Error is what is wrong with a document.
type Error struct {
	Line   int // 0 if that is not known
	Detail string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Detail
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Detail)
}

// Parse reads a document. The error is an *Error.
func Parse(b []byte) (*Doc, error) {
	if len(b) > MaxBytes {
		return nil, &Error{Detail: fmt.Sprintf("has more than %d bytes", MaxBytes)}
	}
	if line, depth := deepest(b); depth > maxNesting {
		return nil, &Error{line, fmt.Sprintf("has more than %d levels", maxDepth)}
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var root yaml.Node
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF):
		return &Doc{JSON: []byte("null")}, nil
	case err != nil:
		return nil, inWords(err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, &Error{second.Line, "there is a second document, and only one is read"}
	} else if !errors.Is(err, io.EOF) {
		return nil, inWords(err)
	}
	c := converter{lines: make(map[string]int)}
	if err := c.value(&root, "", 0); err != nil {
		return nil, err
	}
	return &Doc{JSON: c.out.Bytes(), lines: c.lines}, nil
}

// Line returns the line on which the value of a JSON pointer stands, or the
// nearest value around it.
func (d *Doc) Line(pointer string) int {
	for {
		if line, ok := d.lines[pointer]; ok {
			return line
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return 0
		}
		pointer = pointer[:i]
	}
}

// inWords returns an error of the parser, which names the line itself.
func inWords(err error) *Error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if number, detail, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(number); err == nil {
				return &Error{line, detail}
			}
		}
	}
	return &Error{Detail: text}
}

// maxNesting bounds what may make a level in the text, before it is known
// whether it does: brackets inside quotes count here.
const maxNesting = 1000

// deepest returns the greatest number of brackets and dashes of a list that are
// open at a place, and the line of it. The parser itself follows each one a call
// deeper, and takes more time for each the more there are.
func deepest(b []byte) (line, depth int) {
	open, worst, at := 0, 0, 1
	for l := range bytes.Lines(b) {
		dashes := 0
		for i, c := range l {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			case '-', '?', ':':
				if i+1 == len(l) || l[i+1] == ' ' || l[i+1] == '\t' || l[i+1] == '\n' {
					dashes++
				}
			}
			if n := open + dashes; n > worst {
				worst, line = n, at
			}
		}
		at++
	}
	return line, worst
}
