package record

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/record/archive"
	"camhub/internal/stream"
)

// cpu returns what this process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// rounds is how often a benchmark measures the recorder and the bare write in turns.
const rounds = 6

// BenchmarkRecord records 1200 pictures of 100 kB, a minute of a camera, through
// stream, queue, segment and index, and writes the same bytes with bare writes, in
// turns. It reports the ratio of their CPU and of the bytes in the files.
func BenchmarkRecord(b *testing.B) {
	const n = 1200
	sh := newShot(64, 64, 100_000)
	track := &media.Track{Codec: media.JPEG, Width: 64, Height: 64}
	for b.Loop() {
		ours, bare := make([]time.Duration, 0, rounds), make([]time.Duration, 0, rounds)
		var bytes int64
		for range rounds {
			c := cpu()
			bytes = recordAll(b, sh, track, n)
			ours = append(ours, cpu()-c)
			c = cpu()
			writeAll(b, sh, n)
			bare = append(bare, cpu()-c)
		}
		o, w := least(ours), least(bare)
		b.ReportMetric(float64(o)/float64(w), "x-cpu")
		b.ReportMetric(float64(o.Microseconds())/n, "µs-cpu/picture")
		b.ReportMetric(float64(bytes)/float64(n*len(sh.data)), "x-bytes")
	}
}

func least(ds []time.Duration) time.Duration {
	m := ds[0]
	for _, d := range ds {
		m = min(m, d)
	}
	return m
}

// recordAll records n pictures as fast as they are taken.
func recordAll(b *testing.B, sh *shot, track *media.Track, n int) (bytes int64) {
	root := b.TempDir()
	a := openArchive(b, root, archive.Policy{})
	s := open(b, a, Config{SegmentLength: time.Hour})
	for i := range n {
		s.Write(&media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: sh.data})
		for i%50 == 49 && int(s.r.Status().Pictures) < i-50 { // so that nothing is lost
			time.Sleep(100 * time.Microsecond)
		}
	}
	s.stop()
	if st := s.r.Status(); st.Pictures != uint64(n) {
		b.Fatalf("%+v", st)
	}
	bytes = a.Used()
	if err := a.Close(); err != nil {
		b.Fatal(err)
	}
	os.RemoveAll(root)
	return bytes
}

// writeAll is what recordAll is measured against: a write a picture, with a sync
// where the recorder has its last.
func writeAll(b *testing.B, sh *shot, n int) {
	path := filepath.Join(b.TempDir(), "bare")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	for range n {
		if _, err := f.Write(sh.data); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	f.Close()
	os.Remove(path)
}

// BenchmarkManyCameras records 32 cameras at 15 pictures of 50 kB a second for ten
// seconds, as they would come. It reports what was lost, the CPU as a share of a core,
// and how much more heap there is at the end than after two seconds.
func BenchmarkManyCameras(b *testing.B) {
	const cameras, fps, seconds = 32, 15, 10
	sh := newShot(1280, 720, 50_000)
	for b.Loop() {
		root := b.TempDir()
		a := openArchive(b, root, archive.Policy{})
		var wg sync.WaitGroup
		var recorders []*Recorder
		var streams []*stream.Stream
		for i := range cameras {
			s := stream.New()
			r := New(Config{Camera: camera.ID(fmt.Sprintf("camera-%02d", i)), Stream: s, Archive: a, Log: quiet, SegmentLength: 4 * time.Second})
			wg.Go(func() { r.Run(b.Context()) })
			recorders, streams = append(recorders, r), append(streams, s)
		}
		time.Sleep(100 * time.Millisecond) // until all of them read
		c, early := cpu(), uint64(0)
		tick := time.NewTicker(time.Second / fps)
		for n := range fps * seconds {
			<-tick.C
			for _, s := range streams {
				s.Write(sh.packet(uint32(n), nil))
			}
			if n == 2*fps {
				early = heapInUse()
			}
		}
		tick.Stop()
		late := heapInUse()
		for _, s := range streams {
			s.Close()
		}
		wg.Wait()
		var pictures uint64
		for _, r := range recorders {
			pictures += r.Status().Pictures
		}
		b.ReportMetric(float64(cameras*fps*seconds-int(pictures)), "pictures-lost")
		b.ReportMetric(float64(cpu()-c)/float64(seconds*time.Second), "cores")
		b.ReportMetric(float64(late)/float64(early), "x-heap")
		a.Close()
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkExport exports an hour of pictures of 25 kB, 15 a second, and reports how many
// times faster than real time that is.
func BenchmarkExport(b *testing.B) {
	const fps = 15
	root := b.TempDir()
	a := openArchive(b, root, archive.Policy{})
	defer a.Close()
	sh := newShot(640, 480, 25_000)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for m := range 60 {
		r, err := a.Create(b.Context(), archive.NewSegment{Camera: "a", Start: start.Add(time.Duration(m) * time.Minute), Width: 640, Height: 480})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 60 * fps {
			if err := r.Write(start.Add(time.Duration(m)*time.Minute+time.Duration(i)*time.Second/fps), sh.data); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.Close(start.Add(time.Duration(m+1) * time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		begun := time.Now()
		pictures, bytes, planned := exportAll(b, a, start)
		took := time.Since(begun)
		if pictures != 3600*fps {
			b.Fatalf("%d pictures", pictures)
		}
		b.ReportMetric(float64(time.Hour)/float64(took), "x-real-time")
		b.ReportMetric(float64(planned.Milliseconds()), "ms-to-first-byte")
		b.SetBytes(bytes)
	}
}

// exportAll writes an hour to a file.
func exportAll(b *testing.B, a *archive.Archive, start time.Time) (pictures int, bytes int64, planned time.Duration) {
	begun := time.Now()
	e, err := a.Export(b.Context(), "a", start, start.Add(time.Hour), exportAsIs)
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	planned = time.Since(begun)
	path := filepath.Join(b.TempDir(), "export.mov")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 1<<20)
	for off := int64(0); off < e.Size(); {
		n, err := e.ReadAt(buf, off)
		if n == 0 {
			b.Fatal(err)
		}
		if _, err := f.Write(buf[:n]); err != nil {
			b.Fatal(err)
		}
		off += int64(n)
	}
	f.Close()
	os.Remove(path)
	return e.Pictures(), e.Size(), planned
}

// TestRecordingMakesNoGarbage counts what a picture costs besides its bytes, from the
// queue to the file.
func TestRecordingMakesNoGarbage(t *testing.T) {
	root := t.TempDir()
	a := openArchive(t, root, archive.Policy{})
	defer a.Close()
	sh := newShot(64, 64, 10_000)
	r := New(Config{Camera: "a", Archive: a, Log: quiet, SegmentLength: time.Hour, SyncEvery: time.Hour})
	w := newWriter(r)
	w.ctx = t.Context()
	p := sh.packet(0, nil)
	put := func() {
		q := *p // one allocation, which is the camera's
		q.Arrived = time.Now()
		r.queue.push(&q)
		it, _ := r.queue.pop(w.timer, 0)
		w.picture(it, time.Now())
		w.due(time.Now())
	}
	put()
	if n := testing.AllocsPerRun(2000, put); n > 3 {
		t.Errorf("%v allocations a picture", n)
	}
	w.finish(time.Time{})
	if st := r.Status(); st.Lost != 0 || st.Pictures < 2000 {
		t.Error(fmt.Sprint(st))
	}
}
