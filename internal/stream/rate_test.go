package stream

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestRate has cameras of several rates, steady and with jitter, and counts what
// is picked in ten seconds and how far apart it is.
func TestRate(t *testing.T) {
	tests := []struct {
		camera, asked float64
		jitter        float64 // of an interval of the camera, each way
		want          float64 // pictures a second
		least, most   float64 // seconds between two
	}{
		{15, 10, 0, 10, 0.066, 0.134},
		{30, 10, 0, 10, 0.099, 0.101},
		{30, 20, 0, 20, 0.033, 0.067},
		{25, 10, 0, 10, 0.079, 0.121},
		{12, 10, 0, 10, 0.083, 0.167},
		{10, 10, 0, 10, 0.099, 0.101},
		{10, 10, 0.2, 10, 0.05, 0.15},
		{5, 10, 0, 5, 0.199, 0.201},
		{30, 1, 0, 1, 0.99, 1.01},
		{30, 0.1, 0, 0.1, 9.9, 10.1},
		{30, 5, 0.4, 5, 0.14, 0.26},
		{60, 7, 0, 7, 0.13, 0.16},
	}
	for _, tt := range tests {
		rng := rand.New(rand.NewPCG(1, 1))
		r := NewRate(tt.asked)
		start := time.Unix(1000, 0)
		const seconds = 40
		n, last := 0, time.Time{}
		for i := range int(seconds * tt.camera) {
			at := (float64(i) + tt.jitter*(2*rng.Float64()-1)) / tt.camera
			now := start.Add(time.Duration(at * float64(time.Second)))
			if !r.Pick(now) {
				continue
			}
			n++
			if gap := now.Sub(last).Seconds(); !last.IsZero() && (gap < tt.least || gap > tt.most) {
				t.Errorf("%v of %v a second: a gap of %.3f s after %d", tt.asked, tt.camera, gap, n)
			}
			last = now
		}
		if got := float64(n) / seconds; got > tt.want*1.001+1.0/seconds || got < tt.want*0.97 {
			t.Errorf("%v of %v a second: picked %.2f a second, want %.2f", tt.asked, tt.camera, got, tt.want)
		}
	}
}

func TestRateAfterAPauseHasNoBurst(t *testing.T) {
	r := NewRate(10)
	now := time.Unix(1000, 0)
	r.Pick(now)
	now = now.Add(time.Minute)
	n := 0
	for range 100 { // a second of pictures
		if r.Pick(now) {
			n++
		}
		now = now.Add(10 * time.Millisecond)
	}
	if n > 11 {
		t.Errorf("%d pictures in the second after a pause", n)
	}
}

func TestRateSurvivesAClockThatGoesBack(t *testing.T) {
	r := NewRate(1)
	now := time.Unix(1000, 0)
	r.Pick(now)
	now = now.Add(-time.Hour)
	if !r.Pick(now) {
		t.Error("nothing is picked until the clock is back")
	}
	if r.Pick(now.Add(time.Second/4)) || !r.Pick(now.Add(time.Second)) {
		t.Error("the rate is not kept after that")
	}
}

func TestZeroRatePicksAll(t *testing.T) {
	r := NewRate(0)
	for range 10 {
		if !r.Pick(time.Unix(1000, 0)) {
			t.Error("a picture was left out")
		}
	}
}
