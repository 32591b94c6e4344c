package hub

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/source"
)

// plugged is a camera whose return its kind notices.
type plugged struct {
	benchConfig
	wake func(context.Context, error)
}

func (p plugged) Wake(ctx context.Context, cause error) { p.wake(ctx, cause) }

// putPlugged runs a camera that does what run says, with a configuration that
// wakes its worker as wake says.
func putPlugged(t *testing.T, run runFunc, wake func(context.Context, error)) *bench {
	t.Helper()
	b := newBench(t)
	parse := b.cfg.Kinds[0].Parse
	b.cfg.Kinds[0].Parse = func(o json.RawMessage) (source.Config, *multierror.Error) {
		c, errs := parse(o)
		return plugged{c.(benchConfig), wake}, errs
	}
	b.put(t, "a", run)
	return b
}

func TestWakeAfterAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		there, plugIn := false, make(chan struct{})
		b := putPlugged(t, func(ctx context.Context, out source.Sink) error {
			if !there {
				return refuse(ctx, out)
			}
			return film(time.Second)(ctx, out)
		}, func(ctx context.Context, cause error) {
			if reasonOf(cause).Code != "refused" {
				t.Errorf("woken for %v", cause)
			}
			select {
			case <-plugIn:
			case <-ctx.Done():
			}
		})
		defer b.Close()
		time.Sleep(time.Hour)
		if st := b.state(t, "a"); st.State != Offline || st.Error == nil || st.Error.Code != "refused" {
			t.Errorf("status %+v", st)
		}
		there = true
		plugIn <- struct{}{}
		time.Sleep(firstRetry)
		if st := b.state(t, "a"); st.State != Live {
			t.Errorf("%v after it was plugged in: %+v", firstRetry, st)
		}
	})
}

// TestWrongWakesAreRare has a kind that believes at once that the camera is
// back: it costs two attempts a second and no more. It may even panic.
func TestWrongWakesAreRare(t *testing.T) {
	for name, wake := range map[string]func(context.Context, error){
		"at once": func(context.Context, error) {},
		"panic":   func(context.Context, error) { panic("a bug") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runs := 0
				b := putPlugged(t, func(ctx context.Context, out source.Sink) error {
					runs++
					return refuse(ctx, out)
				}, wake)
				defer b.Close()
				time.Sleep(time.Hour)
				synctest.Wait()
				if most := int(time.Hour/(firstRetry*4/5)) + 2; runs > most || runs < 100 {
					t.Errorf("%d attempts in an hour, want at most %d", runs, most)
				}
			})
		})
	}
}

// TestRestartEndsTheWaitForAWake also closes the hub while it waits.
func TestRestartEndsTheWaitForAWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		b := putPlugged(t, func(ctx context.Context, out source.Sink) error {
			runs++
			return refuse(ctx, out)
		}, func(ctx context.Context, _ error) { <-ctx.Done() })
		defer b.Close()
		time.Sleep(time.Hour)
		synctest.Wait()
		before := runs
		if err := b.Restart("a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if runs == before {
			t.Error("no attempt after the restart")
		}
	})
}
