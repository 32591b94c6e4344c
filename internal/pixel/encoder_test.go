package pixel

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math"
	"slices"
	"testing"
)

// A picture is what a test camera sees: values as they are stored, each plane in
// the sampling of the format.
type picture struct {
	f            Format
	w, h, cw, ch int
	y, cb, cr    []byte
	rgb          []byte // for the formats that have it
}

// newPicture draws hills and stripes of all values from 0 to 255.
func newPicture(f Format, w, h int) *picture {
	sh, sv := f.kind.sampling()
	p := &picture{f: f, w: w, h: h, cw: (w + sh - 1) / sh, ch: (h + sv - 1) / sv}
	wave := func(x, y int, fx, fy float64) byte {
		return byte(math.Round(127.5 + 127.5*math.Sin(float64(x)*fx+float64(y)*fy)))
	}
	if f.kind == rgb {
		for y := range h {
			for x := range w {
				p.rgb = append(p.rgb, wave(x, y, 0.05, 0.03), wave(x, y, 0.02, -0.04), wave(x, y, -0.03, 0.06))
			}
		}
		p.convert()
		return p
	}
	for y := range h {
		for x := range w {
			p.y = append(p.y, wave(x, y, 0.11, 0.07))
		}
	}
	for y := range p.ch {
		for x := range p.cw {
			p.cb = append(p.cb, wave(x, y, 0.05, -0.09))
			p.cr = append(p.cr, wave(x, y, -0.04, 0.06))
		}
	}
	return p
}

// convert sets the planes of an RGB picture from the standard library's colours.
func (p *picture) convert() {
	at := func(x, y int) (byte, byte, byte) {
		c := p.rgb[3*(min(y, p.h-1)*p.w+min(x, p.w-1)):]
		return color.RGBToYCbCr(c[0], c[1], c[2])
	}
	for y := range p.h {
		for x := range p.w {
			v, _, _ := at(x, y)
			p.y = append(p.y, v)
		}
	}
	for y := 0; y < p.h; y += 2 {
		for x := 0; x < p.w; x += 2 {
			b, r := 0, 0
			for i := range 4 {
				_, u, v := at(x+i%2, y+i/2)
				b, r = b+int(u), r+int(v)
			}
			p.cb, p.cr = append(p.cb, byte((b+2)/4)), append(p.cr, byte((r+2)/4))
		}
	}
}

// frame lays the picture out, with rubbish between the lines.
func (p *picture) frame(stride int) []byte {
	cs := stride
	if p.f.FourCC == "YU12" {
		cs = half(stride)
	}
	frame := bytes.Repeat([]byte{0xA5}, p.h*stride+2*p.ch*cs)
	chroma := p.h * stride
	for y := range p.h {
		for x := range p.w {
			v, line := p.y[y*p.w+x], frame[y*stride:]
			switch p.f.FourCC {
			case "YUYV":
				line[2*x] = v
			case "UYVY":
				line[2*x+1] = v
			case "RGB3":
				copy(line[3*x:], p.rgb[3*(y*p.w+x):][:3])
			case "BGR3":
				c := p.rgb[3*(y*p.w+x):]
				line[3*x], line[3*x+1], line[3*x+2] = c[2], c[1], c[0]
			default:
				line[x] = v
			}
		}
	}
	for i := range p.cb {
		x, y, b, r := i%p.cw, i/p.cw, p.cb[i], p.cr[i]
		switch p.f.FourCC {
		case "YUYV":
			frame[y*stride+4*x+1], frame[y*stride+4*x+3] = b, r
		case "UYVY":
			frame[y*stride+4*x], frame[y*stride+4*x+2] = b, r
		case "NV12":
			frame[chroma+y*cs+2*x], frame[chroma+y*cs+2*x+1] = b, r
		case "NV21":
			frame[chroma+y*cs+2*x], frame[chroma+y*cs+2*x+1] = r, b
		case "YU12":
			frame[chroma+y*cs+x], frame[chroma+p.ch*cs+y*cs+x] = b, r
		}
	}
	return frame
}

// levels are the values that a decoder should give for those of a plane.
func (p *picture) levels(plane []byte, zero, stretch float64) []float64 {
	var out []float64
	for _, v := range plane {
		l := float64(v)
		if p.f.Range == LimitedRange {
			l = (l-zero)*stretch + zero
			if zero == 16 {
				l -= 16
			}
		}
		out = append(out, min(max(l, 0), 255))
	}
	return out
}

func decode(t testing.TB, b []byte) (m *image.YCbCr) {
	t.Helper()
	in, err := stdjpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if g, ok := in.(*image.Gray); ok {
		return &image.YCbCr{Y: g.Pix, YStride: g.Stride, Rect: g.Rect, SubsampleRatio: -1}
	}
	return in.(*image.YCbCr)
}

// worst returns the largest difference of a decoded plane.
func worst(got []byte, stride, w int, want []float64) (d float64) {
	for i, v := range want {
		d = max(d, math.Abs(float64(got[i/w*stride+i%w])-v))
	}
	return d
}

// TestEncodeKeepsEveryLevel holds each plane of each format, at the best quality,
// against the values that were put into the frame.
func TestEncodeKeepsEveryLevel(t *testing.T) {
	ratios := map[string]image.YCbCrSubsampleRatio{"GREY": -1, "YUYV": image.YCbCrSubsampleRatio422, "UYVY": image.YCbCrSubsampleRatio422}
	for _, code := range []string{"YU12", "NV12", "NV21", "RGB3", "BGR3"} {
		ratios[code] = image.YCbCrSubsampleRatio420
	}
	for _, f := range Formats() {
		for _, f.Range = range []Range{FullRange, LimitedRange} {
			for _, size := range []image.Point{{1, 1}, {2, 2}, {5, 3}, {16, 16}, {17, 9}, {39, 41}, {160, 120}} {
				for _, padding := range []int{0, 5, 64} {
					name := fmt.Sprint(f.FourCC, " range ", f.Range, " ", size, "+", padding)
					p := newPicture(f, size.X, size.Y)
					stride := f.Stride(size.X) + padding
					m := decode(t, encode(t, f, size.X, size.Y, stride, 100, p.frame(stride)))
					if m.Rect.Size() != size {
						t.Fatalf("%s: became %v", name, m.Rect.Size())
					}
					if m.SubsampleRatio != ratios[f.FourCC] {
						t.Errorf("%s: sampling %v", name, m.SubsampleRatio)
					}
					p.compare(t, name, m)
				}
			}
		}
	}
}

func (p *picture) compare(t *testing.T, name string, m *image.YCbCr) {
	t.Helper()
	const tolerance = 2.5
	c := 255. / 224
	if p.f.kind == rgb {
		c = 255. / 219
	}
	if d := worst(m.Y, m.YStride, p.w, p.levels(p.y, 16, 255./219)); d > tolerance {
		t.Errorf("%s: luma is %.2f off", name, d)
	}
	if p.f.kind == gray {
		return
	}
	if d := worst(m.Cb, m.CStride, p.cw, p.levels(p.cb, 128, c)); d > tolerance {
		t.Errorf("%s: Cb is %.2f off", name, d)
	}
	if d := worst(m.Cr, m.CStride, p.cw, p.levels(p.cr, 128, c)); d > tolerance {
		t.Errorf("%s: Cr is %.2f off", name, d)
	}
}

func encode(t testing.TB, f Format, w, h, stride, quality int, frame []byte) []byte {
	t.Helper()
	e, err := NewEncoder(f, w, h, stride, quality)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(frame)
	b, err := e.Encode(frame)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, frame) {
		t.Error("the frame was changed")
	}
	return b
}
