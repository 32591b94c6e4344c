package mov

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Piece is a run of pictures of one file, for an export. The samples' times count
// from Start.
type Piece struct {
	Path string
	Info
	Samples []Sample
	Until   time.Time // where the last one's duration ends
}

// ExportOptions say how the times of an export follow from those of its pieces.
// The zero value keeps them.
type ExportOptions struct {
	MaxGap time.Duration // longer waits between pictures are shortened to it; 0: none is
	Speed  float64       // how much faster than they were recorded; 0: 1
	MaxFPS float64       // pictures that come sooner are left out; 0: none is
}

// Export is one plain file of pictures from several, its index first. Its size is
// known before its first byte, and any part of it can be read alone: it is an
// io.ReaderAt over the files, which must stay as they are. Its methods are safe for
// concurrent use. It must be closed.
type Export struct {
	head     []byte
	entries  []entry
	first    size
	size     int64
	end      int64 // ticks
	pictures int
	files    *handles
}

// entry is a picture: where it goes, and where it comes from.
type entry struct {
	at     int64 // in the export
	offset int64
	time   int64 // ticks
	wall   int64 // Unix nanoseconds
	size   uint32
	piece  uint32
}

// Picture is one picture of an export.
type Picture struct {
	Offset int64     // of its first byte in the export
	Size   int       // bytes
	Time   int64     // when it is shown, in ticks since the first one
	Taken  time.Time // when it was recorded
}

// NewExport plans the export of pieces in their order. It reads nothing. A picture
// whose time is not after the one before it (the clock was put back) follows that
// one at the last interval, so none is lost. ErrEmpty says that there is no
// picture, ErrRange that there are too many or that it would last too long.
func NewExport(pieces []Piece, o ExportOptions) (*Export, error) {
	p, err := newPlan(pieces, o)
	if err != nil {
		return nil, err
	}
	e := &Export{entries: p.entries, end: p.movie.end, pictures: len(p.entries), files: newHandles(pieces)}
	e.head, e.first = p.head(), p.movie.sizes[0]
	for i := range e.entries {
		e.entries[i].at += int64(len(e.head))
	}
	e.size = int64(len(e.head)) + p.bytes
	return e, nil
}

// Size returns the bytes of the whole export.
func (e *Export) Size() int64 { return e.size }

// Pictures returns how many pictures it has.
func (e *Export) Pictures() int { return e.pictures }

// Picture returns what is known of picture i.
func (e *Export) Picture(i int) Picture {
	x := &e.entries[i]
	return Picture{Offset: x.at, Size: int(x.size), Time: x.time, Taken: time.Unix(0, x.wall).UTC()}
}

// Dimensions returns the width and height of the first picture.
func (e *Export) Dimensions() (width, height int) { return e.first.width, e.first.height }

// Length returns how long it plays.
func (e *Export) Length() time.Duration { return Duration(e.end) }

// Close lets go of the files.
func (e *Export) Close() error { return e.files.close() }

// ReadAt implements io.ReaderAt. A file that has gone or become shorter is an
// error that is not io.EOF.
func (e *Export) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("%w: offset %d", ErrRange, off)
	}
	for n < len(b) && off < e.size {
		var k int
		if off < int64(len(e.head)) {
			k = copy(b[n:], e.head[off:])
		} else if k, err = e.readPicture(b[n:], off); err != nil {
			return n, err
		}
		n, off = n+k, off+int64(k)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// readPicture reads from the picture that holds byte off, up to its end.
func (e *Export) readPicture(b []byte, off int64) (int, error) {
	i, found := slices.BinarySearchFunc(e.entries, off, func(x entry, off int64) int {
		switch {
		case x.at > off:
			return 1
		case x.at < off:
			return -1
		}
		return 0
	})
	if !found {
		i--
	}
	x := e.entries[i]
	skip := off - x.at
	b = b[:min(int64(len(b)), int64(x.size)-skip)]
	f, err := e.files.get(int(x.piece))
	if err != nil {
		return 0, err
	}
	defer e.files.put(int(x.piece))
	n, err := f.ReadAt(b, x.offset+skip)
	if n == len(b) {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, fmt.Errorf("export from %s at %d: %w", f.Name(), x.offset+skip, err)
}

// head returns the boxes before the first picture. Their length depends on where
// the pictures are, since offsets take four or eight bytes.
func (p *plan) head() []byte {
	build := func(base int64) []byte {
		m := p.movie
		m.chunks = slices.Clone(m.chunks)
		for i := range m.chunks {
			m.chunks[i].offset += base
		}
		var x boxes
		x.ftyp()
		x.moov(&m, nil)
		if p.bytes+8 <= math.MaxUint32 {
			x.u32(uint32(p.bytes + 8))
			x.str("mdat")
		} else {
			x.u32(1)
			x.str("mdat")
			x.u64(uint64(p.bytes + 16))
		}
		return x.b
	}
	b := build(0)
	for {
		next := build(int64(len(b)))
		if len(next) == len(b) {
			return next
		}
		b = next
	}
}
