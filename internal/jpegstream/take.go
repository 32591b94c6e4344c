package jpegstream

import (
	"bytes"
	"io"

	"camhub/internal/jpeg"
)

// takePicture takes the picture at the beginning of the window. It returns
// false without an error when it had to drop it.
func (r *Reader) takePicture() (Picture, bool, error) {
	defer r.endPart()
	if r.known() {
		if data, in, ok := r.takeDirect(); ok {
			return r.give(data, in), true, nil
		}
	}
	return r.takeWalked()
}

// endPart goes back to the text between pictures.
func (r *Reader) endPart() {
	r.part = part{}
	r.state, r.passed, r.headers = outside, 0, 0
}

// takeWalked follows the structure of the picture while its bytes arrive. The
// walker stops at the places that the hints name, so that what is decided there
// does not depend on how many bytes behind them are here already.
func (r *Reader) takeWalked() (Picture, bool, error) {
	var w jpeg.Walker
	walked := 0 // bytes that w has seen
	next := delimiterSearch{needle: r.needle()}
	sized := r.sizeOf() // where to look whether only the EOI lacks; 0: nowhere
	for {
		b := r.win.bytes()
		stop, cut := next.in(b)
		if sized > 0 && sized <= stop {
			stop, cut = sized, false
		}
		if stop > walked {
			n, v := w.Walk(b[walked:stop])
			walked += n
			if v != jpeg.More {
				return r.judge(b[:walked], v, w.Damaged())
			}
		}
		switch {
		case walked == sized:
			if end, whole := jpeg.EntropyEnd(b[:sized]); whole {
				return r.mend(b[:end], sized)
			}
			sized = 0
			continue
		case cut && stop <= r.opt.MaxFrameBytes:
			return r.unended(b[:stop], stop)
		case cut, len(b) > r.opt.MaxFrameBytes+maxDelimiter: // a delimiter may be half there
			return Picture{}, false, r.fail(0, ErrPictureTooLarge)
		}
		if err := r.win.fill(0); err != nil {
			return r.endOfStream(err)
		}
	}
}

// delimiterSearch looks for a delimiter in bytes that become more. The text of
// one that stands within a line, such as in a picture's metadata, is none.
type delimiterSearch struct {
	needle []byte
	from   int // no delimiter begins before
}

// in returns where in b the delimiter begins, or the length of b. When what
// follows its text is not there yet, that is where it begins, and not found.
func (d *delimiterSearch) in(b []byte) (at int, found bool) {
	if d.needle == nil {
		return len(b), false
	}
	for {
		i := bytes.Index(b[d.from:], d.needle)
		if i < 0 {
			d.from = max(d.from, len(b)-len(d.needle)+1)
			return len(b), false
		}
		d.from += i
		end := d.from + len(d.needle)
		if end == len(b) {
			return d.from, false
		}
		if endsDelimiter(b[end]) {
			return d.from, true
		}
		d.from++
	}
}

// endsDelimiter reports whether c can follow the text of a delimiter: a line
// end, the space before it, or the dashes of the last one.
func endsDelimiter(c byte) bool { return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '-' }

// judge takes a picture of which the walker has come to the end.
func (r *Reader) judge(b []byte, v jpeg.Verdict, damaged bool) (Picture, bool, error) {
	switch {
	case len(b) > r.opt.MaxFrameBytes:
		return Picture{}, false, r.fail(0, ErrPictureTooLarge)
	case v == jpeg.Ended:
		return r.ended(b, damaged)
	case v == jpeg.Restarted:
		n := len(b) - len(soi)
		return r.unended(b[:n], n)
	}
	return r.drop(BrokenPicture, r.resume(len(b)))
}

// ended takes a picture that has its EOI.
func (r *Reader) ended(b []byte, damaged bool) (Picture, bool, error) {
	in, err := jpeg.Parse(b)
	if err != nil || damaged {
		return r.drop(BrokenPicture, len(b))
	}
	if !in.HasHuffman {
		r.note(MissingHuffman)
	}
	data := jpeg.AppendRepaired(nil, b, in)
	r.compareLength(len(b), len(data) == len(b))
	r.win.skip(len(b))
	return r.give(data, in), true, nil
}

// unended takes a picture that something else follows without an EOI: whole
// but for that, or cut. used is how far the stream is used up by it.
func (r *Reader) unended(b []byte, used int) (Picture, bool, error) {
	if end, whole := jpeg.EntropyEnd(b); whole {
		return r.mend(b[:end], used)
	}
	return r.drop(Truncated, used)
}

// mend gives out a picture that only lacks its EOI.
func (r *Reader) mend(b []byte, used int) (Picture, bool, error) {
	data := append(make([]byte, 0, len(b)+2), b...)
	data = append(data, 0xFF, 0xD9)
	in, err := jpeg.Parse(data)
	if err != nil {
		return r.drop(BrokenPicture, used)
	}
	r.note(MissingEnd)
	if !in.HasHuffman {
		r.note(MissingHuffman)
		data = jpeg.Repair(data, in)
	}
	r.win.skip(used)
	return r.give(data, in), true, nil
}

// endOfStream takes the picture at which the stream ended.
func (r *Reader) endOfStream(err error) (Picture, bool, error) {
	b := r.win.bytes()
	if err != io.EOF {
		return Picture{}, false, r.fail(len(b), err)
	}
	if n := r.needle(); n != nil {
		b = bytes.TrimSuffix(b, n)
	}
	if pic, ok, _ := r.unended(b, len(b)); ok {
		return pic, true, nil
	}
	return Picture{}, false, io.ErrUnexpectedEOF
}

// give counts a good picture.
func (r *Reader) give(data []byte, in jpeg.Info) Picture {
	if !in.HasHuffman { // it has them now
		in, _ = jpeg.Parse(data)
	}
	if r.pictures > 0 && (in.Width != r.last.Width || in.Height != r.last.Height) {
		r.note(SizeChange)
	}
	r.pictures++
	r.broken = 0
	r.afterBad = false
	r.last, r.lastSize = in, len(data)
	r.win.shrink(len(data))
	return Picture{Data: data, Info: in, Timestamp: r.part.timestamp}
}

// drop counts a picture that can't be used and passes over n bytes of it.
func (r *Reader) drop(quirk string, n int) (Picture, bool, error) {
	r.note(quirk)
	r.win.skip(n)
	r.dropped++
	r.afterBad = true
	r.lengthEnd = 0
	if r.broken++; r.broken >= maxBroken {
		return Picture{}, false, r.fail(0, ErrBroken)
	}
	return Picture{}, false, nil
}

// resume says how much of a picture to pass over that broke at the byte before
// at. Its headers may be cut and the next picture lie within the segment that
// they announced, so the search goes on behind its SOI. But a byte is looked
// at a second time only: what nests one SOI in the segments of another would
// else cost the square of its length.
func (r *Reader) resume(at int) int {
	here := r.win.offset()
	if here < r.rewound {
		return max(2, min(at, int(r.rewound-here)))
	}
	r.rewound = here + int64(at)
	return 2
}
