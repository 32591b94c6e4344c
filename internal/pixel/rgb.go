package pixel

// The matrix of JFIF (that of BT.601), times 1 << 16.
const (
	yR, yG, yB = 19595, 38470, 7471
	bR, bG, bB = -11059, -21709, 32768
	rR, rG, rB = 32768, -27439, -5329
)

// readRGB is read for three bytes a pixel. One colour difference is that of the
// mean of four pixels.
func (s *strip) readRGB(e *Encoder, frame []byte, y int) {
	red, blue := 0, 2
	if e.format.swapped {
		red, blue = 2, 0
	}
	for i := 0; i < 16; i += 2 {
		top := frame[min(y+i, e.height-1)*e.stride:][:3*e.width]
		bottom := frame[min(y+i+1, e.height-1)*e.stride:][:3*e.width]
		y0, y1 := s.y[i*s.yStride:][:s.yStride], s.y[(i+1)*s.yStride:][:s.yStride]
		cb, cr := s.cb[i/2*s.cStride:][:s.cStride], s.cr[i/2*s.cStride:][:s.cStride]
		for x := 0; x < e.width; x += 2 {
			a, b := 3*x, 3*min(x+1, e.width-1)
			p, q, u, v := top[a:a+3], top[b:b+3], bottom[a:a+3], bottom[b:b+3]
			y0[x], y0[x+1] = luma(p, red, blue), luma(q, red, blue)
			y1[x], y1[x+1] = luma(u, red, blue), luma(v, red, blue)
			r := int(p[red]) + int(q[red]) + int(u[red]) + int(v[red])
			g := int(p[1]) + int(q[1]) + int(u[1]) + int(v[1])
			b4 := int(p[blue]) + int(q[blue]) + int(u[blue]) + int(v[blue])
			cb[x/2] = difference(bR*r + bG*g + bB*b4)
			cr[x/2] = difference(rR*r + rG*g + rB*b4)
		}
		extend(y0, e.width, 1)
		extend(y1, e.width, 1)
		extend(cb, half(e.width), 1)
		extend(cr, half(e.width), 1)
	}
}

func luma(p []byte, red, blue int) byte {
	return byte((yR*int(p[red]) + yG*int(p[1]) + yB*int(p[blue]) + 1<<15) >> 16)
}

// difference rounds the sum of four pixels' colour differences to their mean.
// The largest is half a level over 255.
func difference(sum int) byte { return byte(min((sum+128<<18+1<<17-1)>>18, 255)) }
