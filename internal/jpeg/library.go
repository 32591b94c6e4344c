package jpeg

import (
	"fmt"
	"image"
	"image/draw"
	"io"
)

// A library is what the package needs of a general JPEG codec: to code small
// pictures, and to decode those that Decoder does not read by itself.
type library interface {
	// decode decodes b at 1/den of its size; den is 1, 2, 4 or 8.
	decode(b []byte, den int) (image.Image, error)
	// encode writes m with the given quality, from 1 to 100.
	encode(w io.Writer, m image.Image, quality int) error
}

// maxLibraryPixels bounds what is given to a library: a progressive picture
// takes it up to 12 bytes a pixel.
const maxLibraryPixels = 1 << 24

// Shrink decodes the picture b at 1/2, 1/4 or 1/8 of its size, as den says. It
// is Scaled for the pictures that it reads, and costs more for the others that
// Parse accepts, of at most 16 megapixels: progressive ones, of several scans,
// of odd sampling, of RGB or CMYK.
func (d *Decoder) Shrink(b []byte, den int) (image.Image, error) {
	m, err := d.Scaled(b, den)
	if err != ErrUnsupported {
		return m, err
	}
	return shrinkAny(b, den)
}

// ShrinkLuma is Shrink at 1/8 for the brightness alone.
func (d *Decoder) ShrinkLuma(b []byte) (*image.Gray, error) {
	y, err := d.Luma(b)
	if err != ErrUnsupported {
		return y, err
	}
	m, err := shrinkAny(b, 8)
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.Gray:
		return m, nil
	case *image.YCbCr:
		return &image.Gray{Pix: m.Y, Stride: m.YStride, Rect: m.Rect}, nil
	}
	y = image.NewGray(m.Bounds())
	draw.Draw(y, y.Rect, m, m.Bounds().Min, draw.Src)
	return y, nil
}

// shrinkAny asks the libraries in turn.
func shrinkAny(b []byte, den int) (image.Image, error) {
	if den != 2 && den != 4 && den != 8 {
		return nil, ErrUnsupported
	}
	in, err := Parse(b)
	if err != nil {
		return nil, err
	}
	if in.Width*in.Height > maxLibraryPixels {
		return nil, fmt.Errorf("jpeg: a picture of this kind with %dx%d pixels is over %d: %w", in.Width, in.Height, maxLibraryPixels, ErrUnsupported)
	}
	b = Repair(b, in)
	for _, l := range libraries {
		var m image.Image
		if m, err = decodeGuarded(l, b, den); err == nil {
			return m, nil
		}
	}
	return nil, err
}

// decodeGuarded turns a panic of a library into an error: the bytes come from a
// stranger, and the code is not ours.
func decodeGuarded(l library, b []byte, den int) (m image.Image, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("jpeg: decode: panic: %v", v)
		}
	}()
	if m, err = l.decode(b, den); err != nil {
		return nil, fmt.Errorf("jpeg: decode: %w", err)
	}
	return m, nil
}

// Encode writes m as a baseline JPEG with the standard Huffman tables and a
// quality from 1 to 100. Planes of an *image.YCbCr keep their sampling, and an
// *image.Gray stays gray. It is safe for concurrent use.
func Encode(w io.Writer, m image.Image, quality int) error {
	if err := libraries[0].encode(w, m, quality); err != nil {
		return fmt.Errorf("jpeg: encode: %w", err)
	}
	return nil
}
