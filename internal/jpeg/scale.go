package jpeg

import "image"

// Denominator returns by what a picture of the given width can be divided, 1,
// 2, 4 or 8, so that the result is as small as it can be and still at least as
// wide as asked. Widths below 1 ask for nothing smaller.
func Denominator(width, asked int) int {
	den := 1
	for asked > 0 && den < 8 && ScaledSize(width, 2*den) >= asked {
		den *= 2
	}
	return den
}

// ScaledSize returns what a width or height becomes at 1/den: the part of a
// pixel that is left over counts as one.
func ScaledSize(size, den int) int { return (size + den - 1) / den }

// Scaled decodes the picture b at 1/2, 1/4 or 1/8 of its size, as den says. It
// returns a *image.Gray or a *image.YCbCr with the sampling of the picture,
// which stay valid until the next call.
//
// A pixel is what the inverse DCT of N x N points, N = 8/den, makes of the N x N
// lowest frequencies of a block, as in libjpeg 7 and later. The others are
// stepped over, so that their cost is small. Errors are ErrUnsupported or an
// *Error; broken coded data is always an error.
func (d *Decoder) Scaled(b []byte, den int) (image.Image, error) {
	if den != 2 && den != 4 && den != 8 {
		return nil, ErrUnsupported
	}
	if err := d.open(b); err != nil {
		return nil, err
	}
	out := d.target(8 / den)
	if err := d.eachUnit(); err != nil {
		return nil, err
	}
	return out, nil
}

// Luma decodes the brightness of the picture b at 1/8 of its size: one pixel is
// the mean of a block, from its DC value alone. The result stays valid until
// the next call. Errors are as for Scaled.
func (d *Decoder) Luma(b []byte) (*image.Gray, error) {
	if err := d.open(b); err != nil {
		return nil, err
	}
	d.plane(&d.inUse[0], 1, &d.gray.Pix)
	d.gray.Stride = d.inUse[0].stride
	d.gray.Rect = image.Rect(0, 0, ScaledSize(d.header.Width, 8), ScaledSize(d.header.Height, 8))
	for i := range d.inUse[1:] {
		d.inUse[1+i].points, d.inUse[1+i].plane = 1, nil // stepped over
	}
	if err := d.eachUnit(); err != nil {
		return nil, err
	}
	return &d.gray, nil
}

// units returns how many MCUs lie side by side and one above the other.
func (d *Decoder) units() (cols, rows int) {
	return (d.header.Width + 8*d.hMax - 1) / (8 * d.hMax), (d.header.Height + 8*d.vMax - 1) / (8 * d.vMax)
}

// plane gives c the memory for all its blocks at n x n pixels each.
func (d *Decoder) plane(c *component, n int, mem *[]byte) {
	cols, rows := d.units()
	c.points, c.stride = n, cols*c.h*n
	if need := c.stride * rows * c.v * n; cap(*mem) < need {
		*mem = make([]byte, need)
	} else {
		*mem = (*mem)[:need]
	}
	c.plane = *mem
}

// target makes the planes of a picture with n x n pixels a block.
func (d *Decoder) target(n int) image.Image {
	size := image.Rect(0, 0, ScaledSize(d.header.Width, 8/n), ScaledSize(d.header.Height, 8/n))
	y := &d.inUse[0]
	if len(d.inUse) == 1 {
		d.plane(y, n, &d.gray.Pix)
		d.gray.Stride, d.gray.Rect = y.stride, size
		return &d.gray
	}
	cb, cr := &d.inUse[1], &d.inUse[2]
	d.plane(y, n, &d.ycc.Y)
	d.plane(cb, n, &d.ycc.Cb)
	d.plane(cr, n, &d.ycc.Cr)
	d.ycc.YStride, d.ycc.CStride, d.ycc.Rect = y.stride, cb.stride, size
	d.ycc.SubsampleRatio = ratios[[2]int{d.hMax, d.vMax}]
	return &d.ycc
}

// ratios names the sampling by the factors of luma.
var ratios = map[[2]int]image.YCbCrSubsampleRatio{
	{1, 1}: image.YCbCrSubsampleRatio444,
	{2, 1}: image.YCbCrSubsampleRatio422,
	{1, 2}: image.YCbCrSubsampleRatio440,
	{2, 2}: image.YCbCrSubsampleRatio420,
}

// eachUnit decodes every block of the scan, MCU by MCU (T.81 A.2.3).
func (d *Decoder) eachUnit() error {
	cols, rows := d.units()
	interval := d.header.RestartInterval
	if interval == 0 {
		interval = cols * rows
	}
	if n := d.coded.intervals(); n != (cols*rows+interval-1)/interval {
		return errAt(d.header.SOS, "the scan has %d restart intervals of %d units, for %d units", n, interval, cols*rows)
	}
	next, left := 0, 0
	var data []byte
	var r bits
	for row := range rows {
		for col := range cols {
			if left == 0 {
				data, r = d.coded.interval(next)
				next, left = next+1, interval
				for i := range d.inUse {
					d.inUse[i].dcValue = 0
				}
			}
			left--
			var ok bool
			if r, ok = d.unit(data, r, row, col); !ok {
				return errAt(d.header.SOS, "the coded data is broken or cut in unit %d of %d", row*cols+col, cols*rows)
			}
		}
	}
	return nil
}

// unit decodes the blocks of one MCU: those of each component in turn, row by
// row.
func (d *Decoder) unit(data []byte, r bits, row, col int) (bits, bool) {
	ok := true
	for i := range d.inUse {
		c := &d.inUse[i]
		n := c.points
		for v := range c.v {
			at := (row*c.v+v)*n*c.stride + col*c.h*n
			for range c.h {
				switch n {
				case 1:
					r, ok = c.block1(data, r, at)
				case 2:
					r, ok = c.block2(data, r, at)
				default:
					r, ok = c.block4(data, r, at)
				}
				if !ok {
					return r, false
				}
				at += n
			}
		}
	}
	return r, true
}
