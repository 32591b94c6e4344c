package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/source"
	"camhub/internal/stream"
)

// tuner is a device with controls.
type tuner struct {
	values map[string]int64
	sets   int
	err    error
	hangs  bool
}

func (d *tuner) list(context.Context, string) ([]device.Control, error) {
	return []device.Control{{Name: "brightness", Default: 50}, {Name: "focus", Type: "button"}}, d.err
}

func (d *tuner) set(ctx context.Context, _ string, values map[string]int64) error {
	d.sets++
	if d.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if d.err != nil {
		return d.err
	}
	maps.Copy(d.values, values)
	return nil
}

// newTunedBench returns a bench whose kind has controls.
func newTunedBench(t *testing.T) (*bench, *tuner) {
	b, d := newBench(t), &tuner{values: make(map[string]int64)}
	b.cfg.Kinds[0].Local = &source.Local{Option: "key", Controls: d.list, SetControls: d.set}
	return b, d
}

// putTuned puts a camera with these controls; run is what it does when it is opened
// with them.
func (b *bench) putTuned(t *testing.T, controls string, run runFunc, change ...func(*camera.Definition)) {
	t.Helper()
	options := fmt.Sprintf(`{"controls":%s,"key":0}`, controls)
	b.mu.Lock()
	b.runs[options] = run
	b.mu.Unlock()
	d := camera.Default()
	d.ID, d.Name, d.Source = "a", "Camera", camera.Source{Kind: "test", Options: json.RawMessage(options)}
	for _, c := range change {
		c(&d)
	}
	if err := b.Put(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// counted counts how often a run begins.
func counted(n *int, run runFunc) runFunc {
	return func(ctx context.Context, out source.Sink) error {
		*n++
		return run(ctx, out)
	}
}

// TestControlsAreSetWhileItRuns has a viewer who must see no gap, and a camera
// that is renamed in the same breath.
func TestControlsAreSetWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := newTunedBench(t)
		defer b.Close()
		first, second := 0, 0
		b.putTuned(t, `{"brightness":1}`, counted(&first, film(100*time.Millisecond)))
		time.Sleep(time.Second)
		s, err := b.Stream("a")
		if err != nil {
			t.Fatal(err)
		}
		r := s.Subscribe(stream.All)
		defer r.Close()
		b.putTuned(t, `{"brightness":2,"contrast":3}`, counted(&second, film(100*time.Millisecond)), func(d *camera.Definition) { d.Name = "New" })
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for seq := uint64(0); seq < 19; { // the stream begins with the last picture there is
			p, err := r.Next(ctx)
			if err != nil || seq != 0 && p.Seq != seq+1 {
				t.Fatalf("after picture %d came %+v, %v", seq, p, err)
			}
			seq = p.Seq
		}
		if st := b.state(t, "a"); st.State != Live || st.Attempts != 1 || first != 1 || second != 0 {
			t.Errorf("%+v; %d and %d runs", st, first, second)
		}
		if want := map[string]int64{"brightness": 2, "contrast": 3}; !maps.Equal(d.values, want) {
			t.Errorf("the device has %v", d.values)
		}
		if b.cams["a"].state.name() != "New" {
			t.Error("it has the old name")
		}
		// What comes next begins with the new values.
		if err := b.Restart("a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if first != 1 || second != 1 {
			t.Errorf("after a restart: %d and %d runs", first, second)
		}
	})
}

// TestControlsThatAreKeptNoMore go back to the default.
func TestControlsThatAreKeptNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := newTunedBench(t)
		defer b.Close()
		b.putTuned(t, `{"brightness":1,"focus":1,"gone":1}`, film(time.Second))
		synctest.Wait()
		b.putTuned(t, `{}`, film(time.Second))
		if want := map[string]int64{"brightness": 50}; !maps.Equal(d.values, want) {
			t.Errorf("the device has %v", d.values)
		}
	})
}

// TestControlsOfCameraThatGivesNothing opens the camera anew, since the attempt
// that runs sets the values that it began with.
func TestControlsOfCameraThatGivesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := newTunedBench(t)
		defer b.Close()
		second := 0
		b.putTuned(t, `{}`, func(ctx context.Context, _ source.Sink) error {
			<-ctx.Done()
			return ctx.Err()
		})
		synctest.Wait()
		b.putTuned(t, `{"brightness":2}`, counted(&second, film(time.Second)))
		if st := b.state(t, "a"); st.State != Live || second != 1 || d.sets != 0 {
			t.Errorf("%+v, %d runs, set %d times", st, second, d.sets)
		}
	})
}

// TestControlsOfCameraThatIsNotOpen are for the next time.
func TestControlsOfCameraThatIsNotOpen(t *testing.T) {
	disabled := func(d *camera.Definition) { d.Enabled = false }
	for name, change := range map[string]func(*camera.Definition){"disabled": disabled, "on demand": onDemand} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, d := newTunedBench(t)
				defer b.Close()
				runs := 0
				b.putTuned(t, `{}`, counted(&runs, film(time.Second)), change)
				before := b.state(t, "a")
				b.putTuned(t, `{"brightness":2}`, counted(&runs, film(time.Second)), change)
				if st := b.state(t, "a"); st.State != before.State || runs != 0 || d.sets != 0 {
					t.Errorf("%+v, %d runs, set %d times", st, runs, d.sets)
				}
			})
		})
	}
}

// TestControlsThatCantBeSet harm nobody, and hold nobody up for long.
func TestControlsThatCantBeSet(t *testing.T) {
	for name, d := range map[string]tuner{"refused": {err: errors.New("device or resource busy")}, "hangs": {hangs: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, device := newTunedBench(t)
				defer b.Close()
				*device = d
				b.putTuned(t, `{}`, film(100*time.Millisecond))
				synctest.Wait()
				began := time.Now()
				b.putTuned(t, `{"brightness":2}`, film(100*time.Millisecond))
				if took := time.Since(began); took > tuneTimeout {
					t.Errorf("it took %v", took)
				}
				if st := b.state(t, "a"); st.State != Live || st.Attempts != 1 {
					t.Errorf("%+v", st)
				}
			})
		})
	}
}

// TestMoreThanControlsRestarts changes something else too.
func TestMoreThanControlsRestarts(t *testing.T) {
	tests := map[string]func(b *bench, d *camera.Definition){
		"another option": func(b *bench, d *camera.Definition) {
			d.Source.Options = json.RawMessage(`{"controls":{"brightness":2},"key":1}`)
			b.runs[string(d.Source.Options)] = b.runs[`{"controls":{"brightness":2},"key":0}`]
		},
		"another mode":           func(_ *bench, d *camera.Definition) { d.IdleTimeout++ },
		"a kind without":         func(b *bench, _ *camera.Definition) { b.cfg.Kinds[0].Local.SetControls = nil },
		"a kind that is nowhere": func(b *bench, _ *camera.Definition) { b.cfg.Kinds[0].Local = nil },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, d := newTunedBench(t)
				defer b.Close()
				second := 0
				b.putTuned(t, `{"brightness":1}`, film(time.Second))
				synctest.Wait()
				b.putTuned(t, `{"brightness":2}`, counted(&second, film(time.Second)), func(d *camera.Definition) { change(b, d) })
				synctest.Wait()
				if second != 1 || d.sets != 0 {
					t.Errorf("%d runs, set %d times", second, d.sets)
				}
			})
		})
	}
}
