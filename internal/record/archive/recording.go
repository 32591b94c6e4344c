package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"camhub/internal/atomicfile"
	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/disk"
	"camhub/internal/record/mov"
)

// ErrLost says that a file that is being written is no longer in its folder.
var ErrLost = errors.New("archive: the file was taken away while it was written")

// nameTries is how many milliseconds after its start a segment may be called, when
// the clock was put back and there are files of that time.
const nameTries = 2000

// Recording is the segment of a camera that is being written. It has one caller at a
// time; others see what it holds through the archive. It must be closed.
type Recording struct {
	a     *Archive
	id    camera.ID
	start int64
	path  string
	w     *mov.Writer

	size     atomic.Int64
	pictures atomic.Int64
	until    atomic.Int64 // Unix milliseconds
}

// NewSegment describes the segment to be made. Width and height are those of all its
// pictures.
type NewSegment struct {
	Camera        camera.ID
	Start         time.Time // of its first picture
	Width, Height int
	Gap           Gap
}

// Create begins a segment. A camera has one at a time. When less than the free
// space of the policy is left it deletes what is oldest first, and gives ErrFull if
// nothing may be deleted. Other errors are those of the file system; ErrMoved says
// that it is another one than before.
func (a *Archive) Create(ctx context.Context, n NewSegment) (*Recording, error) {
	if !n.Camera.Valid() {
		return nil, fault.New(fault.Invalid, "%q is no camera", n.Camera)
	}
	if err := checkTime(n.Start); err != nil {
		return nil, err
	}
	if err := a.admit(ctx); err != nil {
		return nil, err
	}
	r := &Recording{a: a, id: n.Camera}
	in := mov.Info{Start: n.Start, Width: n.Width, Height: n.Height, Gap: uint8(n.Gap)}
	a.mu.Lock()
	h := a.shelf(n.Camera)
	if h.live != nil {
		a.mu.Unlock()
		return nil, fault.New(fault.Conflict, "camera %q is being recorded", n.Camera)
	}
	a.sequence++
	in.Sequence = a.sequence
	r.until.Store(n.Start.UnixMilli())
	r.start = n.Start.UnixMilli() // so that nothing deletes the folder
	h.live = r
	a.mu.Unlock()
	if err := r.create(in); err != nil {
		a.mu.Lock()
		h.live = nil
		a.mu.Unlock()
		return nil, fmt.Errorf("begin a segment of %s: %w", n.Camera, err)
	}
	a.mu.Lock()
	h.paused, h.first, h.crash = nil, false, false
	a.mu.Unlock()
	return r, nil
}

// create makes the file, in a folder that is made if need be, under the first free
// name.
func (r *Recording) create(in mov.Info) error {
	start := in.Start.UnixMilli()
	for try := int64(0); ; try++ {
		path := r.a.path(r.id, start+try)
		if err := r.a.makeDir(filepath.Dir(path)); err != nil {
			return err
		}
		w, err := mov.Create(path, in)
		if errors.Is(err, os.ErrExist) && try < nameTries ||
			errors.Is(err, os.ErrNotExist) && try == 0 { // the folder was tidied away
			continue
		}
		if err != nil {
			return err
		}
		if err := atomicfile.SyncDir(filepath.Dir(path)); err != nil {
			w.Abandon()
			os.Remove(path)
			return err
		}
		r.a.mu.Lock()
		r.start, r.path, r.w = start+try, path, w
		r.a.mu.Unlock()
		r.size.Store(w.Size())
		return nil
	}
}

// makeDir makes the folder of a day, and those above it, and syncs what it made.
func (a *Archive) makeDir(dir string) error {
	if device, err := disk.Device(dir); err == nil {
		if device != a.device {
			return ErrMoved
		}
		return nil
	}
	// The root first: where it was taken away, what is in its place must not be
	// another disk.
	for _, d := range []string{a.root, filepath.Dir(dir), dir} {
		if err := a.makeOne(d); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) makeOne(dir string) error {
	err := os.Mkdir(dir, 0o755)
	made := err == nil
	if err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	device, err := disk.Device(dir)
	if err == nil && device != a.device {
		err = ErrMoved
	}
	if !made {
		return err
	}
	if err != nil {
		return errors.Join(err, os.Remove(dir))
	}
	return atomicfile.SyncDir(filepath.Dir(dir))
}

// Write appends a picture; see mov.Writer.Write.
func (r *Recording) Write(at time.Time, picture []byte) error {
	if err := r.w.Write(at, picture); err != nil {
		return err
	}
	r.size.Store(r.w.Size())
	r.pictures.Add(1)
	r.until.Store(at.UnixMilli() + 1)
	return nil
}

// Sync makes what was written survive a power cut, and looks whether the file is
// still where it was made: ErrLost says that it is not.
func (r *Recording) Sync() error {
	if err := r.w.Sync(); err != nil {
		return err
	}
	there, err := os.Lstat(r.path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = ErrLost
		}
		return err
	}
	mine, err := r.w.File().Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(there, mine) {
		return ErrLost
	}
	return nil
}

// Start returns the instant that the segment is called after.
func (r *Recording) Start() time.Time { return time.UnixMilli(r.start).UTC() }

// Size returns the bytes of the file so far.
func (r *Recording) Size() int64 { return r.size.Load() }

// Pictures returns how many pictures it has so far.
func (r *Recording) Pictures() int { return int(r.pictures.Load()) }

// Close finishes the segment and puts it into the index, also when it gives an
// error: then the segment ends behind its last whole picture, and is finished
// later. Its last picture lasts until the given instant; zero: as long as the one
// before. A segment without a picture is removed.
func (r *Recording) Close(until time.Time) error {
	x, err := r.w.Close(until)
	if len(x.Samples) == 0 {
		r.forget()
		return ignoreMissing(os.Remove(r.path))
	}
	fi, e := os.Lstat(r.path)
	if e != nil {
		r.forget()
		return errors.Join(err, e)
	}
	s := segmentOf(r.start, &x, fi.Size())
	s.unfinished = err != nil
	if err == nil {
		if e := appendSidecar(filepath.Dir(r.path), &s); e != nil {
			r.a.log.Debug("sidecar", "camera", r.id, "err", e) // the file is asked at the next start
		}
	}
	r.a.mu.Lock()
	h := r.a.shelf(r.id)
	h.live = nil
	h.add(s)
	r.a.mu.Unlock()
	r.a.sweepSoon()
	if err != nil {
		return fmt.Errorf("finish %s: %w", r.path, err)
	}
	return nil
}

// Drop gives the segment up as it is: its file is gone, or can't be trusted. What
// is left of it is found at the next start.
func (r *Recording) Drop() {
	r.w.Abandon()
	r.forget()
}

func (r *Recording) forget() {
	r.a.mu.Lock()
	defer r.a.mu.Unlock()
	r.a.shelf(r.id).live = nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// pause is why a camera is not recorded at the moment.
type pause struct {
	gap   Gap
	since time.Time
}

// Pause says that a camera is not recorded from an instant on, and why. The next
// Create ends it; None says that nothing is known of it.
func (a *Archive) Pause(id camera.ID, gap Gap, since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelf(id)
	h.paused = nil
	if gap != None {
		h.paused = &pause{gap, since}
	}
}

// Before returns why a camera was not recorded until now, as far as the archive
// knows: the hub was stopped or had crashed when this is the first segment since it
// was opened, else recording was switched off.
func (a *Archive) Before(id camera.ID) Gap {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.shelf(id)
	switch {
	case len(h.segments) == 0:
		return None
	case !h.first:
		return Off
	case h.crash:
		return Crashed
	}
	return Stopped
}
