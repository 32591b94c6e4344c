package mov

import (
	"os"
	"sync"

	"github.com/hashicorp/go-multierror"
)

// maxIdle bounds how many files an export keeps open while nobody reads them.
const maxIdle = 4

// handles opens the files of an export when they are read, and keeps the last
// few, so that an export of a day does not hold a thousand files.
type handles struct {
	pieces []Piece

	mu     sync.Mutex // guards what follows, and is held while a file is opened
	open   map[int]*handle
	idle   []int // pieces that nobody reads, the one used last at the end
	closed bool
}

type handle struct {
	f     *os.File
	users int
}

func newHandles(pieces []Piece) *handles {
	return &handles{pieces: pieces, open: make(map[int]*handle)}
}

// get returns the file of a piece, to be given back with put.
func (h *handles) get(piece int) (*os.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, os.ErrClosed
	}
	x := h.open[piece]
	if x == nil {
		f, err := os.Open(h.pieces[piece].Path)
		if err != nil {
			return nil, err
		}
		x = &handle{f: f}
		h.open[piece] = x
	} else if x.users == 0 {
		h.unidle(piece)
	}
	x.users++
	return x.f, nil
}

func (h *handles) unidle(piece int) {
	for i, p := range h.idle {
		if p == piece {
			h.idle = append(h.idle[:i], h.idle[i+1:]...)
			return
		}
	}
}

func (h *handles) put(piece int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x := h.open[piece]
	if x.users--; x.users > 0 {
		return
	}
	if h.closed {
		x.f.Close()
		delete(h.open, piece)
		return
	}
	if h.idle = append(h.idle, piece); len(h.idle) > maxIdle {
		old := h.idle[0]
		h.idle = h.idle[1:]
		h.open[old].f.Close()
		delete(h.open, old)
	}
}

// close closes the files that nobody reads; the others go with the last read.
func (h *handles) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	var errs *multierror.Error
	for _, p := range h.idle {
		errs = multierror.Append(errs, h.open[p].f.Close())
		delete(h.open, p)
	}
	h.idle = nil
	return errs.ErrorOrNil()
}
