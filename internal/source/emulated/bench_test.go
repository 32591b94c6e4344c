package emulated

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"
	"time"
)

// BenchmarkPicture makes pictures of a clock at 30 a second. Beside them, in
// turns, it codes the same picture whole with image/jpeg, without drawing it:
// speedup is how many times as long that takes, by the best turn of either,
// and size-ratio how much larger our picture is.
func BenchmarkPicture(b *testing.B) {
	for _, size := range []image.Point{{X: 640, Y: 360}, {X: 1280, Y: 720}, {X: 1920, Y: 1080}} {
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			r := newRunning(b, size)
			b.ReportAllocs()
			for b.Loop() {
				r.next(b)
			}
			picture := r.next(b)
			whole, err := jpeg.Decode(bytes.NewReader(picture))
			if err != nil {
				b.Fatal(err)
			}
			var coded memory
			ours, theirs := time.Hour, time.Hour
			for range 30 {
				const pictures = 20
				ours = min(ours, timeOf(func() {
					for range pictures {
						r.next(b)
					}
				})/pictures)
				theirs = min(theirs, timeOf(func() {
					coded = nil
					err = jpeg.Encode(&coded, whole, &jpeg.Options{Quality: quality})
				}))
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(theirs)/float64(ours), "speedup")
			b.ReportMetric(float64(len(picture))/float64(len(coded)), "size-ratio")
			b.ReportMetric(float64(len(picture)), "bytes/picture")
		})
	}
}

// timeOf returns how long do takes.
func timeOf(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// A running clock has shown every digit.
type running struct {
	frame *frame
	view  view
}

func newRunning(b *testing.B, size image.Point) *running {
	p, err := newPlate(size.X, size.Y)
	if err != nil {
		b.Fatal(err)
	}
	r := &running{newFrame(p), view{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), name: "Front door"}}
	for range 300 {
		r.next(b)
	}
	return r
}

// next returns the picture of a thirtieth of a second later.
func (r *running) next(b *testing.B) []byte {
	r.view.n++
	r.view.now = r.view.now.Add(time.Second / 30)
	picture, err := r.frame.draw(r.view)
	if err != nil {
		b.Fatal(err)
	}
	return picture
}

// BenchmarkStart is what the first picture costs: of a camera alone, and of
// each of 64 that start together. best-µs/camera is that of the best turn; one
// goroutine does it all, so that it is CPU time on a quiet machine.
func BenchmarkStart(b *testing.B) {
	for _, size := range []image.Point{{X: 640, Y: 360}, {X: 1280, Y: 720}, {X: 1920, Y: 1080}} {
		for _, cameras := range []int{1, 64} {
			b.Run(fmt.Sprintf("%dx%d/cameras=%d", size.X, size.Y, cameras), func(b *testing.B) {
				b.ReportAllocs()
				best := time.Hour
				for b.Loop() {
					best = min(best, timeOf(func() {
						if err := startCameras(size, cameras); err != nil {
							b.Fatal(err)
						}
					}))
				}
				b.ReportMetric(float64(best.Microseconds())/float64(cameras), "best-µs/camera")
			})
		}
	}
}

// startCameras draws the first picture of so many cameras.
func startCameras(size image.Point, cameras int) error {
	var shared plates
	now := time.Date(2026, 1, 1, 12, 34, 56, 0, time.UTC)
	for i := range cameras {
		p, err := shared.take(size.X, size.Y)
		if err != nil {
			return err
		}
		defer shared.give(size.X, size.Y)
		if _, err := newFrame(p).draw(view{now: now, name: fmt.Sprint("Camera ", i)}); err != nil {
			return err
		}
	}
	return nil
}
