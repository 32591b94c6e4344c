package mov

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"camhub/internal/record/disk"
)

// Writer writes one file. Samples may be called from anywhere; all else has one
// caller at a time. A Writer must be closed, or abandoned.
type Writer struct {
	f      *os.File
	info   Info
	size   int64 // of all that is whole
	frame  int64 // usual ticks between pictures
	dirty  bool  // written since the last sync
	header boxes // of a fragment, kept for its memory

	mu      sync.Mutex // guards samples, which has one writer
	samples []Sample
}

// Create makes the file of path, which must not be there, and writes its first
// boxes. They are not synced yet, and neither is the folder.
func Create(path string, in Info) (*Writer, error) {
	if in.Width < 1 || in.Width > MaxSize || in.Height < 1 || in.Height > MaxSize {
		return nil, fmt.Errorf("%w: a size of %d x %d", ErrRange, in.Width, in.Height)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	w := &Writer{f: f, info: in, frame: Timescale / 25, dirty: true}
	w.info.Start = time.Unix(0, in.Start.UnixNano()).UTC()
	var x boxes
	x.head(&w.info)
	if err := disk.Write2(f, 0, x.b, nil); err != nil {
		f.Close()
		os.Remove(path)
		return nil, err
	}
	w.size = int64(len(x.b))
	return w, nil
}

// Write appends a picture, from SOI to EOI, of the instant at. One that is not
// later than the last is put a tick behind it. On an error the file ends behind
// the last whole picture, as far as it can be cut there, and Write may be tried
// again; after ErrPicture and ErrRange nothing was tried.
func (w *Writer) Write(at time.Time, picture []byte) error {
	if n := len(picture); n < 4 || n > MaxPicture || !isPicture(picture, picture[n-2:]) {
		return fmt.Errorf("%w (%d bytes)", ErrPicture, n)
	}
	s := Sample{Offset: w.size + fragmentLen, Time: max(Ticks(at.Sub(w.info.Start)), 0), Size: uint32(len(picture))}
	frame := w.frame
	if n := len(w.samples); n > 0 {
		last := w.samples[n-1].Time
		s.Time = max(s.Time, last+1)
		frame = s.Time - last
	}
	if len(w.samples) >= MaxSamples || s.Time > maxTime {
		return fmt.Errorf("%w: picture %d at %v of the file", ErrRange, len(w.samples)+1, Duration(s.Time))
	}
	w.header.b = w.header.b[:0]
	w.header.fragment(w.info.Start, uint32(len(w.samples)+1), &s, uint32(min(frame, Timescale*3600)))
	w.dirty = true
	if err := disk.Write2(w.f, w.size, w.header.b, picture); err != nil {
		w.cut()
		return err
	}
	w.size = s.Offset + int64(s.Size)
	w.frame = frame
	w.mu.Lock()
	w.samples = append(w.samples, s)
	w.mu.Unlock()
	return nil
}

// cut takes away what lies behind the last whole picture. If that fails, readers
// stop there all the same.
func (w *Writer) cut() { _ = w.f.Truncate(w.size) }

// Sync makes all pictures so far survive a power cut. It does nothing when
// nothing was written since the last one.
func (w *Writer) Sync() error {
	if !w.dirty {
		return nil
	}
	if err := disk.Sync(w.f); err != nil {
		return err
	}
	w.dirty = false
	return nil
}

// Size returns how many bytes the file has so far.
func (w *Writer) Size() int64 { return w.size }

// Info returns what the file says of itself.
func (w *Writer) Info() Info { return w.info }

// File returns the file, for those who ask what became of it.
func (w *Writer) File() *os.File { return w.f }

// Index returns what was written so far. It stays as it is; its end is a guess.
func (w *Writer) Index() Index {
	w.mu.Lock()
	defer w.mu.Unlock()
	x := Index{Info: w.info, Samples: slices.Clip(w.samples)}
	if n := len(x.Samples); n > 0 {
		x.End = x.Samples[n-1].Time + Timescale/25
		if n > 1 {
			x.End = 2*x.Samples[n-1].Time - x.Samples[n-2].Time
		}
	}
	return x
}

// Close writes the index, syncs, and closes the file. The last picture lasts until
// the given instant, or as long as the one before if that is zero. When the index
// can't be written, the file stays as an unfinished one that ends behind the last
// whole picture, for Repair. Either way the Index that is returned holds the
// pictures that the file has. A file without a picture gives ErrEmpty.
func (w *Writer) Close(until time.Time) (Index, error) {
	x := w.Index()
	n := len(x.Samples)
	if n == 0 {
		w.Abandon()
		return x, ErrEmpty
	}
	if !until.IsZero() {
		x.End = Ticks(until.Sub(w.info.Start))
	}
	x.End = min(max(x.End, x.Samples[n-1].Time+1), maxTime)
	err := finish(w.f, w.size, &x)
	if err != nil {
		w.cut()
	}
	if e := w.f.Close(); err == nil {
		err = e
	}
	return x, err
}

// Abandon closes the file as it is: unfinished.
func (w *Writer) Abandon() { w.f.Close() }

// finish puts the index behind the fragments, which end at size, and turns them
// into one mdat. The index is on the disk before the head says that it is there.
func finish(f *os.File, size int64, x *Index) error {
	var b boxes
	b.moov(x.movie(x.Samples, x.End), &x.Info)
	if err := disk.Write2(f, size, b.b, nil); err != nil {
		return err
	}
	if err := disk.Sync(f); err != nil {
		return err
	}
	head := closedHead(size)
	if err := disk.Write2(f, ftypLen, head[:], nil); err != nil {
		return err
	}
	return disk.Sync(f)
}
