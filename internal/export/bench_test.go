package export

import (
	"crypto/rand"
	"io"
	"os"
	"testing"
	"time"

	"camhub/internal/record/archive"
)

// hour records an hour of 15 pictures a second and 25 kB, in segments of a minute.
func hour(b *testing.B, a *archive.Archive) (bytes int64) {
	b.Helper()
	p := picture(1, 1280, 720)[:20]
	p = append(p, make([]byte, 25_000)...)
	_, _ = rand.Read(p[20:]) // never fails
	p = append(p, 0xFF, 0xD9)
	for m := range 60 {
		start := t0.Add(time.Duration(m) * time.Minute)
		r, err := a.Create(b.Context(), archive.NewSegment{Camera: "front", Start: start, Width: 1280, Height: 720})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 900 {
			if err := r.Write(start.Add(time.Duration(i)*time.Second/15), p); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.Close(time.Time{}); err != nil {
			b.Fatal(err)
		}
		bytes += 900 * int64(len(p))
	}
	return bytes
}

// BenchmarkHour exports an hour of one camera in every planned format, from the
// request to the last byte on a disk, beside a bare copy of as many bytes. It prints
// how many times faster than real time that is, and how often the time of the copy.
func BenchmarkHour(b *testing.B) {
	a := openArchive(b)
	bytes := hour(b, a)
	s := openService(b, a, b.TempDir())
	write := func(b *testing.B, r io.Reader, n int64) {
		f, err := os.CreateTemp(b.TempDir(), "out")
		if err != nil {
			b.Fatal(err)
		}
		defer os.Remove(f.Name())
		defer f.Close()
		if got, err := io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{r}, make([]byte, 256<<10)); err != nil || got != n {
			b.Fatal(got, err)
		}
	}
	bare := func(b *testing.B) time.Duration {
		f, err := os.CreateTemp(b.TempDir(), "in")
		if err != nil {
			b.Fatal(err)
		}
		defer os.Remove(f.Name())
		defer f.Close()
		chunk := make([]byte, 1<<20)
		for range bytes >> 20 {
			if _, err := f.Write(chunk); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		write(b, f, bytes>>20<<20)
		return time.Since(start)
	}
	for _, format := range []Format{MOV, AVI, ZIP} {
		b.Run(string(format), func(b *testing.B) {
			var took, copied time.Duration
			n := 0
			for b.Loop() {
				b.StopTimer()
				copied += bare(b)
				b.StartTimer()
				start := time.Now()
				j := export(b, s, format, nil)
				d, err := s.Open(j.ID, "")
				if err != nil {
					b.Fatal(err)
				}
				write(b, d, d.Size)
				took += time.Since(start)
				n++
				if err := d.Close(); err != nil || j.Pictures != 60*900 {
					b.Fatal(j.Pictures, err)
				}
				if err := s.Remove(j.ID); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*time.Hour.Seconds()/took.Seconds(), "x-real-time")
			b.ReportMetric(took.Seconds()/copied.Seconds(), "x-copy")
		})
	}
}

// BenchmarkH264 has ffmpeg encode a minute of 15 pictures a second in 1280x720, and
// prints how many times faster than real time that is.
func BenchmarkH264(b *testing.B) {
	needs(b, "ffmpeg")
	a := openArchive(b)
	r, err := a.Create(b.Context(), archive.NewSegment{Camera: "front", Start: t0, Width: 1280, Height: 720})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 900 {
		if err := r.Write(t0.Add(time.Duration(i)*time.Second/15), picture(i, 1280, 720)); err != nil {
			b.Fatal(err)
		}
	}
	if err := r.Close(time.Time{}); err != nil {
		b.Fatal(err)
	}
	s := openService(b, a, b.TempDir())
	var took time.Duration
	n := 0
	for b.Loop() {
		start := time.Now()
		j := export(b, s, H264, nil)
		took += time.Since(start)
		n++
		if j.Pictures != 900 {
			b.Fatal(j.Pictures)
		}
		if err := s.Remove(j.ID); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*time.Minute.Seconds()/took.Seconds(), "x-real-time")
}
