package jpegstream

import (
	"bytes"
	"io"
)

// textState is where in the text between two pictures the reader is.
type textState uint8

const (
	outside   textState = iota // before a delimiter
	inHeaders                  // behind a delimiter or a header line
	inBody                     // behind the blank line
	inOther                    // in a part that is not a picture
)

// soi is how every picture begins: SOI and the FF of the next marker.
var soi = []byte{0xFF, 0xD8, 0xFF}

// findPicture passes over the text before the next picture, and returns when
// the window begins with an SOI, or with the error that ended the stream.
func (r *Reader) findPicture() error {
	r.searched = 0
	for {
		b := r.win.bytes()
		line, ended := b, false
		if i := bytes.IndexByte(b[r.searched:], '\n'); i >= 0 {
			line, ended = b[:r.searched+i+1], true
		}
		if r.state == inBody && r.part.other && (len(b) >= len(soi) || ended) {
			r.enterOther(b)
		}
		if r.state != inOther {
			if i := bytes.Index(line[max(0, r.searched-2):], soi); i >= 0 {
				r.begin(line[:max(0, r.searched-2)+i])
				return nil
			}
		}
		if ended {
			if err := r.line(line); err != nil {
				return err
			}
			r.pass(len(line))
			r.searched = 0
			continue
		}
		r.searched = len(b)
		if err := r.longLine(b); err != nil {
			return err
		}
		if err := r.win.fill(textRead); err != nil {
			return r.endOfText(err)
		}
	}
}

// pass uses up n bytes of text.
func (r *Reader) pass(n int) {
	r.win.skip(n)
	r.passed += n
}

// longLine deals with a line that is not complete yet: in headers it must not
// grow for ever, elsewhere all but its end is passed over.
func (r *Reader) longLine(b []byte) error {
	if r.state == inHeaders && len(b) > maxHeaderLine {
		return r.fail(0, ErrHeaderTooLong)
	}
	if len(b) > maxHeaderLine {
		keep := maxDelimiter
		r.junk(b[:len(b)-keep])
		r.pass(len(b) - keep)
		r.searched = keep
	}
	if r.passed > r.opt.MaxFrameBytes {
		return r.fail(0, ErrNoPicture)
	}
	return nil
}

// endOfText takes the error that ended the stream between pictures.
func (r *Reader) endOfText(err error) error {
	if err == io.EOF {
		r.lengthEnd = 0
		return io.EOF
	}
	return r.fail(len(r.win.bytes()), err)
}

// line takes one whole line.
func (r *Reader) line(line []byte) error {
	if r.passed > r.opt.MaxFrameBytes {
		return r.fail(0, ErrNoPicture)
	}
	if r.state == inHeaders {
		if r.headers += len(line); r.headers > maxHeaderBytes || len(line) > maxHeaderLine {
			return r.fail(0, ErrHeaderTooLong)
		}
	}
	text := bytes.TrimRight(line, " \t\r\n")
	isDelimiter := r.isDelimiter
	if r.state == inOther {
		isDelimiter = r.isKnownDelimiter
	}
	if junk, ok := isDelimiter(text); ok {
		if junk > 0 {
			r.junk(text[:junk])
		}
		r.checkEnds(line)
		r.delimited(junk)
		return nil
	}
	if r.state == inOther {
		return nil
	}
	if len(text) == 0 {
		if r.state == inHeaders {
			r.checkEnds(line)
			r.state = inBody
		}
		return nil
	}
	if r.state == inHeaders && (line[0] == ' ' || line[0] == '\t') {
		return nil // a folded header line
	}
	if isHeader, bad := r.part.header(text, r.opt.MaxFrameBytes); isHeader {
		if bad {
			r.note(MalformedLength)
		}
		if r.state != inHeaders {
			r.state, r.headers = inHeaders, len(line)
		}
		r.checkEnds(line)
		return nil
	}
	r.junk(text)
	return nil
}

// checkEnds looks at how a line of the multipart's own text ends.
func (r *Reader) checkEnds(line []byte) {
	if len(line) < 2 || line[len(line)-2] != '\r' {
		r.note(LFLineEnds)
	}
}

// delimited takes a delimiter, which stands at in the window.
func (r *Reader) delimited(at int) {
	if r.state == inHeaders && r.part.delimited && r.part.lines == 0 {
		r.note(DoubledBoundary)
	}
	if r.opt.Boundary == "" {
		r.note(NoBoundary)
	}
	if r.bareFirst {
		r.bareFirst = false
		r.note(MissingDelimiter)
	}
	if end := r.win.offset() + int64(at); r.lengthEnd != 0 && (r.lengthEnd > end || r.lengthEnd < end-2) {
		r.distrustLength() // not even a line end before the delimiter makes it right
	}
	r.lengthEnd = 0
	r.part = part{delimited: true}
	r.state, r.headers = inHeaders, 0
}

// junk takes bytes that have no business where they are.
func (r *Reader) junk(b []byte) {
	if len(bytes.Trim(b, " \t\r\n")) == 0 || r.afterBad || r.state == inOther {
		return
	}
	switch {
	case r.state != outside:
		r.note(JunkBeforePicture)
	case r.pictures == 0 && r.dropped == 0:
		r.note(Preamble)
	default:
		r.note(PaddingAfterEnd)
	}
}

// enterOther decides, at the first bytes of a part that claims to be something
// other than a picture, whether it is.
func (r *Reader) enterOther(b []byte) {
	switch {
	case bytes.HasPrefix(b, soi):
		r.note(WrongPartType)
		r.part.other = false
	case r.delimiter == nil: // nothing would end it
		r.part.other = false
	default:
		r.note(OtherParts)
		r.state = inOther
	}
}

// begin passes over what stands on one line with an SOI, and notes what the
// text has said about the picture.
func (r *Reader) begin(before []byte) {
	r.junk(before)
	r.pass(len(before))
	if r.lengthEnd > r.win.offset() {
		r.distrustLength()
	}
	r.lengthEnd = 0
	p := r.part
	switch {
	case !p.delimited && p.lines == 0 && r.pictures == 0:
		r.bareFirst = true
	case !p.delimited:
		r.note(MissingDelimiter)
	case p.lines == 0:
		r.note(NoPartHeaders)
	}
	if (p.delimited || p.lines > 0) && !p.sized {
		r.note(NoContentLength)
	}
	if r.bareFirst && r.pictures > 0 {
		r.bareFirst = false
		r.note(MissingDelimiter)
	}
}
