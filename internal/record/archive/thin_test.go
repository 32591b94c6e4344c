package archive

import (
	"testing"
	"time"

	"camhub/internal/record/mov"
)

// TestThinningKeepsTheRate asks for rates of cameras that are as fast, faster and
// slower, with jitter.
func TestThinningKeepsTheRate(t *testing.T) {
	tests := []struct {
		name       string
		every      time.Duration // between pictures of the camera
		speed, fps float64
		want       int // pictures of 1000
	}{
		{"as fast as asked for", time.Second / 15, 1, 15, 1000},
		{"a timelapse as fast as asked for", time.Second / 15, 2, 30, 1000},
		{"half", time.Second / 30, 1, 15, 500},
		{"two of three", time.Second / 30, 1, 20, 667},
		{"a slow camera", time.Second, 1, 15, 1000},
		{"a timelapse", time.Second / 10, 100, 25, 25},
		{"no limit", time.Second / 30, 100, 0, 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := newThinner(mov.ExportOptions{Speed: tt.speed, MaxFPS: tt.fps})
			p := mov.Piece{Info: mov.Info{Start: t0}}
			for i := range 1000 {
				jitter := tt.every / 4 * time.Duration(i*7919%13-6) / 6
				p.Samples = append(p.Samples, mov.Sample{Time: mov.Ticks(time.Duration(i)*tt.every + jitter)})
			}
			if n := len(x.piece(p).Samples); n < tt.want-2 || n > tt.want+2 {
				t.Errorf("%d pictures are left, want about %d", n, tt.want)
			}
		})
	}
}

// TestThinningSurvivesTheClock shows that no stretch is lost when the clock is put
// back by a year.
func TestThinningSurvivesTheClock(t *testing.T) {
	x := newThinner(mov.ExportOptions{MaxFPS: 1})
	for i := range 10 {
		if !x.keep(t0.AddDate(-i, 0, 0)) {
			t.Errorf("picture %d is left out", i)
		}
	}
}
