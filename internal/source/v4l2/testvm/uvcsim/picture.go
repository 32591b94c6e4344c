//go:build linux

package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"log"
)

// flaws are what cameras do to their pictures.
type flaws struct {
	noTables bool // no Huffman tables
	noEnd    bool // no end marker
	padding  int  // zero bytes behind the end
}

// bars are the colours of the test picture, from left to right.
var bars = []color.RGBA{
	{235, 235, 235, 255}, {235, 235, 16, 255}, {16, 235, 235, 255}, {16, 235, 16, 255},
	{235, 16, 235, 255}, {235, 16, 16, 255}, {16, 16, 235, 255}, {16, 16, 16, 255},
}

// phases is how many different pictures there are: a mark moves below the bars.
const phases = 8

// draw is picture n of a size.
func draw(s size, n int) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, s.width, s.height), image.YCbCrSubsampleRatio422)
	for x := range s.width {
		bar := bars[x*len(bars)/s.width]
		luma, cb, cr := color.RGBToYCbCr(bar.R, bar.G, bar.B)
		for y := range s.height {
			m.Y[m.YOffset(x, y)] = luma
			if y > s.height*3/4 && x*32/s.width == n%phases {
				m.Y[m.YOffset(x, y)] = 255 - luma
			}
			m.Cb[m.COffset(x, y)], m.Cr[m.COffset(x, y)] = cb, cr
		}
	}
	return m
}

// coded returns every phase of the test picture as the format has it.
func coded(format byte, s size, f flaws) [][]byte {
	var all [][]byte
	for n := range phases {
		if m := draw(s, n); format == formatYUYV {
			all = append(all, interleave(m))
		} else {
			all = append(all, f.compress(m))
		}
	}
	return all
}

func (f flaws) compress(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		log.Fatal(err) // a picture of ours can't fail
	}
	out := b.Bytes()
	if f.noTables {
		out = withoutTables(out)
	}
	if f.noEnd {
		out = out[:len(out)-2]
	}
	return append(out, make([]byte, f.padding)...)
}

// withoutTables removes the DHT segments from a picture of our own.
func withoutTables(b []byte) []byte {
	out := bytes.Clone(b[:2])
	for at := 2; ; {
		end := at + 2 + int(b[at+2])<<8 + int(b[at+3])
		switch b[at+1] {
		case 0xda:
			return append(out, b[at:]...)
		case 0xc4:
		default:
			out = append(out, b[at:end]...)
		}
		at = end
	}
}

// interleave writes a 4:2:2 picture as YUYV.
func interleave(m *image.YCbCr) []byte {
	b := make([]byte, 0, 2*len(m.Y))
	for i := 0; i < len(m.Y); i += 2 {
		b = append(b, m.Y[i], m.Cb[i/2], m.Y[i+1], m.Cr[i/2])
	}
	return b
}
