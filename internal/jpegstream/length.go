package jpegstream

// distrustLength ends the use of Content-Length for this stream.
func (r *Reader) distrustLength() {
	r.note(WrongLength)
	r.lengthLies = true
}

// sizeOf gives the size of the picture if it can be told in advance, else 0:
// the Content-Length, as long as none was wrong.
func (r *Reader) sizeOf() int {
	if r.lengthLies {
		return 0
	}
	return r.part.length
}

// known reports whether the next picture may be read at its Content-Length.
func (r *Reader) known() bool {
	size := r.sizeOf()
	return r.lengthHits >= provenHits && size >= minDirect && size <= 2*r.lastSize
}

// compareLength checks the Content-Length of a picture that ended after n
// bytes. plain says that it was given out as it came.
func (r *Reader) compareLength(n int, plain bool) {
	switch size := r.sizeOf(); {
	case size == 0:
		r.lengthHits = 0
	case size == n && plain:
		r.lengthHits++
	case size < n:
		r.distrustLength()
	case size > n: // padding counts, if it is there
		r.lengthHits = 0
		r.lengthEnd = r.win.offset() + int64(size)
	}
}
