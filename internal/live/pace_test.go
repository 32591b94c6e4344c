package live

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	tests := []struct {
		name   string
		every  time.Duration // between two pictures of the camera
		fps    float64
		within time.Duration
		want   int
	}{
		{"the camera's own rate", 100 * time.Millisecond, 10, 10 * time.Second, 100},
		{"a little slower than the camera", 99 * time.Millisecond, 10, 10 * time.Second, 101},
		{"a little faster than the camera", 101 * time.Millisecond, 10, 10 * time.Second, 100},
		{"two thirds", 66667 * time.Microsecond, 10, 10 * time.Second, 100},
		{"a slow tile", 40 * time.Millisecond, 0.5, 10 * time.Second, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p pace
			p.setRate(tt.fps)
			start := time.Unix(1000, 0)
			n := 0
			for now := start; now.Before(start.Add(tt.within)); now = now.Add(tt.every) {
				if p.take(now) {
					n++
				}
			}
			if n != tt.want {
				t.Errorf("%d pictures, want %d", n, tt.want)
			}
		})
	}
}
