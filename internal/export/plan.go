package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"time"

	"camhub/internal/camera"
	"camhub/internal/record/archive"
)

// settle is how long after an instant all pictures of it are in the archive: the
// recorder's queue is shorter.
const settle = 5 * time.Second

// make makes the files of a job.
func (s *Service) make(ctx context.Context, j *job) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(time.Until(j.To.Add(settle)), settle)): // the clock may have been put back since
	}
	sources, err := s.plan(ctx, j)
	if err != nil {
		return err
	}
	defer func() { // those that nothing took over
		for _, src := range sources {
			if src != nil {
				src.Close()
			}
		}
	}()
	taken := make(map[string]bool)
	before := 0 // pictures of the files that are done
	var last time.Time
	for i, src := range sources {
		id := j.Cameras[i]
		f := &file{File: File{
			Name: j.fileName(s.c.Title(id), id, taken), Camera: id, MediaType: formats[j.Format].media,
			Pictures: src.Pictures(), DurationMS: src.Length().Milliseconds(),
		}}
		report := func(done int) { s.progress(j, &last, before+done) }
		if f.content, err = s.fill(ctx, j, f, src, i, report); err != nil {
			return err
		}
		if f.content != nil {
			sources[i] = nil
		}
		before += src.Pictures()
		s.mu.Lock()
		j.files, j.Files = append(j.files, f), append(j.Files, f.File)
		j.PicturesDone = before
		s.mu.Unlock()
	}
	return nil
}

// plan plans all files of a job, so that it is known how much there is to do.
func (s *Service) plan(ctx context.Context, j *job) (sources []*archive.Export, err error) {
	defer func() {
		if err != nil {
			for _, src := range sources {
				src.Close()
			}
		}
	}()
	n := 0
	for _, id := range j.Cameras {
		src, err := s.c.Archive.Export(ctx, id, j.From.Time, j.To.Time, j.options())
		if err != nil {
			return sources, err
		}
		sources = append(sources, src)
		n += src.Pictures()
		if others := s.planned(j); n+others > maxPictures {
			return sources, &failure{CodeTooLarge, fmt.Sprintf(
				"All exports together may have %d pictures, and others have %d: take a shorter range, fewer pictures a second, or remove an export.", maxPictures, others)}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j.Pictures = n
	s.touch(j)
	return sources, nil
}

// planned returns how many pictures are in the plans of other jobs.
func (s *Service) planned(j *job) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.jobs {
		if x != j && (x.State == Running || x.State == Ready && x.Format != H264) {
			n += x.Pictures
		}
	}
	return n
}

// fill makes file number i of a job of src. It returns the content that has taken
// src over, or nil for a file on the disk.
func (s *Service) fill(ctx context.Context, j *job, f *file, src *archive.Export, i int, report func(int)) (c content, err error) {
	switch j.Format {
	case H264:
		f.path = filepath.Join(s.path(j.ID), fmt.Sprintf("%d.mp4", i))
		return nil, s.encode(ctx, f, src, report)
	case ZIP:
		f.DurationMS = 0
		c, err = newZip(ctx, src, report)
	case AVI:
		c, err = newAVI(src)
	default:
		c = src
	}
	if err != nil {
		return nil, err
	}
	f.Size = c.Size()
	if f.ETag, err = tag(j.Format, f.Camera, src, c); err != nil {
		return nil, err
	}
	return c, nil
}

// tag returns an ETag of what a planned file is made of: its first bytes, and the
// sizes and times of all pictures. Files of one tag have the same bytes.
func tag(format Format, id camera.ID, src *archive.Export, c content) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d %d\n", format, id, src.Pictures(), c.Size())
	var b []byte
	for i := range src.Pictures() {
		p := src.Picture(i)
		b = le.AppendUint64(b[:0], uint64(p.Offset))
		b = le.AppendUint64(b, uint64(p.Time))
		b = le.AppendUint64(b, uint64(p.Taken.UnixNano()))
		h.Write(b)
	}
	if _, err := io.Copy(h, io.NewSectionReader(src, 0, src.Picture(0).Offset)); err != nil {
		return "", fmt.Errorf("tag: %w", err)
	}
	return quoted(h), nil
}

func quoted(h hash.Hash) string { return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"` }
