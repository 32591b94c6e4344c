package live

import (
	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/rendition"
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
	return t.s.subscribe(st, rendition.Spec{Width: width, FPS: fps}, ready), nil
}
