package jpegstream

import "io"

const (
	windowSize = 64 << 10 // to begin with
	minRead    = 16 << 10 // room for a read
	textRead   = 4 << 10  // room for a read between pictures

	// largeWindow is more than a usual picture takes. From there on the window
	// grows in larger steps, so that a picture without end leaves less behind.
	largeWindow = 1 << 20
)

// window is the part of the stream that is buffered and not yet used up.
type window struct {
	src  io.Reader
	most int // bytes it may grow to
	buf  []byte
	r, w int   // buf[r:w] is unused
	base int64 // the stream offset of buf[0]
	err  error // from src, sticky
}

func (w *window) bytes() []byte { return w.buf[w.r:w.w] }

// offset returns the position in the stream of the first unused byte.
func (w *window) offset() int64 { return w.base + int64(w.r) }

func (w *window) skip(n int) { w.r += n }

// fill reads at least one more byte, at most limit if that is above 0, or
// returns the error that ended the stream.
func (w *window) fill(limit int) error {
	w.makeRoom()
	free := w.buf[w.w:]
	if limit > 0 && limit < len(free) {
		free = free[:limit]
	}
	n, err := w.read(free)
	w.w += n
	return err
}

// read reads into p, once with success; an error comes without bytes. The
// bytes are not part of the window: the caller accounts for them.
func (w *window) read(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	for range 100 {
		n, err := w.src.Read(p)
		w.err = err
		if n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	w.err = io.ErrNoProgress
	return 0, w.err
}

// makeRoom moves or grows the buffer when there is little room behind the
// unused bytes. It grows only when it is full of bytes that did arrive.
func (w *window) makeRoom() {
	if w.r == w.w {
		w.base += int64(w.r)
		w.r, w.w = 0, 0
	}
	if len(w.buf)-w.w >= minRead {
		return
	}
	if w.r > 0 {
		w.compact()
	}
	if len(w.buf)-w.w < minRead {
		factor := 2
		if len(w.buf) >= largeWindow {
			factor = 4
		}
		size := max(windowSize, min(factor*len(w.buf), w.most+windowSize), w.w+minRead)
		grown := make([]byte, size)
		copy(grown, w.buf[:w.w])
		w.buf = grown
	}
}

// compact moves the unused bytes to the front.
func (w *window) compact() {
	w.base += int64(w.r)
	w.w = copy(w.buf, w.bytes())
	w.r = 0
}

// shrink gives back a buffer that is far larger than size, once it is empty.
func (w *window) shrink(size int) {
	if w.r == w.w && len(w.buf) > max(8*size, 4*windowSize) {
		w.base += int64(w.r)
		w.r, w.w, w.buf = 0, 0, nil
	}
}

// adopt makes p the buffer, of which n bytes are read and none is used. The
// window must be empty; p[0] is where it stands in the stream.
func (w *window) adopt(p []byte, n int) {
	w.base = w.offset()
	w.buf, w.r, w.w = p, 0, n
}
