package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"camhub/internal/camera"
	"camhub/internal/record/mov"
)

// loaders is how many cameras are read at once: enough for a disk and few cores.
const loaders = 4

// load reads what is in the folder. What is not called like the recorder's own is
// passed over.
func (a *Archive) load(ctx context.Context) error {
	entries, err := os.ReadDir(a.root)
	if err != nil {
		return err
	}
	ids := make(chan camera.ID)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex // guards failed
		failed error
	)
	for range loaders {
		wg.Go(func() {
			for id := range ids {
				if err := a.loadCamera(ctx, id); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, e := range entries {
		if id := camera.ID(e.Name()); e.IsDir() && id.Valid() && ctx.Err() == nil {
			ids <- id
		}
	}
	close(ids)
	wg.Wait()
	if failed == nil {
		failed = ctx.Err()
	}
	slices.Sort(a.started.Repaired)
	slices.Sort(a.started.Unreadable)
	return failed
}

// loadCamera reads the days of a camera and puts them on its shelf.
func (a *Archive) loadCamera(ctx context.Context, id camera.ID) error {
	days, err := os.ReadDir(filepath.Join(a.root, string(id)))
	if err != nil {
		return err
	}
	l := &loader{a: a, h: newShelf(id)}
	for _, d := range days {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if day, ok := parseDay(d.Name()); ok && d.IsDir() {
			if err := l.day(day); err != nil {
				return err
			}
		}
	}
	l.h.sort()
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.started
	s.Opened += l.opened
	s.Repaired = append(s.Repaired, l.repaired...)
	s.Unreadable = append(s.Unreadable, l.unreadable...)
	if len(l.h.segments) == 0 {
		return nil
	}
	s.Cameras++
	s.Segments += len(l.h.segments)
	s.Bytes += l.h.used
	a.shelves[id] = l.h
	for i := range l.h.segments {
		a.sequence = max(a.sequence, l.h.segments[i].Sequence)
	}
	return nil
}

// loader reads one camera.
type loader struct {
	a                    *Archive
	h                    *shelf
	opened               int
	repaired, unreadable []string

	names []int64 // starts of the files of a day, kept for its memory
}

// day reads the folder of the day that begins at day.
func (l *loader) day(day int64) error {
	dir := l.a.dayDir(l.h.id, day)
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	names, err := f.Readdirnames(-1)
	f.Close()
	if err != nil {
		return fmt.Errorf("list %s: %w", dir, err)
	}
	l.names = l.names[:0]
	for _, n := range names {
		if ms, ok := parseName(n); ok {
			l.names = append(l.names, day+ms)
		}
	}
	slices.Sort(l.names)
	known := readSidecar(dir)
	l.h.segments = slices.Grow(l.h.segments, len(l.names))
	k := 0
	for _, start := range l.names {
		for k < len(known) && known[k].Start < start {
			k++
		}
		if k < len(known) && known[k].Start == start {
			l.h.segments = append(l.h.segments, known[k])
			continue
		}
		l.open(start)
	}
	return nil
}

// readSidecar returns the segments in the sidecar of a folder by their start. What
// is broken in it is passed over: the files themselves are asked.
func readSidecar(dir string) []Segment {
	path := filepath.Join(dir, sidecarName)
	if fi, err := os.Lstat(path); err != nil || !fi.Mode().IsRegular() || fi.Size() > maxSidecar {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil || len(b) < len(sidecarMagic) || string(b[:len(sidecarMagic)]) != sidecarMagic {
		return nil
	}
	b = b[len(sidecarMagic):]
	ss := make([]Segment, 0, len(b)/recordLen)
	for ; len(b) >= recordLen; b = b[recordLen:] {
		if s, ok := parseRecord(b); ok {
			ss = append(ss, s)
		}
	}
	// Of two of one start the later one is right.
	slices.SortStableFunc(ss, func(x, y Segment) int { return cmp.Compare(x.Start, y.Start) })
	kept := ss[:0]
	for i, s := range ss {
		if i+1 == len(ss) || ss[i+1].Start != s.Start {
			kept = append(kept, s)
		}
	}
	return kept
}

// open reads a file that no sidecar knows, and closes it if a crash left it open.
// A file that can't be read is left alone.
func (l *loader) open(start int64) {
	l.opened++
	path := l.a.path(l.h.id, start)
	name, _ := filepath.Rel(l.a.root, path)
	s, repaired, err := adopt(path, start)
	switch {
	case errors.Is(err, mov.ErrEmpty):
		l.a.log.Info("removed a segment without a picture", "file", name)
		return
	case err != nil:
		l.unreadable = append(l.unreadable, name)
		l.a.log.Warn("segment can't be read", "file", name, "err", err)
		return
	case repaired:
		l.repaired = append(l.repaired, name)
		l.h.crash = true
		l.a.log.Warn("closed a segment that a crash left open", "file", name, "pictures", s.Pictures, "until", s.Until())
	}
	l.h.segments = append(l.h.segments, s)
	if !s.unfinished {
		if err := appendSidecar(filepath.Dir(path), &s); err != nil {
			l.a.log.Debug("sidecar", "err", err)
		}
	}
}

// adopt reads the segment of a file and closes it if it is open. One in which there
// is no picture is removed, with mov.ErrEmpty. One that can't be closed now, for
// want of room, is unfinished.
func adopt(path string, start int64) (s Segment, repaired bool, err error) {
	fi, err := os.Lstat(path)
	if err != nil {
		return s, false, err
	}
	if !fi.Mode().IsRegular() {
		return s, false, fmt.Errorf("%w: %v", mov.ErrFormat, fi.Mode())
	}
	f, x, err := mov.Open(path)
	if err != nil {
		if neverBegun(path, fi) {
			err = errors.Join(mov.ErrEmpty, os.Remove(path))
		}
		return s, false, err
	}
	f.Close()
	if !x.Closed {
		y, err := mov.Repair(path)
		switch {
		case errors.Is(err, mov.ErrEmpty):
			return s, false, errors.Join(mov.ErrEmpty, os.Remove(path))
		case err != nil:
			s = segmentOf(start, &x.Index, x.Size)
			s.unfinished = true
			return s, false, nil
		}
		x, repaired = y, true
		if fi, err = os.Lstat(path); err != nil {
			return s, false, err
		}
	}
	return segmentOf(start, &x.Index, fi.Size()), repaired, nil
}

// neverBegun reports whether a file is what a power cut leaves of one that was just
// made: short, and nothing or zeros.
func neverBegun(path string, fi fs.FileInfo) bool {
	if fi.Size() > 4096 {
		return false
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
