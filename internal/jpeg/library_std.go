package jpeg

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
)

// standardLibrary is image/jpeg, which always works and is slow. It can't scale,
// so a small picture is the mean of den x den samples of a large one.
type standardLibrary struct{}

func (standardLibrary) decode(b []byte, den int) (image.Image, error) {
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.Gray:
		return boxGray(m, den), nil
	case *image.YCbCr:
		return boxYCbCr(m, den), nil
	}
	rgba := image.NewRGBA(m.Bounds())
	draw.Draw(rgba, rgba.Rect, m, m.Bounds().Min, draw.Src)
	return boxRGBA(rgba, den), nil
}

func (standardLibrary) encode(w io.Writer, m image.Image, quality int) error {
	return jpeg.Encode(w, m, &jpeg.Options{Quality: quality})
}

func boxGray(m *image.Gray, den int) *image.Gray {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, ScaledSize(w, den), ScaledSize(h, den)))
	boxPlane(out.Pix, out.Stride, m.Pix, m.Stride, w, h, den, 1)
	return out
}

func boxYCbCr(m *image.YCbCr, den int) *image.YCbCr {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewYCbCr(image.Rect(0, 0, ScaledSize(w, den), ScaledSize(h, den)), m.SubsampleRatio)
	// The size of a chroma plane follows from the offset of the last pixel.
	last := m.COffset(m.Rect.Max.X-1, m.Rect.Max.Y-1)
	cw, ch := last%m.CStride+1, last/m.CStride+1
	boxPlane(out.Y, out.YStride, m.Y, m.YStride, w, h, den, 1)
	boxPlane(out.Cb, out.CStride, m.Cb, m.CStride, cw, ch, den, 1)
	boxPlane(out.Cr, out.CStride, m.Cr, m.CStride, cw, ch, den, 1)
	return out
}

func boxRGBA(m *image.RGBA, den int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, ScaledSize(w, den), ScaledSize(h, den)))
	for c := range 4 {
		boxPlane(out.Pix[c:], out.Stride, m.Pix[c:], m.Stride, w, h, den, 4)
	}
	return out
}

// boxPlane writes the mean of each den x den samples of in, which has w x h of
// them. Samples are step bytes apart in both planes. At the right and at the
// bottom a mean is that of the samples that are there.
func boxPlane(out []byte, outStride int, in []byte, inStride, w, h, den, step int) {
	for y := 0; y < h; y += den {
		for x := 0; x < w; x += den {
			sum, n := 0, 0
			for v := y; v < min(y+den, h); v++ {
				for u := x; u < min(x+den, w); u++ {
					sum += int(in[v*inStride+u*step])
					n++
				}
			}
			out[y/den*outStride+x/den*step] = byte((sum + n/2) / n)
		}
	}
}
