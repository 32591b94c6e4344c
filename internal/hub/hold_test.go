package hub

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/source"
)

// single is a source that may run once at a time, and gives no picture.
type single struct {
	t    *testing.T
	open int
	runs int
}

// slow takes a second to let go of its device.
func (s *single) slow(ctx context.Context, _ source.Sink) error {
	s.runs++
	if s.open++; s.open != 1 {
		s.t.Error("two connections to one camera")
	}
	<-ctx.Done()
	time.Sleep(time.Second)
	s.open--
	return ctx.Err()
}

func TestHoldEndsAnAttemptWithoutPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		s := &single{t: t}
		b.put(t, "a", s.slow)
		synctest.Wait()
		release, err := b.Hold(t.Context(), "a")
		if err != nil || s.open != 0 || s.runs != 1 {
			t.Fatalf("%v, %d open, %d runs", err, s.open, s.runs)
		}
		time.Sleep(time.Hour)
		b.put(t, "a", s.slow) // another source: the hold is the camera's, not the worker's
		b.Restart("a")
		time.Sleep(time.Hour)
		if st := b.state(t, "a"); s.runs != 1 || st.Error != nil {
			t.Errorf("%d runs while it is held, status %+v", s.runs, st)
		}
		release()
		release()
		synctest.Wait()
		if s.open != 1 || s.runs != 2 {
			t.Errorf("%d open, %d runs after the release", s.open, s.runs)
		}
	})
}

func TestHoldLeavesAConnectedCameraAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", film(time.Second))
		synctest.Wait()
		if _, err := b.Hold(t.Context(), "a"); !errors.Is(err, ErrConnected) {
			t.Errorf("got %v", err)
		}
		if st := b.state(t, "a"); st.State != Live || st.Attempts != 1 {
			t.Errorf("status %+v", st)
		}
	})
}

func TestHoldOfOneThatWaitsToRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		runs := 0
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			runs++
			return refuse(ctx, out)
		})
		time.Sleep(time.Minute)
		release, err := b.Hold(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		before := runs
		time.Sleep(time.Minute)
		synctest.Wait()
		if runs != before {
			t.Errorf("%d attempts while it is held", runs-before)
		}
		release()
		time.Sleep(time.Minute)
		if synctest.Wait(); runs == before {
			t.Error("no attempt after the release")
		}
	})
}

func TestHoldGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		off := func(d *camera.Definition) { d.Enabled = false }
		b.put(t, "a", film(time.Second), off)
		release, err := b.Hold(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.Hold(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("held twice: %v", err)
		}
		if _, err := b.Hold(t.Context(), "b"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown: %v", err)
		}
	})
}

// TestHoldEndsWithTheHub stops the hub and removes a camera while it is held.
func TestHoldEndsWithTheHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.put(t, "a", refuse)
		b.put(t, "b", refuse)
		for _, id := range []camera.ID{"a", "b"} {
			if _, err := b.Hold(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if err := b.Remove(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		b.Close()
	})
}
