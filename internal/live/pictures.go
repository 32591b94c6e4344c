package live

import (
	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/rendition"
	"camhub/internal/stream"
)

// Pictures opens the pictures of cameras for tiles.
type Pictures interface {
	// Open returns a reader of a camera's pictures that are good for a tile of
	// the given width in pixels, at no less than fps pictures a second if the
	// camera gives as many. It does not wait. The caller must Close the reader.
	//
	// ready is called, even before Open returns, whenever there is something
	// for TryNext, a picture or the end, and not after Close has returned. It
	// does not block, and calls neither the reader nor its stream.
	Open(id camera.ID, width int, fps float64, ready func()) (Reader, error)
}

// Reader gives the newest picture of one camera.
type Reader interface {
	// TryNext returns the newest picture that it has not returned before, nil
	// when there is none, or an error at the end. It has one caller at a time.
	TryNext() (*media.Packet, error)
	Close()
}

// tilePictures opens renditions that are just large and quick enough, of the
// cameras that known has no error for.
type tilePictures struct {
	s     *Server
	known func(camera.ID) error
}

// Open implements Pictures.
func (t tilePictures) Open(id camera.ID, width int, fps float64, ready func()) (Reader, error) {
	if err := t.known(id); err != nil {
		return nil, err
	}
	st, err := t.s.hub.Stream(id)
	if err != nil {
		return nil, err
	}
	r := &tileReader{st: st, copies: t.s.copies, spec: rendition.Spec{Width: width, FPS: fps}, ready: ready}
	if p := st.Last(); p != nil && rendition.Untouched(p.Track, width) {
		r.fits, r.Reader = p.Track, st.SubscribeFunc(stream.Latest, ready)
	} else {
		r.Reader = t.s.copies.SubscribeFunc(st, r.spec, ready)
	}
	return r, nil
}

// tileReader reads the camera's own pictures as long as they are narrow enough:
// a tile thins them out by itself, and a copy of them would be one goroutine more
// on their way. It reads a copy as soon as they are too wide.
type tileReader struct {
	*stream.Reader
	st     *stream.Stream
	copies Renditions
	spec   rendition.Spec
	ready  func()
	fits   *media.Track // of the camera's own; nil when it reads a copy
}

// TryNext implements Reader.
func (r *tileReader) TryNext() (*media.Packet, error) {
	p, err := r.Reader.TryNext()
	if p == nil || r.fits == nil || p.Track == r.fits {
		return p, err
	}
	if rendition.Untouched(p.Track, r.spec.Width) {
		r.fits = p.Track
		return p, nil
	}
	own := r.Reader
	r.fits, r.Reader = nil, r.copies.SubscribeFunc(r.st, r.spec, r.ready)
	own.Close() // after the copy has its reader, so that a camera on demand stays open
	return r.Reader.TryNext()
}
