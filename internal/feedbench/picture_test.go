//go:build linux

package feedbench

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"math/rand/v2"
)

// A stamp is the comment segment behind the start of each picture. It has a
// fixed place and length, so it can be changed in place.
type stamp struct {
	Epoch uint64 // which run of the camera: numbers start again with it
	Seq   uint64 // number of the picture, from 1
	Sent  int64  // just before it was written, as monotonic gives it
	Size  uint32 // bytes of the picture
	Sum   uint32 // checksum of what follows the stamp
}

const (
	stampMagic = "camhub-feedbench"
	stampHead  = 6 // SOI, COM and its length
	stampLen   = len(stampMagic) + 8 + 8 + 8 + 4 + 4
	stampEnd   = stampHead + stampLen
)

var (
	sumTable    = crc32.MakeTable(crc32.Castagnoli)
	errNotOurs  = errors.New("picture has no stamp: not a picture of the feeder, or changed on its way")
	errBadBytes = errors.New("picture was changed on its way")
)

// put writes s into the head of a picture.
func (s stamp) put(pic []byte) {
	b := pic[stampHead+len(stampMagic):]
	binary.BigEndian.PutUint64(b, s.Epoch)
	binary.BigEndian.PutUint64(b[8:], s.Seq)
	binary.BigEndian.PutUint64(b[16:], uint64(s.Sent))
	binary.BigEndian.PutUint32(b[24:], s.Size)
	binary.BigEndian.PutUint32(b[28:], s.Sum)
}

// readStamp reads the stamp from the first stampEnd bytes of a picture.
func readStamp(head []byte) (stamp, error) {
	if len(head) < stampEnd || string(head[stampHead:stampHead+len(stampMagic)]) != stampMagic {
		return stamp{}, errNotOurs
	}
	b := head[stampHead+len(stampMagic):]
	return stamp{
		Epoch: binary.BigEndian.Uint64(b),
		Seq:   binary.BigEndian.Uint64(b[8:]),
		Sent:  int64(binary.BigEndian.Uint64(b[16:])),
		Size:  binary.BigEndian.Uint32(b[24:]),
		Sum:   binary.BigEndian.Uint32(b[28:]),
	}, nil
}

// newPicture draws a picture, encodes it and makes room for the stamp. The
// drawing has flat parts, a ramp and noise; at 1280x720 the file has about
// 100 kB. Equal sizes give equal bytes.
func newPicture(width, height int) ([]byte, stamp, error) {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	rnd := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			img.Y[img.YOffset(x, y)] = luma(x, y, width, height, rnd)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(96+i%64), uint8(160-i%48)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 75}); err != nil {
		return nil, stamp{}, fmt.Errorf("encode picture: %w", err)
	}
	rest := buf.Bytes()[2:] // behind SOI
	pic := make([]byte, 0, stampEnd+len(rest))
	pic = append(pic, 0xff, 0xd8, 0xff, 0xfe)
	pic = binary.BigEndian.AppendUint16(pic, uint16(2+stampLen))
	pic = append(pic, stampMagic...)
	pic = append(pic, make([]byte, stampLen-len(stampMagic))...)
	pic = append(pic, rest...)
	s := stamp{Size: uint32(len(pic)), Sum: crc32.Checksum(rest, sumTable)}
	s.put(pic)
	return pic, s, nil
}

// luma gives a ramp with a grid, and noise in a band in the middle.
func luma(x, y, width, height int, rnd *rand.Rand) uint8 {
	v := 40 + 150*x/width
	if x%80 < 3 || y%80 < 3 {
		v = 230
	}
	if y > height/4 && y < 3*height/4 {
		v += rnd.IntN(16)
	}
	return uint8(min(v, 255))
}
