package live

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name     string
		size     float64
		took     time.Duration
		n, queue int
		want     float64
	}{
		{"at once", 100_000, 0, 10_000, 100_000, 110_000},
		{"half of the target", 100_000, 100 * ms, 10_000, 50_000, 105_000},
		{"on target", 100_000, 200 * ms, 10_000, 100_000, 100_000},
		{"at once and not half in use", 100_000, 0, 10_000, 49_999, 100_000},
		{"late", 100_000, 250 * ms, 10_000, 100_000, 80_000},
		{"late and not half in use", 100_000, 250 * ms, 10_000, 45_000, 36_000},
		{"late, of a larger window before", 100_000, 250 * ms, 10_000, 400_000, 100_000},
		{"very late", 4_000_000, 10_000 * ms, 10_000, 4_000_000, 80_000},
		{"late at the lower bound", minWindow, 400 * ms, 10_000, minWindow, minWindow},
		{"quick at the upper bound", maxWindow, 0, 10_000, maxWindow, maxWindow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := window{tt.size}
			w.acked(tt.took, tt.n, tt.queue)
			if w.size != tt.want {
				t.Errorf("got %v, want %v", w.size, tt.want)
			}
		})
	}
}

// TestWindowFindsItsSize has links of several speeds that always have something
// to send: pictures must come to be acknowledged about ackTarget after they were
// sent, soon, also when the link changes.
func TestWindowFindsItsSize(t *testing.T) {
	const picture = 20_000
	w := newWindow()
	now := time.Unix(1000, 0)
	type sent struct {
		at    time.Time
		queue int
	}
	var queue []sent
	free := now // when the link has sent all that is in the queue
	run := func(rate int, d time.Duration) (last time.Duration) {
		each := time.Duration(picture) * time.Second / time.Duration(rate)
		for end := now.Add(d); now.Before(end); {
			for len(queue) == 0 || (len(queue)+1)*picture <= w.bytes() {
				queue = append(queue, sent{now, (len(queue) + 1) * picture})
			}
			if free.Before(now) {
				free = now
			}
			free = free.Add(each)
			now = free
			last = now.Sub(queue[0].at)
			w.acked(last, picture, queue[0].queue)
			queue = queue[1:]
		}
		return last
	}
	const ms = time.Millisecond
	for _, step := range []struct {
		rate        int           // bytes a second
		within      time.Duration // a queue that is there has to go first
		least, most time.Duration
	}{
		{1_250_000, 2 * time.Second, 100 * ms, 300 * ms}, // 10 Mbit/s
		{12_500_000, 2 * time.Second, 100 * ms, 300 * ms},
		{1_250_000, 4 * time.Second, 100 * ms, 300 * ms},
		{125_000, 4 * time.Second, 100 * ms, 400 * ms}, // one picture has 160 ms
		{12_500_000, 2 * time.Second, 100 * ms, 300 * ms},
	} {
		if took := run(step.rate, step.within); took < step.least || took > step.most {
			t.Errorf("at %d bytes/s a picture is acknowledged after %v, want %v to %v", step.rate, took, step.least, step.most)
		}
	}
}

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
