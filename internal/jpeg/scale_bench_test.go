package jpeg

import (
	"fmt"
	"testing"
)

func BenchmarkScaled(b *testing.B) {
	var photos [][]byte
	for seed := range uint64(4) {
		photos = append(photos, photo(b, seed, 1920, 1080, "420"))
	}
	for _, den := range []int{2, 4, 8} {
		b.Run(fmt.Sprint(den), func(b *testing.B) {
			var d Decoder
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := d.Scaled(photos[i%4], den); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
	b.Run("luma", func(b *testing.B) {
		var d Decoder
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, err := d.Luma(photos[i%4]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
