package live

import (
	"testing"
	"time"
)

// detailRig is a wall on a link, second by second.
type detailRig struct {
	detail
	now     time.Time
	tiles   int
	fps     float64
	sizes   [4]float64 // bytes of a picture at each step
	changes int
}

// run lets the link carry so many bytes a second for so long, and returns the
// step that the wall is at in the end.
func (r *detailRig) run(rate float64, d time.Duration) int {
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(lookEvery)
		if !r.due(r.now) {
			continue
		}
		_, fps := r.of(1280, r.fps)
		tiles := float64(r.tiles)
		offered := fps * tiles * lookEvery.Seconds()
		sent := min(offered, rate/r.sizes[r.step]*lookEvery.Seconds())
		if r.look(r.now, r.tiles, int(offered+0.5), int(sent+0.5)) {
			r.changes++
		}
	}
	return r.step
}

func newDetailRig(tiles int, fps float64) *detailRig {
	r := &detailRig{now: time.Unix(1000, 0), tiles: tiles, fps: fps, sizes: [4]float64{28_000, 9_000, 3_500, 1_500}}
	r.reset(r.now)
	return r
}

func TestDetailFitsTheLink(t *testing.T) {
	const mbit = 125_000
	tests := []struct {
		name  string
		tiles int
		fps   float64
		rate  float64
		want  int
	}{
		{"a quick link", 16, 10, 100 * mbit, 0},
		{"10 Mbit/s", 16, 10, 10 * mbit, 1},
		{"10 Mbit/s and few tiles", 4, 10, 10 * mbit, 0},
		{"10 Mbit/s and a slow camera", 16, 2, 10 * mbit, 0},
		{"2 Mbit/s", 16, 10, 2 * mbit, 1},
		{"1 Mbit/s and few tiles", 4, 10, mbit, 1},
		{"0.6 Mbit/s", 16, 10, 0.6 * mbit, 2},
		{"0.1 Mbit/s", 16, 10, 0.1 * mbit, 3},
		{"nearly nothing", 16, 10, 0.001 * mbit, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newDetailRig(tt.tiles, tt.fps)
			r.run(tt.rate, 20*time.Second)
			if got := r.step; got != tt.want {
				t.Errorf("step %d, want %d", got, tt.want)
			}
			if r.run(tt.rate, 10*time.Minute); r.changes > tt.want+40 {
				t.Errorf("it changed %d times in 10 minutes", r.changes)
			}
			if got := r.run(100*mbit, 2*time.Minute); got != 0 {
				t.Errorf("step %d when the link is quick again", got)
			}
		})
	}
}

// TestDetailComesBackSoon has a link that was slow for a while.
func TestDetailComesBackSoon(t *testing.T) {
	r := newDetailRig(16, 10)
	if step := r.run(60_000, 30*time.Second); step != 2 {
		t.Fatalf("step %d", step)
	}
	if step := r.run(12_500_000, 2*time.Second); step != 0 {
		t.Errorf("step %d after 2 s", step)
	}
}

// TestDetailThatDoesNotPayIsGivenBack has pictures that can't be made narrower.
func TestDetailThatDoesNotPayIsGivenBack(t *testing.T) {
	r := newDetailRig(16, 10)
	r.sizes = [4]float64{28_000, 28_000, 28_000, 28_000}
	if step := r.run(500_000, 10*time.Second); step != 0 {
		t.Errorf("step %d", step)
	}
	if r.run(500_000, 10*time.Minute); r.changes > 24 {
		t.Errorf("it changed %d times in 10 minutes", r.changes)
	}
	for r.step != 0 || !r.now.Before(r.restTill) {
		r.run(500_000, time.Second)
	}
	r.sizes[1] = 9_000
	if step := r.run(200_000, 3*time.Second); step == 0 {
		t.Error("it is not tried again when the link becomes slower")
	}
}

// TestDetailIsNotDecidedWhileAPageOpens has a page that shows nothing for a
// while, and then all of it.
func TestDetailIsNotDecidedWhileAPageOpens(t *testing.T) {
	r := newDetailRig(16, 10)
	opened := r.now
	offered := 0
	for ; r.now.Before(opened.Add(settle)); r.now = r.now.Add(lookEvery) {
		if offered += 80; r.due(r.now) {
			t.Fatalf("it looks after %v", r.now.Sub(opened))
		}
	}
	if !r.due(r.now) || r.look(r.now, 16, offered, 1) || r.rare != 0 {
		t.Errorf("it counts what came before")
	}
	if r.run(12_500_000, time.Minute); r.changes != 0 {
		t.Errorf("it changed %d times", r.changes)
	}
}

func TestDetailAsksForLess(t *testing.T) {
	tests := []struct {
		step, width int
		fps         float64
		wantWidth   int
		wantFPS     float64
	}{
		{0, 400, 10, 400, 10},
		{1, 400, 10, 200, 10},
		{2, 400, 10, 160, 5},
		{3, 400, 2, 160, 2},
		{3, 7680, 60, 960, 5},
		{1, 100, 10, 100, 10},
	}
	for _, tt := range tests {
		d := detail{step: tt.step}
		if w, fps := d.of(tt.width, tt.fps); w != tt.wantWidth || fps != tt.wantFPS {
			t.Errorf("%+v: got %d, %v", tt, w, fps)
		}
	}
}
