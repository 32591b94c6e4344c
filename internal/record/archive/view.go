package archive

import (
	"errors"
	"fmt"
	"os"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/record/mov"
)

// view is an open segment. While it is open, the segment is not deleted.
type view struct {
	a     *Archive
	id    camera.ID
	start int64
	f     *os.File
	x     mov.Index
	live  bool // it was being written when it was looked at last
}

// open opens the segment that begins at start. The caller closes it.
func (a *Archive) open(id camera.ID, start int64) (*view, error) {
	v := &view{a: a, id: id, start: start}
	a.mu.Lock()
	h := a.shelves[id]
	if h == nil || h.at(start) < 0 && !h.writes(start) {
		a.mu.Unlock()
		return nil, fault.New(fault.NotFound, "the recording of that time has been deleted")
	}
	h.opens[start]++
	a.mu.Unlock()
	err := v.read()
	if err == nil {
		return v, nil
	}
	v.close()
	if errors.Is(err, os.ErrNotExist) { // somebody else's hand
		a.mu.Lock()
		h.remove(start)
		a.mu.Unlock()
		a.log.Warn("segment is gone", "camera", id, "start", start)
		return nil, &fault.Error{Kind: fault.NotFound, Msg: "the recording of that time is no longer there", Err: err}
	}
	return nil, fmt.Errorf("open a recording of %s: %w", id, err)
}

// writes reports whether the segment that begins at start is being written.
func (h *shelf) writes(start int64) bool {
	return h.live != nil && h.live.w != nil && h.live.start == start
}

// read opens the file, if that has not been done, and takes its index: from memory
// while it is written.
func (v *view) read() error {
	v.a.mu.Lock()
	h := v.a.shelves[v.id]
	v.live = h.writes(v.start)
	if v.live {
		v.x = h.live.w.Index()
	}
	v.a.mu.Unlock()
	if v.live {
		if v.f != nil {
			return nil
		}
		f, err := os.Open(v.a.path(v.id, v.start))
		v.f = f
		return err
	}
	f, x, err := mov.Open(v.a.path(v.id, v.start))
	if err != nil {
		return err
	}
	if v.f != nil {
		v.f.Close()
	}
	v.f, v.x = f, x.Index
	return nil
}

// picture reads picture i into b, or into a larger buffer.
func (v *view) picture(i int, b []byte) ([]byte, error) {
	s := v.x.Samples[i]
	if cap(b) < int(s.Size) {
		b = make([]byte, s.Size)
	}
	b = b[:s.Size]
	if _, err := v.f.ReadAt(b, s.Offset); err != nil {
		return nil, fmt.Errorf("read a picture of %s: %w", v.id, err)
	}
	if s.Size < 2 || b[0] != 0xFF || b[1] != 0xD8 {
		return nil, fmt.Errorf("read a picture of %s: %w", v.id, mov.ErrPicture)
	}
	return b, nil
}

func (v *view) close() {
	if v.f != nil {
		v.f.Close()
	}
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	h := v.a.shelves[v.id]
	if h.opens[v.start]--; h.opens[v.start] == 0 {
		delete(h.opens, v.start)
	}
}
