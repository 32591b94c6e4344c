//go:build linux && cgo

package v4l2

import (
	"camhub/internal/jpeg"
	"camhub/internal/jpegstream"
	"camhub/internal/pixel"
	"camhub/internal/source"
)

// picturer makes JPEG pictures of frames. It keeps nothing of a frame.
type picturer interface {
	// picture returns a new picture, or an error that names what is wrong with
	// the frame.
	picture(frame []byte) (data []byte, width, height int, err error)
}

func newPicturer(m mode, quality int, quirk func(string)) (picturer, error) {
	if coded(m.Format) {
		return passer{quirk}, nil
	}
	f, ok := pixel.Lookup(m.Format)
	if !ok {
		return nil, source.Errorf("unsupported-format", "This build can't encode %s.", m.Format)
	}
	f.Range = m.span
	e, err := pixel.NewEncoder(f, m.Width, m.Height, m.stride, quality)
	if err != nil {
		return nil, &source.Error{Code: "unsupported-format", Message: "The camera's pictures can't be encoded: " + err.Error() + ".", Err: err}
	}
	return encoder{e, m.Width, m.Height}, nil
}

// encoder compresses uncompressed frames.
type encoder struct {
	*pixel.Encoder
	width, height int
}

func (e encoder) picture(frame []byte) ([]byte, int, int, error) {
	data, err := e.Encode(frame)
	return data, e.width, e.height, err
}

// passer passes on pictures that the camera compressed, with what they lack.
// It copies them once, and looks at nothing but their headers and their end.
type passer struct{ quirk func(string) }

func (p passer) picture(frame []byte) ([]byte, int, int, error) {
	in, err := jpeg.Parse(frame)
	if err != nil {
		return p.withEnd(frame, err)
	}
	if !in.HasHuffman {
		p.quirk(jpegstream.MissingHuffman)
	}
	if in.End < len(frame) {
		p.quirk(jpegstream.PaddingAfterEnd)
	}
	return jpeg.AppendRepaired(nil, frame, in), in.Width, in.Height, nil
}

// withEnd mends a picture that lacks nothing but its end marker; cause is why
// it could not be parsed.
func (p passer) withEnd(frame []byte, cause error) ([]byte, int, int, error) {
	end, whole := jpeg.EntropyEnd(frame)
	if !whole {
		return nil, 0, 0, cause
	}
	in, err := jpeg.ParseHeader(frame)
	if err != nil {
		return nil, 0, 0, err
	}
	p.quirk(jpegstream.MissingEnd)
	if !in.HasHuffman {
		p.quirk(jpegstream.MissingHuffman)
	}
	in.End = end
	return append(jpeg.AppendRepaired(nil, frame, in), 0xff, 0xd9), in.Width, in.Height, nil
}

// coded reports whether a format's frames are JPEG pictures already.
func coded(code string) bool { return code == "MJPG" || code == "JPEG" }
