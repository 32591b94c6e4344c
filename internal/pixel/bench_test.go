package pixel

import (
	"math/rand/v2"
	"testing"
)

// scene returns a picture to measure with, as planes of 4:4:4 with values of the
// limited range: "bars" is a test pattern of flat colours and sharp letters, as
// drivers draw it, and "room" has soft shades, edges and the grain of a sensor.
func scene(name string, w, h int) (y, cb, cr []byte) {
	y, cb, cr = make([]byte, w*h), make([]byte, w*h), make([]byte, w*h)
	bars := [8][3]byte{{180, 128, 128}, {162, 44, 142}, {131, 156, 44}, {112, 72, 58}, {84, 184, 198}, {65, 100, 212}, {35, 212, 114}, {16, 128, 128}}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range y {
		u, v := i%w, i/w
		if name == "bars" {
			c := bars[u*8/w]
			if v < h/4 && u/3*7919%11 < 4 && v/3*104729%7 < 4 { // letters
				c = [3]byte{235, 128, 128}
			}
			y[i], cb[i], cr[i] = c[0], c[1], c[2]
			continue
		}
		p, q := float64(u)/float64(w), float64(v)/float64(h)
		base := 60 + 90*p + 40*q*q
		if int(8*p+3*q)%3 == 0 {
			base -= 35
		}
		if u/5*31%17 == 0 && q > 0.5 {
			base += 40
		}
		y[i] = byte(base + 2.5*rng.NormFloat64())
		cb[i] = byte(118 + 20*p + 1.5*rng.NormFloat64())
		cr[i] = byte(138 - 20*q + 1.5*rng.NormFloat64())
	}
	return y, cb, cr
}

// rawScene lays a scene out in a format that has luma and colour; the size is a
// multiple of 2.
func rawScene(f Format, name string, w, h int) []byte {
	y, cb, cr := scene(name, w, h)
	sh, sv := f.kind.sampling()
	p := &picture{f: f, w: w, h: h, y: y, cw: w / sh, ch: h / sv}
	for v := range p.ch {
		for u := range p.cw {
			at := v*sv*w + u*sh
			p.cb, p.cr = append(p.cb, cb[at]), append(p.cr, cr[at])
		}
	}
	for i := range y {
		p.rgb = append(p.rgb, y[i], cb[i], cr[i])
	}
	if f.kind == gray {
		p.cb, p.cr = nil, nil
	}
	return p.frame(f.Stride(w))
}

func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"bars", "room"} {
		for _, f := range Formats() {
			b.Run(f.FourCC+"/"+name, func(b *testing.B) {
				const w, h = 640, 480
				frame := rawScene(f, name, w, h)
				e, err := NewEncoder(f, w, h, 0, 80)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(w * h)
				b.ReportAllocs()
				var out []byte
				for b.Loop() {
					if out, err = e.Encode(frame); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(out)), "JPEG-bytes")
			})
		}
	}
}
