package pixel

// The matrix of JFIF (that of BT.601), times 1 << 16.
const (
	yR, yG, yB = 19595, 38470, 7471
	bR, bG, bB = -11059, -21709, 32768
	rR, rG, rB = 32768, -27439, -5329
)

func (e *Encoder) stripRGB(frame []byte, y int) { e.strip24(frame, y, 0, 2) }
func (e *Encoder) stripBGR(frame []byte, y int) { e.strip24(frame, y, 2, 0) }

// strip24 reads lines of three bytes a pixel, with red and blue where red and
// blue say. One colour difference is that of the mean of four pixels.
func (e *Encoder) strip24(frame []byte, y, red, blue int) {
	for i := 0; i < 16; i += 2 {
		top := line(frame, e.stride, y+i, e.height, 3*e.width)
		bottom := line(frame, e.stride, y+i+1, e.height, 3*e.width)
		y0, y1 := e.s.y[i*e.s.yStride:][:e.s.yStride], e.s.y[(i+1)*e.s.yStride:][:e.s.yStride]
		cb, cr := e.s.cb[i/2*e.s.cStride:][:e.s.cStride], e.s.cr[i/2*e.s.cStride:][:e.s.cStride]
		for x := 0; x < e.width; x += 2 {
			a, b := 3*x, 3*min(x+1, e.width-1)
			p, q, s, t := top[a:a+3], top[b:b+3], bottom[a:a+3], bottom[b:b+3]
			y0[x], y0[x+1] = luma(p, red, blue), luma(q, red, blue)
			y1[x], y1[x+1] = luma(s, red, blue), luma(t, red, blue)
			r := int(p[red]) + int(q[red]) + int(s[red]) + int(t[red])
			g := int(p[1]) + int(q[1]) + int(s[1]) + int(t[1])
			b4 := int(p[blue]) + int(q[blue]) + int(s[blue]) + int(t[blue])
			cb[x/2] = difference(bR*r + bG*g + bB*b4)
			cr[x/2] = difference(rR*r + rG*g + rB*b4)
		}
		extend(y0, e.width)
		extend(y1, e.width)
		extend(cb, half(e.width))
		extend(cr, half(e.width))
	}
}

func luma(p []byte, red, blue int) byte {
	return byte((yR*int(p[red]) + yG*int(p[1]) + yB*int(p[blue]) + 1<<15) >> 16)
}

// difference rounds the sum of four pixels' colour differences to their mean.
// The largest is half a level over 255.
func difference(sum int) byte { return byte(min((sum+128<<18+1<<17-1)>>18, 255)) }
