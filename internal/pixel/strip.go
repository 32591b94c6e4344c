package pixel

// A strip is one row of MCUs: 8 or 16 lines of luma and 8 of each colour
// difference. Lines go on to whole pairs of blocks with their last pixel, and
// the last line of a picture is repeated below it.
//
// Colours that take turns in a frame are left as they lie: those of pairs are
// all in cb, and the lines of packed are all in y.
type strip struct {
	y, cb, cr        []byte
	yStride, cStride int // bytes of a line
}

func newStrip(k kind, width int) (s strip) {
	_, v := k.sampling()
	s.yStride = (width + 15) / 16 * 16
	s.cStride = s.yStride / 2
	switch k {
	case gray:
		s.cStride = 0
	case pairs:
		s.cStride = s.yStride
	case packed:
		s.yStride, s.cStride = 2*s.yStride, 0
	}
	// The last packed line is read from its second byte on, so one more is there.
	s.y, s.cb = make([]byte, 8*v*s.yStride, 8*v*s.yStride+1), make([]byte, 8*s.cStride)
	if k == planes || k == rgb {
		s.cr = make([]byte, 8*s.cStride)
	}
	return s
}

// read sets the strip to the lines of the frame from y on.
func (s *strip) read(e *Encoder, frame []byte, y int) {
	w, h, behind := half(e.width), half(e.height), e.height*e.stride
	switch e.format.kind {
	case gray:
		copyPlane(s.y, s.yStride, frame, e.stride, y, e.height, e.width, 1)
	case planes:
		copyPlane(s.y, s.yStride, frame, e.stride, y, e.height, e.width, 1)
		cb, stride := frame[behind:], half(e.stride)
		copyPlane(s.cb, s.cStride, cb, stride, y/2, h, w, 1)
		copyPlane(s.cr, s.cStride, cb[h*stride:], stride, y/2, h, w, 1)
	case pairs:
		copyPlane(s.y, s.yStride, frame, e.stride, y, e.height, e.width, 1)
		copyPlane(s.cb, s.cStride, frame[behind:], e.stride, y/2, h, 2*w, 2)
	case packed:
		copyPlane(s.y, s.yStride, frame, e.stride, y, e.height, 4*w, 4)
		s.endPacked(e.width, e.format.lumaAt())
	case rgb:
		s.readRGB(e, frame, y)
	}
}

// copyPlane copies lines, from y on, of a plane of n lines with size bytes, and
// goes on with the last unit of each.
func copyPlane(dst []byte, dstStride int, src []byte, stride, y, n, size, unit int) {
	for at := 0; at < len(dst); at += dstStride {
		to := dst[at:][:dstStride]
		copy(to, src[min(y, n-1)*stride:][:size])
		extend(to, size, unit)
		y++
	}
}

// extend repeats the unit before n to the end of the line.
func extend(line []byte, n, unit int) {
	for i := n; i < len(line); i++ {
		line[i] = line[i-unit]
	}
}

// lumaAt is where the first luma of a packed group is.
func (f Format) lumaAt() int {
	if f.swapped {
		return 1
	}
	return 0
}

// endPacked repeats the luma of the last pixel, which is one of two in a group,
// to the end of each line.
func (s *strip) endPacked(width, lumaAt int) {
	for at := 0; at < len(s.y); at += s.yStride {
		line := s.y[at:][:s.yStride]
		for i := 2*width + lumaAt; i < len(line); i += 2 {
			line[i] = line[i-2]
		}
	}
}
