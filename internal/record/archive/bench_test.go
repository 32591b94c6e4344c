package archive

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"camhub/internal/camera"
)

// The folder that is measured: 32 cameras for ten days, a segment a minute.
const (
	benchCameras = 32
	benchDays    = 10
	benchMinutes = 24 * 60
)

// synthesize makes the folder: names and sidecars as they would be, and files
// without content. One segment is real.
func synthesize(b *testing.B, root string) {
	b.Helper()
	first := t0.Truncate(24 * time.Hour)
	sequence := uint64(0)
	for day := range benchDays {
		for c := range benchCameras {
			at := first.AddDate(0, 0, day)
			dir := filepath.Join(root, fmt.Sprintf("camera-%02d", c), at.Format(dayLayout))
			if err := os.MkdirAll(dir, 0o755); err != nil {
				b.Fatal(err)
			}
			ss := make([]Segment, benchMinutes)
			for m := range ss {
				sequence++
				ss[m] = Segment{Start: at.UnixMilli() + int64(m)*60000, Sequence: sequence, Size: 45e6, Length: 60000, Pictures: 900, Width: 1280, Height: 720}
				f, err := os.Create(filepath.Join(dir, ss[m].From().Format(nameLayout)))
				if err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
			if err := writeSidecar(dir, ss); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkArchive opens a folder of 460,800 segments, and finds segments and
// pictures in it.
func BenchmarkArchive(b *testing.B) {
	root := b.TempDir()
	synthesize(b, root)
	open := func(b *testing.B) *Archive {
		a, err := Open(b.Context(), Config{Root: root, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		return a
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			before := heap()
			a := open(b)
			if n := a.Started().Segments; n != benchCameras*benchDays*benchMinutes || a.Started().Opened != 0 {
				b.Fatalf("%d segments", n)
			}
			b.ReportMetric(float64(a.Started().Took.Milliseconds()), "ms-open")
			b.ReportMetric(float64(heap()-before)/float64(a.Started().Segments), "heap-B/segment")
			a.Close()
		}
	})
	a := open(b)
	defer a.Close()
	first := t0.Truncate(24 * time.Hour)
	anywhere := func() (camera.ID, time.Time) {
		return camera.ID(fmt.Sprintf("camera-%02d", rand.IntN(benchCameras))), first.Add(time.Duration(rand.Int64N(int64(benchDays * 24 * time.Hour))))
	}
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			id, at := anywhere()
			if s, ok := a.Find(id, at); !ok || s.Start > at.UnixMilli() || s.end() < at.UnixMilli() {
				b.Fatalf("found %+v at %v", s, at)
			}
		}
	})
	b.Run("timeline-of-ten-days", func(b *testing.B) {
		for b.Loop() {
			id, _ := anywhere()
			if l, err := a.Timeline(id, first, first.AddDate(0, 0, benchDays), time.Minute); err != nil || len(l.Ranges) != 1 {
				b.Fatal(len(l.Ranges), err)
			}
		}
	})
	b.Run("seek", func(b *testing.B) { benchmarkSeek(b, a, first.AddDate(0, 0, benchDays)) })
	b.Run("delete-the-oldest", func(b *testing.B) {
		for b.Loop() {
			a.sweeping.Lock()
			v := a.oldest("", free)[0]
			n, err := a.delete(v.id, v.start, free)
			a.sweeping.Unlock()
			if n == 0 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}

// benchmarkSeek finds and reads random pictures of a real segment of 900.
func benchmarkSeek(b *testing.B, a *Archive, at time.Time) {
	record(b, a, "camera-07", at, 900, None)
	a.mu.Lock()
	n := len(a.shelves["camera-07"].segments)
	a.mu.Unlock()
	if n != benchDays*benchMinutes+1 {
		b.Fatalf("%d segments", n)
	}
	for b.Loop() {
		want := at.Add(time.Duration(rand.IntN(900)) * time.Second / 4)
		if f, _, err := a.Picture("camera-07", want); err != nil || f.Time.Sub(want).Abs() > time.Millisecond {
			b.Fatal(f.Time, want, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms-seek")
}
