package pixel

import (
	"bytes"
	"testing"
)

// grown returns the picture with its last column and line repeated.
func (p *picture) grown(w, h int) *picture {
	sh, sv := p.f.kind.sampling()
	g := &picture{f: p.f, w: w, h: h, cw: w / sh, ch: h / sv}
	for y := range h {
		for x := range w {
			at := min(y, p.h-1)*p.w + min(x, p.w-1)
			g.y = append(g.y, p.y[at])
			if p.f.kind == rgb {
				g.rgb = append(g.rgb, p.rgb[3*at:][:3]...)
			}
		}
	}
	for y := range g.ch {
		for x := range g.cw {
			at := min(y, p.ch-1)*p.cw + min(x, p.cw-1)
			g.cb, g.cr = append(g.cb, p.cb[at]), append(g.cr, p.cr[at])
		}
	}
	return g
}

// TestEdgesAreRepeated: a picture that ends inside an MCU has the same coded
// pixels as one whose edges go on to its end, so that there is no step to ring.
func TestEdgesAreRepeated(t *testing.T) {
	for _, f := range Formats() {
		for _, size := range [][4]int{{17, 9, 32, 16}, {30, 7, 32, 16}, {21, 1, 32, 16}, {1, 16, 16, 16}} {
			w, h, stride := size[2], size[3], f.Stride(size[0])+7
			if f.kind == packed && size[1] < 8 {
				h = 8
			}
			if f.kind == gray {
				w, h = (size[0]+7)/8*8, (size[1]+7)/8*8
			}
			p := newPicture(f, size[0], size[1])
			small := encode(t, f, size[0], size[1], stride, 80, p.frame(stride))
			large := encode(t, f, w, h, 0, 80, p.grown(w, h).frame(f.Stride(w)))
			// The frame headers differ in the size alone.
			sof := bytes.Index(large, []byte{0xFF, 0xC0})
			copy(large[sof+5:sof+9], small[sof+5:sof+9])
			if !bytes.Equal(small, large) {
				t.Errorf("%s %v: the coded pixels differ", f.FourCC, size)
			}
		}
	}
}

func TestWriterFillsUpWithOnes(t *testing.T) {
	for n := 1; n <= 200; n++ {
		w := bitWriter{out: make([]byte, 64), free: 64}
		for range n {
			w.put(0<<codeShift | 1)
		}
		w.close()
		want := make([]byte, (n+7)/8)
		if n%8 != 0 {
			want[n/8] = 0xFF >> (n % 8)
		}
		if !bytes.Equal(w.out[:w.n], want) {
			t.Fatalf("%d bits: % x, want % x", n, w.out[:w.n], want)
		}
	}
}
