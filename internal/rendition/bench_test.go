package rendition

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"camhub/internal/media"
	"camhub/internal/stream"
)

// BenchmarkViewers makes copies of a picture of 1280 x 720 for one viewer and
// for many: a viewer more costs no picture more.
func BenchmarkViewers(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			src, set := stream.New(), New(slog.New(slog.DiscardHandler))
			track := &media.Track{Codec: media.JPEG, Width: 1280, Height: 720}
			data := picture(b, 1280, 720, 99)
			var wg sync.WaitGroup
			seen := make(chan struct{}, n)
			for range n {
				reader := set.Subscribe(src, Spec{Width: 320})
				wg.Go(func() {
					defer reader.Close()
					for {
						if _, err := reader.Next(b.Context()); err != nil {
							return
						}
						seen <- struct{}{}
					}
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				src.Write(&media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: data})
				for range n {
					<-seen
				}
			}
			b.StopTimer()
			src.Close()
			wg.Wait()
			set.Close()
		})
	}
}
