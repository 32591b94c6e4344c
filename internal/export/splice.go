package export

import (
	"fmt"
	"io"
	"sort"

	"camhub/internal/record/archive"
)

// content is a file of which any part can be read, by many at once. It must be
// closed.
type content interface {
	io.ReaderAt
	Size() int64
	Close() error
}

// splice is a file of records: each is some bytes and then a picture of src, but
// for the last ones, which are bytes alone. Nothing of it is kept but where the
// records begin.
type splice struct {
	src    *archive.Export
	starts []int64            // of the records, and one more for the end
	bytes  func(i int) []byte // of record i, before its picture
}

// Size implements content.
func (s *splice) Size() int64 { return s.starts[len(s.starts)-1] }

// Close implements content.
func (s *splice) Close() error { return s.src.Close() }

// ReadAt implements io.ReaderAt.
func (s *splice) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("read: offset %d", off)
	}
	i := sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > off }) - 1
	for ; n < len(b) && i < len(s.starts)-1; i++ {
		k, err := s.read(b[n:], i, off-s.starts[i])
		n, off = n+k, off+int64(k)
		if err != nil {
			return n, err
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// read reads from byte skip of record i, up to its end.
func (s *splice) read(b []byte, i int, skip int64) (n int, err error) {
	front := s.bytes(i)
	if skip < int64(len(front)) {
		n = copy(b, front[skip:])
		skip += int64(n)
	}
	if n == len(b) || i >= s.src.Pictures() {
		return n, nil
	}
	p := s.src.Picture(i)
	skip -= int64(len(front))
	part := b[n:min(len(b), n+p.Size-int(skip))]
	k, err := s.src.ReadAt(part, p.Offset+skip)
	if k == len(part) {
		err = nil
	}
	return n + k, err
}
