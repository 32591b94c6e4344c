package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/disk"
)

// Kind is a class of things that a check finds.
type Kind string

// What can be found. Those of the second group are no faults.
const (
	Unfinished Kind = "unfinished" // not closed, as a crash leaves it; repaired by closing it
	Empty      Kind = "empty"      // no whole picture in it; repaired by removing it
	Damaged    Kind = "damaged"    // some of its pictures are not whole; can't be repaired
	Unreadable Kind = "unreadable" // called like a segment and none; can't be repaired
	Unindexed  Kind = "unindexed"  // a file that the sidecar does not know; repaired
	Differs    Kind = "differs"    // its sidecar says something other than the file; repaired

	Misnamed Kind = "misnamed" // called after another time than it says; can't be repaired

	Foreign Kind = "foreign"       // not of the recorder; left alone
	Overlap Kind = "overlap"       // recorded twice by its times: the clock was put back
	Hole    Kind = "hole"          // nothing recorded, and no file says why
	Writing Kind = "being_written" // by the hub, which runs
)

// Fault reports whether it is one.
func (k Kind) Fault() bool {
	switch k {
	case Foreign, Overlap, Hole, Writing:
		return false
	}
	return true
}

// Finding is one thing that a check found.
type Finding struct {
	Kind     Kind
	Path     string // from the folder of the recordings
	Detail   string
	Repaired bool
}

// Report is what a check found.
type Report struct {
	Running  bool // a hub uses the folder meanwhile
	Cameras  int
	Segments int
	Pictures int64
	Bytes    int64
	Findings []Finding // at most maxFindings
	Faults   int       // that are not repaired, also of those beyond Findings
	Repaired int
}

// maxFindings bounds a report.
const maxFindings = 10000

// Clean reports whether there is no fault, or none any more.
func (r *Report) Clean() bool { return r.Faults == 0 }

func (r *Report) add(f Finding) {
	switch {
	case !f.Kind.Fault():
	case f.Repaired:
		r.Repaired++
	default:
		r.Faults++
	}
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}

// Check reads every picture's ends and header in every file of a folder, and
// compares files and sidecars. With repair it closes what is unfinished, removes
// what is empty, and writes wrong sidecars anew; then no hub may use the folder
// (disk.ErrLocked). Without, it changes nothing, and what a hub is writing meanwhile
// is no fault. Findings are in the report; an error is what kept it from looking.
func Check(ctx context.Context, root string, repair bool) (*Report, error) {
	c := &checker{ctx: ctx, root: root, repair: repair}
	lock, err := disk.Lock(root)
	switch {
	case err == nil:
		defer lock.Close()
	case errors.Is(err, disk.ErrLocked) && !repair:
		c.Running = true
	default:
		return nil, fmt.Errorf("look at the recordings: %w", err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("look at the recordings: %w", err)
	}
	for _, e := range entries {
		if id := camera.ID(e.Name()); !e.IsDir() || !id.Valid() {
			c.add(Finding{Kind: Foreign, Path: e.Name()})
		} else if err := c.camera(id); err != nil {
			return nil, fmt.Errorf("check %s: %w", id, err)
		}
	}
	return &c.Report, nil
}

type checker struct {
	Report
	ctx    context.Context
	root   string
	repair bool
	h      *shelf // of the camera at hand
}

func (c *checker) camera(id camera.ID) error {
	c.h = newShelf(id)
	entries, err := os.ReadDir(filepath.Join(c.root, string(id)))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(string(id), e.Name())
		if day, ok := parseDay(e.Name()); ok && e.IsDir() {
			if err := c.day(name, day); err != nil {
				return err
			}
		} else {
			c.add(Finding{Kind: Foreign, Path: name})
		}
	}
	if len(c.h.segments) > 0 {
		c.Cameras++
	}
	c.order()
	return nil
}

// day checks the folder of a day.
func (c *checker) day(dir string, day int64) error {
	entries, err := os.ReadDir(filepath.Join(c.root, dir))
	if err != nil {
		return err
	}
	known := make(map[int64]Segment)
	for _, s := range readSidecar(filepath.Join(c.root, dir)) {
		known[s.Start] = s
	}
	first, good := len(c.h.segments), true
	for _, e := range entries {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		name := filepath.Join(dir, e.Name())
		ms, ok := parseName(e.Name())
		if !ok || !e.Type().IsRegular() {
			if e.Name() != sidecarName {
				c.add(Finding{Kind: Foreign, Path: name})
			}
			continue
		}
		s, ok := c.file(name, day+ms)
		if !ok {
			continue
		}
		c.h.segments = append(c.h.segments, s)
		if s.unfinished {
			continue
		}
		was, is := known[s.Start]
		if fi, err := e.Info(); c.Running && was != s && err == nil && justWritten(fi) {
			was, is = c.await(dir, &s)
		}
		if c.compare(name, &s, &was, is) {
			good = false
		}
	}
	// What else the sidecar knows has been deleted, by whatever rule: its records stay.
	if !good && c.repair {
		return c.rewrite(dir, c.h.segments[first:])
	}
	return nil
}

// closing is how long after a file was closed its sidecar may not know it yet.
const closing = 5 * time.Second

// justWritten reports whether a file was written to a moment ago.
func justWritten(fi os.FileInfo) bool { return time.Since(fi.ModTime()) < closing }

// await returns what the sidecar says of a segment when the hub, which runs, has had the
// time to write down that it is closed.
func (c *checker) await(dir string, s *Segment) (was Segment, is bool) {
	for end := time.Now().Add(closing); ; time.Sleep(20 * time.Millisecond) {
		for _, x := range readSidecar(filepath.Join(c.root, dir)) {
			if x.Start == s.Start {
				was, is = x, true
			}
		}
		if was == *s || time.Now().After(end) || c.ctx.Err() != nil {
			return was, is
		}
	}
}

// compare reports whether a sidecar does not know what it should of a segment.
func (c *checker) compare(name string, s, was *Segment, is bool) bool {
	switch {
	case !is:
		c.add(Finding{Kind: Unindexed, Path: name, Repaired: c.repair})
	case *was != *s:
		c.add(Finding{Kind: Differs, Path: name, Repaired: c.repair,
			Detail: fmt.Sprintf("%d bytes and %d pictures until %v, and not %d and %d until %v",
				s.Size, s.Pictures, s.Until(), was.Size, was.Pictures, was.Until())})
	default:
		return false
	}
	return true
}

// rewrite writes the sidecar of a folder from its files.
func (c *checker) rewrite(dir string, ss []Segment) error {
	var closed []Segment
	for _, s := range ss {
		if !s.unfinished {
			closed = append(closed, s)
		}
	}
	return writeSidecar(filepath.Join(c.root, dir), closed)
}

// order looks for what overlaps and what is missing between the segments of a
// camera.
func (c *checker) order() {
	c.h.sort()
	last := int64(-1)
	for i := range c.h.segments {
		s := &c.h.segments[i]
		path := filepath.Join(string(c.h.id), s.From().Format(dayLayout), s.From().Format(nameLayout))
		switch by := s.Start - last; {
		case last < 0:
		case by < -1: // a millisecond is rounding
			c.add(Finding{Kind: Overlap, Path: path, Detail: fmt.Sprintf("by %v", -time.Duration(by)*time.Millisecond)})
		case by > slack && s.Gap == None:
			c.add(Finding{Kind: Hole, Path: path, Detail: fmt.Sprintf("of %v before it", time.Duration(by)*time.Millisecond)})
		}
		last = max(last, s.end())
	}
}
