package hub

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/media"
	"camhub/internal/source"
)

// repeating gives pictures that are the same byte by byte, in slices of their
// own as a camera's are, until thaw, and then ones that differ.
func repeating(interval time.Duration, thaw time.Time) runFunc {
	one := frame().Data
	return func(ctx context.Context, out source.Sink) error {
		for {
			p := &media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: bytes.Clone(one)}
			if !time.Now().Before(thaw) {
				p = frame()
			}
			out.Received(len(p.Data))
			out.Write(p)
			select {
			case <-time.After(interval):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// still is a source that may show the same for ever.
type still struct{ runFunc }

func (still) StandsStill() bool { return true }

func TestFrozenPictureIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		changes := make(chan camera.ID, 100)
		b.cfg.OnChange = func(id camera.ID) { changes <- id }
		start := time.Now()
		b.put(t, "a", repeating(100*time.Millisecond, start.Add(50*time.Second)))
		time.Sleep(frozenAfter - time.Millisecond)
		if st := b.state(t, "a"); st.FrozenSince != nil {
			t.Errorf("frozen since %v, too early", st.FrozenSince)
		}
		for len(changes) > 0 {
			<-changes
		}
		time.Sleep(2 * time.Millisecond)
		if st := b.state(t, "a"); st.State != Live || st.FrozenSince == nil || !st.FrozenSince.Equal(start) {
			t.Errorf("status %+v, want frozen since %v", st, start)
		}
		if len(changes) != 1 {
			t.Errorf("%d changes were told", len(changes))
		}
		time.Sleep(20 * time.Second)
		if st := b.state(t, "a"); st.FrozenSince != nil {
			t.Errorf("it moves, and is frozen since %v", st.FrozenSince)
		}
		if b.told() != "online frozen moving " || len(changes) != 2 {
			t.Fatalf("told %q and %d changes", b.told(), len(changes))
		}
		if e := b.events[2]; e.Type != event.Moving || e.DurationMS != 50_000 || e.Name != "Camera" {
			t.Errorf("event %+v", e)
		}
	})
}

func TestWhatIsNotFrozen(t *testing.T) {
	never := time.Now().AddDate(100, 0, 0)
	tests := []struct {
		name  string
		run   source.Source
		after time.Duration
		want  bool
	}{
		{"it moves", film(time.Second), time.Hour, false},
		{"it may stand still", still{repeating(time.Second, never)}, time.Hour, false},
		{"two pictures are too few", patient{repeating(time.Minute, never)}, 2*time.Minute - time.Second, false},
		{"three are not", patient{repeating(time.Minute, never)}, 2*time.Minute + time.Second, true},
		{"it is gone since", runFunc(func(ctx context.Context, out source.Sink) error {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			repeating(time.Second, never)(ctx, out)
			return source.Errorf("ended", "Gone.")
		}), time.Minute + time.Second, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				defer b.Close()
				b.putSource(t, "a", tt.run)
				time.Sleep(tt.after)
				if st := b.state(t, "a"); (st.FrozenSince != nil) != tt.want {
					t.Errorf("frozen since %v; %+v", st.FrozenSince, st)
				}
			})
		})
	}
}

// TestNextAttemptBeginsAnew has a camera that gives the same picture for less
// than half a minute in each of its attempts.
func TestNextAttemptBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		same := repeating(time.Second, time.Now().Add(time.Hour))
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			ctx, cancel := context.WithTimeout(ctx, 25*time.Second)
			defer cancel()
			return same(ctx, out)
		})
		for range 100 {
			time.Sleep(time.Second)
			if st := b.state(t, "a"); st.FrozenSince != nil {
				t.Fatalf("frozen since %v", st.FrozenSince)
			}
		}
	})
}

func TestFreezeSeesOneByte(t *testing.T) {
	var f freeze
	now := time.Unix(1000, 0)
	data := bytes.Repeat([]byte{7}, 100_000)
	for range 50 {
		now = now.Add(time.Second)
		f.see(bytes.Clone(data), now)
	}
	if !f.frozen {
		t.Fatal("it is not frozen")
	}
	data[len(data)-1]++
	if !f.see(data, now.Add(time.Second)) || f.frozen {
		t.Error("the last byte is not looked at")
	}
}
