//go:build !nojpegn

package jpeg

import (
	"bytes"
	"image"
	"io"

	"github.com/gen2brain/jpegn"
)

// libraries are asked in this order; the first one encodes. With the build tag
// nojpegn the standard library does all of the work, at three times the cost.
var libraries = []library{jpegnLibrary{}, standardLibrary{}}

// jpegnLibrary is github.com/gen2brain/jpegn: Go and assembly, several times as
// fast as the standard library.
type jpegnLibrary struct{}

func (jpegnLibrary) decode(b []byte, den int) (image.Image, error) {
	return jpegn.Decode(bytes.NewReader(b), &jpegn.Options{ScaleDenom: den})
}

func (jpegnLibrary) encode(w io.Writer, m image.Image, quality int) error {
	return jpegn.Encode(w, m, &jpegn.EncodeOptions{Quality: quality})
}
