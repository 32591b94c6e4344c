package mov

import (
	"fmt"
	"io"
	"os"
	"slices"

	"camhub/internal/record/disk"
)

// Walk goes from fragment to fragment and verifies each, in one read of 140 bytes a
// picture. It stops at the first that is not whole. Of a closed file, File.Closed
// also says that its index agrees with the fragments. Errors are those of Read.
func Walk(r io.ReaderAt, size int64) (*File, error) {
	in, at, err := readHead(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{Index: Index{Info: in}, Whole: at, Size: size}
	if err := f.walk(r); err != nil {
		return nil, err
	}
	var b [freeLen]byte
	if err := readFull(r, b[:], ftypLen, size); err != nil {
		return nil, err
	}
	if len(f.Samples) > 0 && b == closedHead(f.Whole) {
		x, err := readIndex(r, b[:], size)
		if err == nil && x.Info == f.Info && slices.Equal(x.Samples, f.Samples) {
			return x, nil
		}
	}
	return f, nil
}

// walk reads fragments from f.Whole on.
func (f *File) walk(r io.ReaderAt) error {
	const tail = 2 // the EOI of a picture is read with the next header
	var (
		b       [tail + fragmentLen + 2]byte
		scratch boxes
		pending Sample // its header is good, its end not seen yet
		length  uint32
	)
	for at := f.Whole; ; {
		n := int(min(int64(len(b)), f.Size-at+tail))
		if err := readFull(r, b[:n], at-tail, f.Size); err != nil {
			return err
		}
		if pending.Size > 0 {
			if !isPicture([]byte{0xFF, 0xD8}, b[:tail]) {
				return nil
			}
			f.Samples = append(f.Samples, pending)
			f.Whole, f.End = at, pending.Time+int64(length)
		}
		if n < len(b) || len(f.Samples) == MaxSamples {
			return nil
		}
		var ok bool
		pending, length, ok = parseFragment(b[tail:], f.Start, uint32(len(f.Samples)+1), at, &scratch)
		next := pending.Offset + int64(pending.Size)
		if !ok || length == 0 || next > f.Size || pending.Time < f.lastTime()+1 || b[tail+fragmentLen] != 0xFF || b[tail+fragmentLen+1] != 0xD8 {
			return nil
		}
		at = next
	}
}

func (f *File) lastTime() int64 {
	if n := len(f.Samples); n > 0 {
		return f.Samples[n-1].Time
	}
	return -1
}

// Repair closes the file of path: it cuts what lies behind the last whole fragment
// and writes the index. A file with an index that can be used is left as it is. When there is no whole
// picture it gives ErrEmpty and changes nothing. File.Size of the result is the
// size before, its Whole says what was kept.
func Repair(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	x, err := Read(f, fi.Size())
	switch {
	case err != nil:
		return nil, fmt.Errorf("repair %s: %w", path, err)
	case x.Closed:
		return x, nil
	case len(x.Samples) == 0:
		return x, fmt.Errorf("repair %s: %w", path, ErrEmpty)
	}
	if err := disk.Write2(f, ftypLen, []byte(openHead), nil); err != nil {
		return nil, err
	}
	if err := f.Truncate(x.Whole); err != nil {
		return nil, fmt.Errorf("cut %s: %w", path, err)
	}
	if err := finish(f, x.Whole, &x.Index); err != nil {
		return nil, err
	}
	x.Closed = true
	return x, nil
}
