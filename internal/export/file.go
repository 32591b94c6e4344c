package export

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"sync/atomic"
	"time"

	"camhub/internal/fault"
)

// errRemoved ends the reading of a file whose job was removed.
var errRemoved = errors.New("read: the export was removed")

// file is a File with where its bytes are. Its fields are guarded by Service.mu,
// but for gone.
type file struct {
	File
	content content // that is planned, or nil
	path    string  // of one on the disk
	readers int
	gone    atomic.Bool
}

// drop has readers fail, and lets go of the content when there is none left.
// Called with mu held.
func (f *file) drop() error {
	f.gone.Store(true)
	if f.readers > 0 || f.content == nil {
		return nil
	}
	c := f.content
	f.content = nil
	return c.Close()
}

// read reports whether somebody reads a file of the job. Called with mu held.
func (j *job) read() bool {
	for _, f := range j.files {
		if f.readers > 0 {
			return true
		}
	}
	return false
}

// Download is a file that is being read. It is an io.ReadSeeker with one caller, and
// must be closed.
type Download struct {
	File

	s   *Service
	j   *job
	f   *file
	in  io.ReaderAt
	at  int64
	sum hash.Hash // of the bytes before at; nil when not all of them were read
}

// Open opens a file of a job; the name may be left out when there is only one.
// fault.NotFound says that there is none, fault.Conflict that the job is not ready.
func (s *Service) Open(id, name string) (*Download, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(id)
	if err != nil {
		return nil, err
	}
	s.look(j)
	switch {
	case j.State == Failed:
		return nil, fault.New(fault.Conflict, "This export has failed: %s", j.Error.Message)
	case j.State != Ready:
		return nil, fault.New(fault.Conflict, "This export is not ready yet: %.0f %% is done.", 100*j.Progress)
	case name == "" && len(j.files) > 1:
		return nil, fault.New(fault.Conflict, "This export has %d files: add the name of one to the address.", len(j.files))
	}
	for _, f := range j.files {
		if name == "" || name == f.Name {
			return s.open(j, f)
		}
	}
	return nil, fault.New(fault.NotFound, "This export has no file %q.", name)
}

// open opens a file. Called with mu held.
func (s *Service) open(j *job, f *file) (*Download, error) {
	d := &Download{File: f.File, s: s, j: j, f: f, in: f.content}
	if f.content == nil {
		in, err := os.Open(f.path)
		if err != nil {
			return nil, err
		}
		d.in = in
	}
	if f.SHA256 == nil {
		d.sum = sha256.New()
	}
	f.readers++
	return d, nil
}

// Read implements io.Reader. It fails once the job is removed.
func (d *Download) Read(b []byte) (int, error) {
	if d.f.gone.Load() {
		return 0, errRemoved
	}
	if d.at >= d.Size {
		return 0, io.EOF
	}
	n, err := d.in.ReadAt(b[:min(int64(len(b)), d.Size-d.at)], d.at)
	d.at += int64(n)
	if d.sum != nil {
		d.sum.Write(b[:n])
		if d.at == d.Size {
			d.known(hex.EncodeToString(d.sum.Sum(nil)))
			d.sum = nil
		}
	}
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Seek implements io.Seeker.
func (d *Download) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += d.at
	case io.SeekEnd:
		off += d.Size
	}
	if off < 0 {
		return 0, errors.New("seek: before the beginning")
	}
	if d.sum != nil && off != d.at {
		d.sum = nil // not all bytes come by
		if off == 0 {
			d.sum = sha256.New()
		}
	} else if d.sum == nil && off == 0 && d.SHA256 == nil {
		d.sum = sha256.New()
	}
	d.at = off
	return off, nil
}

// known notes the checksum of a file that was read from beginning to end.
func (d *Download) known(sum string) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	if d.j.removed || d.f.SHA256 != nil {
		return
	}
	d.f.SHA256 = &sum
	for i := range d.j.Files {
		if d.j.files[i] == d.f {
			d.j.Files[i].SHA256 = &sum
		}
	}
	d.s.touch(d.j)
}

// Close ends the reading, and puts off the end of the job.
func (d *Download) Close() error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	var err error
	if c, ok := d.in.(*os.File); ok {
		err = c.Close()
	}
	d.f.readers--
	if d.f.gone.Load() {
		return errors.Join(err, d.f.drop())
	}
	d.s.extend(d.j, time.Now().UTC())
	d.s.touch(d.j)
	return err
}
