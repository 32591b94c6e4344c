package live

import (
	"fmt"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	const ms = time.Millisecond
	type ack struct {
		took  time.Duration
		queue int
	}
	tests := []struct {
		name string
		acks []ack
		want int
	}{
		{"before anything came", nil, firstWindow},
		{"a near and quick link", []ack{{10 * ms, 100_000}}, 1_100_000},
		{"more at once tells more", []ack{{10 * ms, 10_000}, {20 * ms, 100_000}}, 5_000_000 * 110 / 1000},
		{"little under way tells nothing of a quick link", []ack{{10 * ms, 100_000}, {11 * ms, 1_000}}, 1_100_000},
		{"a late answer makes it smaller, by a part", []ack{{10 * ms, 100_000}, {1000 * ms, 1_000_000}}, 7_750_000 * 110 / 1000},
		{"a far link", []ack{{400 * ms, 100_000}}, 150_000},
		{"at most", []ack{{time.Millisecond, 10 << 20}}, maxWindow},
		{"at least", []ack{{time.Second, 1}}, minWindow},
		{"no time at all", []ack{{0, 1000}}, 101_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWindow()
			now := time.Unix(1000, 0)
			for _, a := range tt.acks {
				w.acked(now, now.Add(a.took), a.queue)
			}
			if got := w.bytes(); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// simulatedLink carries pictures one after the other, and then takes the same
// time for each of them.
type simulatedLink struct {
	rate   int           // bytes a second
	always time.Duration // there, back, and in the browser
	free   time.Time     // when it has sent all that it was given
	queue  []simulatedPicture
}

type simulatedPicture struct {
	sent, there time.Time
	queue       int
}

// run has as much to send as the window lets go, for so long. It returns what
// was carried in the last half of it, and how long the pictures took.
func (l *simulatedLink) run(w *window, now *time.Time, picture int, d time.Duration) (bytes int, longest time.Duration) {
	start := *now
	for now.Before(start.Add(d)) {
		for w.admits(picture, len(l.queue), len(l.queue)*picture, *now) {
			if l.free.Before(*now) {
				l.free = *now
			}
			l.free = l.free.Add(time.Duration(picture) * time.Second / time.Duration(l.rate))
			l.queue = append(l.queue, simulatedPicture{*now, l.free.Add(l.always), (len(l.queue) + 1) * picture})
		}
		first := l.queue[0]
		l.queue = l.queue[1:]
		if first.there.After(*now) {
			*now = first.there
		}
		w.acked(first.sent, *now, first.queue)
		if now.Sub(start) > d/2 {
			bytes += picture
			if first.sent.Sub(start) > d/2 { // after what a quicker link had taken
				longest = max(longest, now.Sub(first.sent))
			}
		}
	}
	return bytes, longest
}

// TestWindowFindsItsSize has links near and far, quick and slow, one after the
// other, that always have something to send. Each must be used well within half
// of its time, and pictures must not wait long on it.
func TestWindowFindsItsSize(t *testing.T) {
	const lasts = 20 * time.Second
	for _, picture := range []int{4_000, 30_000} {
		for _, always := range []time.Duration{2, 20, 100, 300, 600} {
			always *= time.Millisecond
			w := newWindow()
			now := time.Unix(1000, 0)
			l := &simulatedLink{always: always}
			for _, mbit := range []int{10, 100, 10, 1, 10, 1, 100, 10, 100} {
				l.rate = mbit * 1_000_000 / 8
				t.Run(fmt.Sprintf("%d bytes, %v, %d Mbit", picture, always, mbit), func(t *testing.T) {
					bytes, longest := l.run(&w, &now, picture, lasts)
					one := always + time.Duration(picture)*time.Second/time.Duration(l.rate)
					possible := min(float64(l.rate), maxWindow/one.Seconds()) * (lasts / 2).Seconds()
					used, most := float64(bytes)/possible, 2*one+2*queueTarget
					t.Logf("%.0f %% used, up to %v under way", 100*used, longest)
					if used < 0.55 || longest > most {
						t.Errorf("%.0f %% of the link were used, and pictures took up to %v; want 55 and %v", 100*used, longest, most)
					}
				})
			}
		}
	}
}

// TestWindowStaysTrueOnABusyLink has a link that is never idle for minutes, so
// that no picture ever travels alone by itself.
func TestWindowStaysTrueOnABusyLink(t *testing.T) {
	w := newWindow()
	now := time.Unix(1000, 0)
	l := &simulatedLink{rate: 1_250_000, always: 50 * time.Millisecond}
	for minute := range 10 {
		if _, longest := l.run(&w, &now, 10_000, time.Minute); longest > 58*time.Millisecond+2*queueTarget {
			t.Fatalf("minute %d: pictures took %v", minute, longest)
		}
	}
	l.always = 400 * time.Millisecond // another way
	l.run(&w, &now, 10_000, 3*aloneLasts)
	if bytes, _ := l.run(&w, &now, 10_000, time.Minute); bytes < 1_250_000*30*7/10 {
		t.Errorf("on a way that became longer %d bytes went in 30 s, want 70 %% of 37.5 MB", bytes)
	}
}
