package jpegstream

import "bytes"

const (
	maxDelimiter = 256 // bytes, far above the 74 of RFC 2046
	// minNeedle is the shortest delimiter that is looked for within pictures:
	// coded data holds a given sequence of 6 bytes once in 280 TB, but one of
	// 3 bytes once in 17 MB.
	minNeedle = 6
)

// isDelimiter reports whether a line is a delimiter, and remembers how this
// stream writes it. junk is how many other bytes stand before it on the line.
// The boundary as announced is only a hint: any line of text that begins with
// two dashes is one.
func (r *Reader) isDelimiter(line []byte) (junk int, ok bool) {
	if len(line) < 2 {
		return 0, false
	}
	if junk, ok := r.isKnownDelimiter(line); ok {
		return junk, true
	}
	want := []byte("--" + r.opt.Boundary)
	core, wantCore := bytes.TrimLeft(line, "-"), bytes.TrimLeft(want, "-")
	switch {
	case len(wantCore) > 0 && (bytes.Equal(core, wantCore) || closes(core, wantCore)):
		line = line[:len(line)-len(core)+len(wantCore)]
		if !bytes.Equal(line, want) {
			r.note(BoundaryDashes)
		}
	case bytes.HasPrefix(line, []byte("--")) && len(line) <= maxDelimiter && isText(line):
		if r.opt.Boundary != "" {
			r.note(BoundaryMismatch)
		}
	default:
		return 0, false
	}
	r.delimiter = bytes.Clone(line)
	return 0, true
}

// isKnownDelimiter is isDelimiter for one that this stream has used before. It
// is also found at the end of a line, where padding before it had no line end
// of its own.
func (r *Reader) isKnownDelimiter(line []byte) (junk int, ok bool) {
	d := r.delimiter
	switch {
	case d == nil:
		return 0, false
	case bytes.Equal(line, d) || closes(line, d):
		return 0, true
	}
	return len(line) - len(d), len(d) >= minNeedle && bytes.HasSuffix(line, d)
}

// closes reports whether line is d with the two dashes that end a multipart.
func closes(line, d []byte) bool {
	return len(line) == len(d)+2 && bytes.HasPrefix(line, d) && bytes.HasSuffix(line, []byte("--"))
}

// isText reports whether b is printable ASCII.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// needle returns what marks the end of a part within its bytes, or nil when
// the delimiter is unknown or too short to be told from coded data.
func (r *Reader) needle() []byte {
	if len(r.delimiter) < minNeedle {
		return nil
	}
	return r.delimiter
}
