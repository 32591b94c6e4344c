package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"camhub/internal/record/mov"
)

// errNeverBegun says that a file ends before its first picture.
var errNeverBegun = errors.New("archive: the file was never begun")

// open opens a file. One that the hub, which runs, was just making is looked at again.
func (c *checker) open(path string) (*os.File, *mov.File, error) {
	for end := time.Now().Add(closing); ; time.Sleep(20 * time.Millisecond) {
		f, x, err := mov.Open(path)
		if err == nil {
			return f, x, nil
		}
		fi, e := os.Lstat(path)
		if e == nil && neverBegun(path, fi) {
			return nil, nil, errNeverBegun
		}
		if e != nil || !c.Running || !justWritten(fi) || time.Now().After(end) || c.ctx.Err() != nil {
			return nil, nil, err
		}
	}
}

// file checks one file that is called like a segment. It is not ok when there is no
// segment in it, or none any more.
func (c *checker) file(name string, start int64) (s Segment, ok bool) {
	path := filepath.Join(c.root, name)
	f, x, err := c.open(path)
	switch {
	case errors.Is(err, errNeverBegun):
		c.empty(name)
		return s, false
	case c.Running && errors.Is(err, os.ErrNotExist):
		return s, false // the hub has deleted it meanwhile
	case err != nil:
		c.add(Finding{Kind: Unreadable, Path: name, Detail: err.Error()})
		return s, false
	}
	defer f.Close()
	if x.Closed {
		c.verify(name, f, x)
		s = segmentOf(start, &x.Index, x.Size)
	} else if s, ok = c.unfinished(name, start, x); !ok {
		return s, false
	}
	if d := x.Start.UnixMilli() - start; d > 0 || d < -nameTries {
		c.add(Finding{Kind: Misnamed, Path: name, Detail: fmt.Sprintf("it says that it begins at %v", x.Start)})
	}
	c.Segments++
	c.Pictures += int64(s.Pictures)
	c.Bytes += s.Size
	return s, true
}

// verify compares a closed file with its fragments.
func (c *checker) verify(name string, f *os.File, x *mov.File) {
	w, err := mov.Walk(f, x.Size)
	switch {
	case err != nil:
		c.add(Finding{Kind: Damaged, Path: name, Detail: err.Error()})
	case !w.Closed:
		c.add(Finding{Kind: Damaged, Path: name, Detail: fmt.Sprintf("of %d pictures, number %d is not whole", len(x.Samples), len(w.Samples)+1)})
	}
}

// unfinished checks, and closes, a file that has no index of its own.
func (c *checker) unfinished(name string, start int64, x *mov.File) (s Segment, ok bool) {
	s = segmentOf(start, &x.Index, x.Size)
	s.unfinished = true
	if c.Running {
		c.add(Finding{Kind: Writing, Path: name})
		return s, len(x.Samples) > 0
	}
	if len(x.Samples) == 0 {
		c.empty(name)
		return s, false
	}
	found := Finding{Kind: Unfinished, Path: name, Detail: fmt.Sprintf("%d pictures, %d bytes behind them", len(x.Samples), x.Size-x.Whole)}
	if c.repair {
		var err error
		if s, found.Repaired, err = adopt(filepath.Join(c.root, name), start); err != nil {
			found.Detail = err.Error()
		}
	}
	c.add(found)
	return s, true
}

// empty reports, and removes, a file without a picture.
func (c *checker) empty(name string) {
	found := Finding{Kind: Empty, Path: name}
	if c.repair {
		err := os.Remove(filepath.Join(c.root, name))
		found.Repaired = err == nil || errors.Is(err, os.ErrNotExist)
	} else if c.Running {
		found.Kind = Writing
	}
	c.add(found)
}
