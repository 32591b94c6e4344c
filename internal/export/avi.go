package export

import (
	"math"

	"camhub/internal/fault"
	"camhub/internal/record/archive"
	"camhub/internal/record/mov"
)

// Bounds of an AVI file.
const (
	riffLimit = 1 << 30 // bytes of one RIFF; more follow (OpenDML 1.02, "Large AVI files")
	maxRiffs  = 256     // that the index of indexes has room for
	maxFrames = 8 << 20 // shown or repeated
)

// aviRate is the number of frames a second, as a fraction.
type aviRate struct{ rate, scale uint32 }

// frame returns the number of the frame that is shown at a time.
func (r aviRate) frame(ticks int64) int64 {
	return int64(math.Round(float64(ticks) * float64(r.rate) / float64(r.scale) / mov.Timescale))
}

// rateWindow is how many pictures in a row say what the rate is.
const rateWindow = 64

// rateOf returns the highest rate that is kept up. An AVI has one rate: with the
// mean one, a camera that slows down at night would lag by day. With the highest,
// every picture has a frame near its time, and frames between are repeats.
func rateOf(src *archive.Export) aviRate {
	n := src.Pictures()
	w := min(rateWindow, n-1)
	best := 0.1
	for i := 0; i+w < n; i += max(w/4, 1) {
		if d := src.Picture(i+w).Time - src.Picture(i).Time; d > 0 {
			best = max(best, float64(w)*mov.Timescale/float64(d))
		}
	}
	return aviRate{uint32(math.Ceil(min(best, MaxFPS) * 1000)), 1000}
}

// aviFile is Motion JPEG in AVI. Each picture is a frame; a frame that repeats the
// one before is an empty chunk, so that time is right to half a frame and no byte of
// a picture is there twice. The records of the splice are the pictures, and the end.
type aviFile struct {
	splice
	frames  []uint32       // that picture i is
	between map[int][]byte // where one RIFF ends and the next begins, or the file ends
	head    []byte
}

// newAVI plans a file. It reads no picture, and takes src over unless it fails:
// fault.TooLarge says that it would be too long.
func newAVI(src *archive.Export) (*aviFile, error) {
	return planAVI(src, riffLimit)
}

func planAVI(src *archive.Export, limit int64) (*aviFile, error) {
	n := src.Pictures()
	rate := rateOf(src)
	a := &aviFile{splice: splice{src: src}, frames: make([]uint32, n), between: make(map[int][]byte)}
	a.bytes = a.record
	next := int64(0)
	for i := range n {
		f := max(rate.frame(src.Picture(i).Time), next)
		if f >= maxFrames {
			return nil, fault.New(fault.TooLarge, "this can't be one AVI file: more than %d frames at a constant rate; mov has no such bound", maxFrames)
		}
		a.frames[i], next = uint32(f), f+1
	}
	l := newAVILayout(limit)
	for i := range n {
		l.picture(a, i)
	}
	a.starts = append(a.starts, l.at)
	a.between[n] = l.finish(a, n)
	a.starts = append(a.starts, l.at)
	if len(l.riffs) > maxRiffs {
		return nil, fault.New(fault.TooLarge, "this can't be one AVI file: more than %d GiB", maxRiffs*(limit>>30))
	}
	a.head = aviHead(src, rate, l)
	return a, nil
}

// repeats returns how many empty frames stand before picture i.
func (a *aviFile) repeats(i int) int {
	if i == 0 {
		return 0
	}
	return int(a.frames[i] - a.frames[i-1] - 1)
}

// padded reports whether a byte is missing to an even place behind picture i-1.
func (a *aviFile) padded(i int) bool { return i > 0 && a.src.Picture(i-1).Size%2 == 1 }

// record returns what stands before picture i.
func (a *aviFile) record(i int) []byte {
	var b []byte
	if i == 0 {
		b = append(b, a.head...)
	}
	if a.padded(i) {
		b = append(b, 0)
	}
	b = append(b, a.between[i]...)
	if i == a.src.Pictures() {
		return b
	}
	for range a.repeats(i) {
		b = append(b, "00dc\x00\x00\x00\x00"...)
	}
	b = append(b, "00dc"...)
	return le.AppendUint32(b, uint32(a.src.Picture(i).Size))
}
