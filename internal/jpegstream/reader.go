package jpegstream

import (
	"errors"
	"fmt"
	"io"
	"time"

	"camhub/internal/jpeg"
)

// Limits that hold for every stream.
const (
	DefaultMaxFrameBytes = 16 << 20
	maxHeaderLine        = 8 << 10
	maxHeaderBytes       = 64 << 10 // of one part
	maxBroken            = 100      // broken pictures in a row
)

// The errors that end a stream for what it holds. Next wraps them with the
// offset in the stream.
var (
	ErrPictureTooLarge = errors.New("a picture is larger than allowed")
	ErrHeaderTooLong   = errors.New("a part header is too long")
	ErrNoPicture       = errors.New("no picture comes")
	ErrBroken          = fmt.Errorf("%d broken pictures in a row", maxBroken)
)

// Options say what is known of a stream before it is read.
type Options struct {
	// Boundary is the multipart boundary as announced, without quotes, or "".
	Boundary string
	// MaxFrameBytes bounds a picture, and what may stand between two pictures.
	// 0 means DefaultMaxFrameBytes.
	MaxFrameBytes int
	// OnQuirk, if not nil, is called once for each quirk, from within Next.
	OnQuirk func(name string)
}

// Picture is one whole picture.
type Picture struct {
	// Data begins with SOI and ends with EOI. It is the caller's own.
	Data []byte
	Info jpeg.Info
	// Timestamp is the X-Timestamp of the part, as the camera's clock has it;
	// zero when there is none.
	Timestamp time.Time
}

// Reader finds the pictures of one stream. It is for one goroutine.
type Reader struct {
	win   window
	opt   Options
	quirk map[string]bool
	err   error // sticky

	// Between pictures, see text.go.
	state     textState
	searched  int    // bytes of the window that hold no line end and no SOI
	delimiter []byte // the delimiter line as the stream has it, without line end
	part      part
	passed    int // bytes passed since the last picture
	headers   int // bytes of the headers at hand

	// Pictures and what they say about the hints.
	pictures   int
	dropped    int
	broken     int // in a row
	last       jpeg.Info
	lastSize   int
	bareFirst  bool  // the first picture came without delimiter and headers
	afterBad   bool  // the last picture was dropped: its remains are no quirk
	lengthLies bool  // a Content-Length was wrong
	lengthHits int   // right ones in a row
	lengthEnd  int64 // where the last Content-Length said that the part ends; 0: nowhere
	rewound    int64 // stream offset up to which a broken picture was looked at twice
}

// NewReader returns a Reader of the stream r. It does not close r.
func NewReader(r io.Reader, opt Options) *Reader {
	if opt.MaxFrameBytes == 0 {
		opt.MaxFrameBytes = DefaultMaxFrameBytes
	}
	return &Reader{
		win:   window{src: r, most: opt.MaxFrameBytes},
		opt:   opt,
		quirk: make(map[string]bool),
	}
}

// Next returns the next picture, as soon as its last byte has been read. It
// blocks as r does. After the last picture it returns io.EOF, or
// io.ErrUnexpectedEOF when the stream ended within a picture. Any other error
// is one of this package's or r's. After an error it returns the same again.
func (r *Reader) Next() (Picture, error) {
	for r.err == nil {
		if r.err = r.findPicture(); r.err != nil {
			break
		}
		pic, ok, err := r.takePicture()
		if ok {
			return pic, nil
		}
		r.err = err
	}
	return Picture{}, r.err
}

// Pictures returns how many pictures Next has returned, and how many it has
// dropped because they were cut or damaged.
func (r *Reader) Pictures() (good, dropped int) { return r.pictures, r.dropped }

func (r *Reader) note(quirk string) {
	if r.quirk[quirk] {
		return
	}
	r.quirk[quirk] = true
	if r.opt.OnQuirk != nil {
		r.opt.OnQuirk(quirk)
	}
}

// fail wraps err with the place in the stream, n bytes into the window.
func (r *Reader) fail(n int, err error) error {
	return fmt.Errorf("jpegstream: byte %d: %w", r.win.offset()+int64(n), err)
}
