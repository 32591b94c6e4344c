package emulated

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/media"
	"camhub/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A sink keeps what a source writes.
type sink struct {
	packets  []*media.Packet
	at       []time.Duration // since the first packet
	received int
	quirks   map[string]int
	after    func() // each Write
}

func (s *sink) Write(p *media.Packet) {
	s.packets = append(s.packets, p)
	s.at = append(s.at, time.Since(s.packets[0].Arrived))
	if s.after != nil {
		s.after()
	}
}

func (s *sink) Received(n int) { s.received += n }

func (s *sink) Quirk(name string) {
	if s.quirks == nil {
		s.quirks = map[string]int{}
	}
	s.quirks[name]++
}

// open returns a source of options, which must be right.
func open(t *testing.T, options string, env source.Env) source.Source {
	t.Helper()
	c, errs := Kind.Parse(json.RawMessage(options))
	must(t, errs.ErrorOrNil())
	return c.Open(env)
}

// runFor runs src until its context ends after d, and checks that it returns
// at that instant. It is for a synctest bubble.
func runFor(t *testing.T, src source.Source, out *sink, d time.Duration) {
	t.Helper()
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := src.Run(ctx, out); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run returned %v, want the error of its context", err)
	}
	if took := time.Since(start); took != d {
		t.Errorf("Run returned after %v, want %v", took, d)
	}
}

// instants are the times of n pictures at a rate.
func instants(n int, fps float64) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		at[i] = time.Duration(float64(i) / fps * float64(time.Second))
	}
	return at
}

func checkTimes(t *testing.T, got, want []time.Duration) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d pictures, want %d", len(got), len(want))
	}
	for i := range want {
		if d := got[i] - want[i]; d.Abs() > time.Microsecond { // of rounding
			t.Errorf("picture %d came after %v, want %v", i, got[i], want[i])
		}
	}
}

func TestClockKeepsItsRate(t *testing.T) {
	tests := []struct {
		fps float64
		run time.Duration
		n   int
	}{
		{10, 3050 * time.Millisecond, 31},
		{0.5, 11 * time.Second, 6},
		{60, time.Minute - 1, 3600}, // a period in whole nanoseconds would be wrong by 2.4 µs at the end
		{29.97, 10 * time.Second, 300},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.fps), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out sink
				runFor(t, open(t, fmt.Sprintf(`{"width": 16, "height": 16, "fps": %v}`, test.fps), source.Env{}), &out, test.run)
				checkTimes(t, out.at, instants(test.n, test.fps))
			})
		})
	}
}

func TestLateClockLeavesPicturesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		out.after = func() {
			if len(out.packets) == 4 {
				time.Sleep(350 * time.Millisecond)
			}
		}
		runFor(t, open(t, `{"width": 16, "height": 16}`, source.Env{}), &out, 850*time.Millisecond)
		ms := time.Millisecond
		checkTimes(t, out.at, []time.Duration{0, 100 * ms, 200 * ms, 300 * ms, 650 * ms, 700 * ms, 800 * ms})
	})
}

func TestClockPackets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		runFor(t, open(t, `{"width": 333, "height": 251, "fps": 5}`, source.Env{}), &out, time.Second-1)
		sum := 0
		for i, p := range out.packets {
			sum += len(p.Data)
			if p.Track != out.packets[0].Track || *p.Track != (media.Track{Codec: media.JPEG, Width: 333, Height: 251}) {
				t.Errorf("packet %d: track %+v", i, p.Track)
			}
			at := time.Duration(i) * 200 * time.Millisecond
			if !p.Key || p.Captured != p.Arrived || p.PTS != at || p.Arrived.Sub(out.packets[0].Arrived) != at {
				t.Errorf("packet %d: key %v, PTS %v, captured %v, arrived %v", i, p.Key, p.PTS, p.Captured, p.Arrived)
			}
			if size := decode(t, p.Data).Rect.Size(); size != image.Pt(333, 251) {
				t.Errorf("packet %d: size %v", i, size)
			}
		}
		if len(out.packets) != 5 || out.received != sum {
			t.Errorf("%d packets with %d bytes, and %d bytes received", len(out.packets), sum, out.received)
		}
	})
}

func TestNewNameShowsInTheNextPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var name atomic.Value
		name.Store("Front door")
		var out sink
		out.after = func() {
			if len(out.packets) == 3 {
				name.Store("Задняя дверь")
			}
		}
		env := source.Env{Name: func() string { return name.Load().(string) }}
		runFor(t, open(t, `{"width": 640, "height": 360}`, env), &out, 450*time.Millisecond)
		area := pixels(newLayout(640, 360).name)
		for i := range out.packets[1:] {
			changed := difference(t, decode(t, out.packets[i].Data), decode(t, out.packets[i+1].Data), area) > 1000
			if changed != (i == 2) {
				t.Errorf("between picture %d and %d: name changed is %v", i, i+1, changed)
			}
		}
	})
}

func TestEndedContext(t *testing.T) {
	for _, options := range []string{`{}`, `{"pattern": "slides"}`, `{"pattern": "slides", "folder": "none"}`} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var out sink
		if err := open(t, options, source.Env{DataDir: t.TempDir()}).Run(ctx, &out); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", options, err)
		}
		if len(out.packets) > 0 {
			t.Errorf("%s: %d packets", options, len(out.packets))
		}
	}
}

// TestClockRunsAgain also holds Run to giving its plate back.
func TestClockRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(plates)
		c := &config{options: options{Pattern: patternClock, Width: 64, Height: 48, FPS: 10}, plates: shared}
		src := c.Open(source.Env{})
		for range 3 {
			var out sink
			runFor(t, src, &out, 250*time.Millisecond)
			if len(out.packets) != 3 {
				t.Errorf("%d packets, want 3", len(out.packets))
			}
			if len(shared.held) != 0 {
				t.Error("Run kept its plate")
			}
		}
	})
}

// TestClockShowsWhenItWasDrawn compares a packet with a drawing of its times.
func TestClockShowsWhenItWasDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sink
		runFor(t, open(t, `{"width": 320, "height": 240, "fps": 7}`, source.Env{Name: func() string { return "A" }}), &out, time.Second-1)
		for i, p := range out.packets {
			want, err := newTestFrame(t, image.Pt(320, 240)).draw(view{now: p.Captured, name: "A", n: uint64(i)})
			must(t, err)
			if !bytes.Equal(p.Data, want) {
				t.Errorf("packet %d does not show %v, picture %d", i, p.Captured, i)
			}
		}
	})
}
