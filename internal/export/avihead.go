package export

import (
	"camhub/internal/record/archive"
)

// The sizes of the chunks before the pictures. See "AVI RIFF File Reference" and
// OpenDML AVI File Format Extensions 1.02.
const (
	avihSize = 56
	strhSize = 56
	strfSize = 40
	indxSize = 24 + maxRiffs*16
	dmlhSize = 248

	strlSize = 4 + aviChunk + strhSize + aviChunk + strfSize + aviChunk + indxSize
	odmlSize = 4 + aviChunk + dmlhSize
	hdrlSize = 4 + aviChunk + avihSize + aviChunk + strlSize + aviChunk + odmlSize

	aviHeadSize = 12 + aviChunk + hdrlSize + 12
)

// words appends numbers of 32 bits.
func words(b []byte, vs ...uint32) []byte {
	for _, v := range vs {
		b = le.AppendUint32(b, v)
	}
	return b
}

// begin appends the header of a chunk, or of a list with its kind.
func begin(b []byte, name string, size int, kind string) []byte {
	b = append(b, name...)
	b = le.AppendUint32(b, uint32(size))
	return append(b, kind...)
}

// aviHead returns the bytes before the first chunk.
func aviHead(src *archive.Export, rate aviRate, l *aviLayout) []byte {
	width, height := src.Dimensions()
	w, h := uint32(width), uint32(height)
	largest, frames := uint32(0), uint32(0)
	for i := range src.Pictures() {
		largest = max(largest, uint32(src.Picture(i).Size))
	}
	for _, r := range l.riffs {
		frames += r.frames
	}
	first := l.riffs[0]
	perFrame := uint32(uint64(rate.scale) * 1e6 / uint64(rate.rate)) // microseconds

	b := begin(make([]byte, 0, aviHeadSize), "RIFF", int(first.end-8), "AVI ")
	b = begin(b, "LIST", hdrlSize, "hdrl")
	b = begin(b, "avih", avihSize, "")
	b = words(b, perFrame, 0, 0, 0x10|0x800, first.frames, 0, 1, largest, w, h, 0, 0, 0, 0) // indexed, types are right
	b = begin(b, "LIST", strlSize, "strl")
	b = begin(b, "strh", strhSize, "vidsMJPG")
	b = words(b, 0, 0, 0, rate.scale, rate.rate, 0, frames, largest, 0xFFFFFFFF, 0)
	b = le.AppendUint64(b, uint64(uint16(width))<<32|uint64(uint16(height))<<48) // a rectangle
	b = begin(b, "strf", strfSize, "")
	b = words(b, strfSize, w, h, 1|24<<16)
	b = append(b, "MJPG"...)
	b = words(b, w*h*3, 0, 0, 0, 0)
	b = l.superIndex(b)
	b = begin(b, "LIST", odmlSize, "odml")
	b = begin(b, "dmlh", dmlhSize, "")
	b = words(b, frames)
	b = append(b, make([]byte, dmlhSize-4)...)
	return begin(b, "LIST", int(first.listed), "movi")
}

// superIndex appends the index of the indexes of all RIFFs.
func (l *aviLayout) superIndex(b []byte) []byte {
	b = begin(b, "indx", indxSize, "")
	b = le.AppendUint16(b, 4) // longs an entry
	b = append(b, 0, 0)       // an index of indexes
	b = words(b, uint32(len(l.riffs)))
	b = append(b, "00dc"...)
	b = words(b, 0, 0, 0)
	for _, r := range l.riffs {
		b = le.AppendUint64(b, uint64(r.index))
		b = words(b, r.length, r.frames)
	}
	return append(b, make([]byte, (maxRiffs-len(l.riffs))*16)...)
}
