package mov

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// File is what Read and Walk found in a file.
type File struct {
	Index
	Closed bool  // it has its index
	Whole  int64 // where the last whole fragment ends
	Size   int64 // of all of it; more than Whole is the index, or what was cut
}

// headMax is more than the first boxes take.
const headMax = 1024

// Read finds the pictures of a file of size bytes. A closed file takes two reads,
// of its first bytes and its index; an unfinished one, and one whose index can't
// be used, is walked. Errors wrap ErrFormat, or are those of r. The memory taken
// is bounded by a small multiple of the bytes that are really there.
func Read(r io.ReaderAt, size int64) (*File, error) {
	var b [ftypLen + freeLen]byte
	if err := readFull(r, b[:], 0, size); err != nil {
		return nil, err
	}
	if string(b[ftypLen+4:ftypLen+8]) == "mdat" {
		f, err := readIndex(r, b[ftypLen:], size)
		if err == nil || !errors.Is(err, ErrFormat) {
			return f, err
		}
	}
	return Walk(r, size)
}

// Open is Read for a file by its name. The caller closes what it returns.
func Open(path string) (*os.File, *File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%w: %s is no regular file", ErrFormat, path)
	}
	if err == nil {
		var x *File
		if x, err = Read(f, fi.Size()); err == nil {
			return f, x, nil
		}
	}
	f.Close()
	return nil, nil, fmt.Errorf("read %s: %w", path, err)
}

// readFull fills b from at, or says that the file is too short for that.
func readFull(r io.ReaderAt, b []byte, at, size int64) error {
	if at < 0 || size-at < int64(len(b)) {
		return fmt.Errorf("%w: it ends at byte %d", ErrFormat, size)
	}
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: it ends at byte %d", ErrFormat, at+int64(n))
		}
		return err
	}
	return nil
}

// readIndex reads the index at the end of a closed file, whose mdat begins with
// the bytes of header.
func readIndex(r io.ReaderAt, header []byte, size int64) (*File, error) {
	length := binary.BigEndian.Uint64(header[8:])
	if binary.BigEndian.Uint32(header) != 1 || length < freeLen || length > uint64(max(size-ftypLen-8, 0)) {
		return nil, fmt.Errorf("%w: an mdat of %d bytes", ErrFormat, length)
	}
	at := ftypLen + int64(length)
	if size-at > MaxSamples*24 {
		return nil, fmt.Errorf("%w: %d bytes behind the mdat", ErrFormat, size-at)
	}
	b := make([]byte, size-at)
	if err := readFull(r, b, at, size); err != nil {
		return nil, err
	}
	f := &File{Closed: true, Whole: at, Size: size}
	if n := binary.BigEndian.Uint32(b); int64(n) != size-at || string(b[4:8]) != "moov" {
		return nil, fmt.Errorf("%w: no index at byte %d", ErrFormat, at)
	}
	var p parsedMoov
	if err := p.parse(b[8:]); err != nil {
		return nil, err
	}
	if err := p.tables(&f.Index, at); err != nil {
		return nil, err
	}
	if len(f.Samples) == 0 {
		return nil, fmt.Errorf("%w: an index of nothing", ErrFormat)
	}
	return f, nil
}

// readHead reads the first boxes, and returns what they say and where they end.
func readHead(r io.ReaderAt, size int64) (in Info, end int64, err error) {
	b := make([]byte, min(headMax, max(size, 0)))
	if err := readFull(r, b, 0, size); err != nil {
		return in, 0, err
	}
	const at = ftypLen + freeLen
	if len(b) < at+8 || string(b[at+4:at+8]) != "moov" {
		return in, 0, fmt.Errorf("%w: no moov at byte %d", ErrFormat, at)
	}
	end = at + int64(binary.BigEndian.Uint32(b[at:]))
	if end < at+8 || end > int64(len(b)) {
		return in, 0, fmt.Errorf("%w: a moov up to byte %d", ErrFormat, end)
	}
	var p parsedMoov
	if err := p.parse(b[at+8 : end]); err != nil {
		return in, 0, err
	}
	var want boxes
	want.head(&p.info)
	copy(b[ftypLen:at], want.b[ftypLen:at]) // free or mdat
	if string(want.b) != string(b[:end]) {
		return in, 0, fmt.Errorf("%w: other first boxes", ErrFormat)
	}
	return p.info, end, nil
}
