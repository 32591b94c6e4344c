package hub

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/fault"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/stream"
)

// runFunc is a source whose behaviour a test writes down.
type runFunc func(ctx context.Context, out source.Sink) error

func (f runFunc) Run(ctx context.Context, out source.Sink) error { return f(ctx, out) }

// bench is a hub with the cameras of a test, and what the hub told.
type bench struct {
	*Hub
	mu     sync.Mutex
	runs   map[string]source.Source
	events []event.Event
}

type benchConfig struct {
	b   *bench
	key string
}

func (c benchConfig) Open(source.Env) source.Source {
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	return c.b.runs[c.key]
}

func newBench(t *testing.T) *bench {
	b := &bench{runs: make(map[string]source.Source)}
	kind := source.Kind{Name: "test", Parse: func(o json.RawMessage) (source.Config, *multierror.Error) {
		if string(o) == `{}` {
			var errs *multierror.Error
			return nil, multierror.Append(errs, fault.Fieldf("/source/key", "is required"))
		}
		return benchConfig{b, string(o)}, nil
	}}
	b.Hub = New(Config{
		Kinds: source.Kinds{kind}, Log: slog.New(slog.DiscardHandler),
		OnChange: func(camera.ID) {},
		OnEvent: func(e event.Event) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.events = append(b.events, e)
		},
	})
	t.Cleanup(b.Close)
	return b
}

// put runs a camera that does what run says; each call is a change of source.
func (b *bench) put(t *testing.T, id camera.ID, run runFunc, change ...func(*camera.Definition)) {
	t.Helper()
	b.putSource(t, id, run, change...)
}

func (b *bench) putSource(t *testing.T, id camera.ID, run source.Source, change ...func(*camera.Definition)) {
	t.Helper()
	b.mu.Lock()
	key := fmt.Sprintf(`{"key":%d}`, len(b.runs))
	b.runs[key] = run
	b.mu.Unlock()
	d := camera.Default()
	d.ID, d.Name, d.Source = id, "Camera", camera.Source{Kind: "test", Options: json.RawMessage(key)}
	for _, c := range change {
		c(&d)
	}
	if err := b.Put(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) state(t *testing.T, id camera.ID) Status {
	t.Helper()
	synctest.Wait()
	st, err := b.Status(id)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// told returns the types of the events so far.
func (b *bench) told() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := ""
	for _, e := range b.events {
		s += string(e.Type) + " "
	}
	return s
}

var track = &media.Track{Codec: media.JPEG, Width: 640, Height: 360}

var frames atomic.Uint64

// frame returns a picture that is like no other.
func frame() *media.Packet {
	data := binary.BigEndian.AppendUint64(make([]byte, 992), frames.Add(1))
	return &media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: data}
}

// film gives a picture every interval until its context ends.
func film(interval time.Duration) runFunc {
	return func(ctx context.Context, out source.Sink) error {
		for {
			out.Received(1000)
			out.Write(frame())
			select {
			case <-time.After(interval):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

func refuse(context.Context, source.Sink) error { return source.Errorf("refused", "No.") }

func onDemand(d *camera.Definition) { d.Mode = camera.OnDemand }

func TestLiveCameraHasFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", film(100*time.Millisecond))
		time.Sleep(20*time.Second + 10*time.Millisecond)
		st := b.state(t, "a")
		if st.State != Live || st.FPS != 10 || st.Bitrate != 80000 || st.Width != 640 || *st.FrameAgeMS != 10 {
			t.Errorf("status %+v", st)
		}
		if b.told() != "online " {
			t.Errorf("told %q", b.told())
		}
	})
}

func TestRetryBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		var starts []time.Time
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			starts = append(starts, time.Now())
			return refuse(ctx, out)
		})
		time.Sleep(10 * time.Minute)
		st := b.state(t, "a")
		if st.State != Offline || st.Error.Code != "refused" || st.RetryAt == nil || time.Until(*st.RetryAt) > 36*time.Second {
			t.Errorf("status %+v", st)
		}
		if gap := starts[1].Sub(starts[0]); gap != 0 {
			t.Errorf("the first retry came after %v, want at once", gap)
		}
		for i := 2; i < len(starts); i++ {
			gap := starts[i].Sub(starts[i-1])
			early := starts[i].Sub(starts[0]) < 6*time.Second
			if gap < 400*time.Millisecond || gap > 36*time.Second || early && gap > 600*time.Millisecond {
				t.Errorf("retry %d came after %v", i, gap)
			}
		}
		if last := starts[len(starts)-1].Sub(starts[len(starts)-2]); last < 24*time.Second {
			t.Errorf("after ten minutes the wait is %v", last)
		}
		if b.told() != "offline " {
			t.Errorf("told %q, want one outage", b.told())
		}
	})
}

// TestPatientFailure has a camera that refuses the password: trying densely
// would lock the account.
func TestPatientFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		runs := 0
		b.put(t, "a", func(context.Context, source.Sink) error {
			runs++
			return &source.Error{Code: "unauthorized", Message: "No.", Patient: true}
		})
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if runs != 1 {
			t.Errorf("%d attempts in 20 s, want 1", runs)
		}
	})
}

// TestPatientFailureOnDemand has viewers who come and go: that must not lock the
// account either.
func TestPatientFailureOnDemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		runs := 0
		b.put(t, "a", func(context.Context, source.Sink) error {
			runs++
			return &source.Error{Code: "unauthorized", Message: "No.", Patient: true}
		}, onDemand)
		out, err := b.Stream("a")
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			reader := out.Subscribe(stream.Latest)
			time.Sleep(time.Second)
			reader.Close()
			time.Sleep(time.Second)
		}
		if runs != 1 {
			t.Errorf("%d attempts in 20 s, want 1", runs)
		}
		time.Sleep(lastRetry)
		if st := b.state(t, "a"); st.State != Idle || runs != 1 {
			t.Errorf("later, when nobody watches: %+v, %d attempts", st, runs)
		}
	})
}

// TestNobodyWaitsForTheNextTry has the last viewer leave while an attempt runs:
// when it has failed, nothing is tried again.
func TestNobodyWaitsForTheNextTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			time.Sleep(5 * time.Second)
			return refuse(ctx, out)
		}, onDemand)
		out, err := b.Stream("a")
		if err != nil {
			t.Fatal(err)
		}
		reader := out.Subscribe(stream.Latest)
		time.Sleep(7 * time.Second) // within the second attempt
		reader.Close()
		time.Sleep(3*time.Second + time.Millisecond)
		if st := b.state(t, "a"); st.State != Idle {
			t.Errorf("after it failed: %+v, want idle", st)
		}
	})
}

func TestStallEndsTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		runs := 0
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			if runs++; runs == 1 {
				out.Write(frame())
			}
			<-ctx.Done() // the camera hangs
			return ctx.Err()
		})
		time.Sleep(3500 * time.Millisecond)
		if st := b.state(t, "a"); st.State != Stale {
			t.Errorf("after 3.5 s: %+v, want stale", st)
		}
		time.Sleep(stallAfter)
		if st := b.state(t, "a"); st.State != Connecting || st.Error.Code != "stalled" {
			t.Errorf("after the stall: %+v, want connecting", st)
		}
		time.Sleep(stallAfter)
		if st := b.state(t, "a"); st.State != Offline || st.Error.Code != "stalled" {
			t.Errorf("after the second stall: %+v, want offline", st)
		}
		if runs < 2 || b.told() != "online offline " {
			t.Errorf("%d runs, told %q", runs, b.told())
		}
	})
}

// TestBytesWithoutPicture has a camera that keeps sending and never completes a
// picture.
func TestBytesWithoutPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			for ctx.Err() == nil {
				out.Received(1)
				time.Sleep(time.Second)
			}
			return ctx.Err()
		})
		time.Sleep(pictureAfter + 1500*time.Millisecond)
		if st := b.state(t, "a"); st.Error == nil || st.Error.Code != "no-picture" {
			t.Errorf("status %+v", st)
		}
	})
}

// TestBytesAfterPicture has a camera that keeps sending and gives only its first
// picture: it is tried again.
func TestBytesAfterPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		var runs atomic.Int32
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			runs.Add(1)
			out.Write(frame())
			for ctx.Err() == nil {
				out.Received(1)
				time.Sleep(time.Second)
			}
			return ctx.Err()
		})
		time.Sleep(pictureAfter - time.Second)
		if st := b.state(t, "a"); st.State != Stale || runs.Load() != 1 {
			t.Errorf("before: %+v, %d attempts", st, runs.Load())
		}
		time.Sleep(5 * time.Second)
		if b.state(t, "a"); runs.Load() != 2 {
			t.Errorf("%d attempts, want 2", runs.Load())
		}
	})
}

// TestSlowCameraIsNotStale has a camera with a long time between pictures.
func TestSlowCameraIsNotStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", film(stallAfter-time.Second))
		time.Sleep(10*stallAfter + 5*time.Second)
		if st := b.state(t, "a"); st.State != Live || st.Attempts != 1 {
			t.Errorf("status %+v", st)
		}
	})
}

// patient is a source of a camera that gives a picture a minute.
type patient struct{ runFunc }

func (patient) Patience() time.Duration { return time.Minute }

// TestPatientSource has a camera that is asked once a minute: the silence
// between is neither stale nor a stall, and a longer one is both.
func TestPatientSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		runs := 0
		b.putSource(t, "a", patient{func(ctx context.Context, out source.Sink) error {
			runs++
			for i := 0; i < 3 && runs == 1; i++ {
				out.Received(1000)
				out.Write(frame())
				select {
				case <-time.After(time.Minute):
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			<-ctx.Done()
			return ctx.Err()
		}})
		for range 3*60 - 5 {
			if st := b.state(t, "a"); st.State != Live || st.Attempts != 1 {
				t.Fatalf("status %+v", st)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(20 * time.Second) // 75 s after the last picture
		if st := b.state(t, "a"); st.Error == nil || st.Error.Code != "stalled" || st.Error.Message != "The camera sent nothing for 1m10s." {
			t.Errorf("status %+v", st)
		}
	})
}

// TestPatientSourceWithoutPicture has one that keeps sending and never
// completes a picture.
func TestPatientSourceWithoutPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.putSource(t, "a", patient{func(ctx context.Context, out source.Sink) error {
			for ctx.Err() == nil {
				out.Received(1)
				time.Sleep(time.Second)
			}
			return ctx.Err()
		}})
		time.Sleep(time.Minute + pictureAfter - time.Second)
		if st := b.state(t, "a"); st.Error != nil {
			t.Errorf("too early: %+v", st.Error)
		}
		time.Sleep(3 * time.Second)
		if st := b.state(t, "a"); st.Error == nil || st.Error.Message != "The camera sent data for 1m30s, but no picture." {
			t.Errorf("status %+v", st)
		}
	})
}

func TestPanicIsAFailedAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "bad", func(context.Context, source.Sink) error { panic("bad JPEG") })
		b.put(t, "good", film(time.Second))
		if st := b.state(t, "bad"); st.State != Offline || st.Error.Code != "internal" {
			t.Errorf("status %+v", st)
		}
		if st := b.state(t, "good"); st.State != Live {
			t.Errorf("the other camera: %+v", st)
		}
	})
}

// TestOutageIsTold has a camera that is away for a while.
func TestOutageIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		away := time.Now().Add(2 * time.Minute)
		back := away.Add(5 * time.Second)
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			now := time.Now()
			if now.After(away) && now.Before(back) {
				return refuse(ctx, out)
			}
			if now.Before(away) {
				var cancel func()
				ctx, cancel = context.WithDeadline(ctx, away.Add(1))
				defer cancel()
			}
			if err := film(time.Second)(ctx, out); ctx.Err() == nil {
				return err
			}
			return source.Errorf("ended", "Gone.")
		})
		time.Sleep(time.Until(back) + time.Second)
		st := b.state(t, "a")
		if st.State != Live || st.Error != nil {
			t.Errorf("a second after its return: %+v", st)
		}
		if b.told() != "online offline online " {
			t.Fatalf("told %q", b.told())
		}
		if e := b.events[1]; e.Reason.Code != "refused" || e.DurationMS != 120000 {
			t.Errorf("outage: %+v", e)
		}
		if e := b.events[2]; e.DurationMS < 4400 || e.DurationMS > 6000 {
			t.Errorf("return: %+v", e)
		}
	})
}

// TestChangeEndsOutage has a person mend the address of a camera that is away,
// and then change what works: that is one outage, and no second return.
func TestChangeEndsOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", refuse)
		time.Sleep(time.Hour)
		b.put(t, "a", film(time.Second))
		time.Sleep(time.Minute)
		b.put(t, "a", film(time.Second))
		time.Sleep(time.Minute)
		if b.told() != "offline online " {
			t.Fatalf("told %q", b.told())
		}
		if e := b.events[1]; e.Reason == nil || e.Reason.Code != "refused" || e.DurationMS < 3599_000 {
			t.Errorf("return: %+v", e)
		}
		if st := b.state(t, "a"); st.State != Live || st.Error != nil {
			t.Errorf("status %+v", st)
		}
	})
}

func TestOnDemandOpensForReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		open := 0
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			open++
			defer func() { open-- }()
			return film(time.Second)(ctx, out)
		}, onDemand)
		if st := b.state(t, "a"); st.State != Idle || open != 0 {
			t.Fatalf("without readers: %+v, %d open", st, open)
		}
		s, _ := b.Stream("a")
		r := s.Subscribe(stream.Latest)
		if st := b.state(t, "a"); st.State != Live || st.Viewers != 1 {
			t.Errorf("with a reader: %+v", st)
		}
		r.Close()
		time.Sleep(9 * time.Second)
		r = s.Subscribe(stream.Latest) // back in time
		time.Sleep(5 * time.Second)
		if st := b.state(t, "a"); st.State != Live || open != 1 || st.Attempts != 1 {
			t.Errorf("reader back within the time: %+v", st)
		}
		r.Close()
		time.Sleep(11 * time.Second)
		if st := b.state(t, "a"); st.State != Idle || open != 0 {
			t.Errorf("after the idle time: %+v, %d open", st, open)
		}
		if s.Last() != nil {
			t.Error("an old picture is kept for the next reader")
		}
	})
}

// TestReplaceKeepsViewers changes a camera's source under a viewer, and checks
// that the old source is gone before the new one starts.
func TestReplaceKeepsViewers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		open := 0
		run := func(ctx context.Context, out source.Sink) error {
			if open++; open != 1 {
				t.Error("two sources hold the device")
			}
			out.Write(frame())
			<-ctx.Done()
			time.Sleep(3 * time.Second) // slow to let go
			open--
			return ctx.Err()
		}
		b.put(t, "a", run)
		s, err := b.Stream("a")
		if err != nil {
			t.Fatal(err)
		}
		r := s.Subscribe(stream.Latest)
		// A hub retries for ever, so in a bubble time runs for ever too: bound
		// every wait.
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 2 {
			if _, err := r.Next(ctx); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			b.put(t, "a", run)
		}
		if err := b.Remove(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if open != 0 {
			t.Error("Remove returned before the device was free")
		}
		if _, err := r.Next(ctx); err != nil && !errors.Is(err, stream.ErrClosed) {
			t.Errorf("viewer got %v", err)
		}
	})
}

func TestRenameKeepsWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		runs := 0
		b.put(t, "a", func(ctx context.Context, _ source.Sink) error {
			runs++
			<-ctx.Done()
			return ctx.Err()
		})
		synctest.Wait()
		d := b.cams["a"].def
		d.Name = "Front door"
		if err := b.Put(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if runs != 1 {
			t.Errorf("%d runs, want 1", runs)
		}
		if name := b.cams["a"].state.name(); name != "Front door" {
			t.Errorf("the worker knows the name %q", name)
		}
	})
}

// TestRemoveThenPut puts a camera back while it is still being removed.
func TestRemoveThenPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		open := 0
		run := func(ctx context.Context, _ source.Sink) error {
			if open++; open != 1 {
				t.Error("two sources hold the device")
			}
			<-ctx.Done()
			time.Sleep(time.Second)
			open--
			return ctx.Err()
		}
		b.put(t, "a", run)
		synctest.Wait()
		go b.Remove(t.Context(), "a")
		synctest.Wait()
		b.put(t, "a", run)
		synctest.Wait()
		if _, err := b.Stream("a"); err != nil || open != 1 {
			t.Errorf("open %d, %v", open, err)
		}
	})
}

func TestRestartTriesNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		works := false
		runs := 0
		b.put(t, "a", func(ctx context.Context, out source.Sink) error {
			runs++
			if !works {
				return refuse(ctx, out)
			}
			return film(time.Second)(ctx, out)
		})
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		works = true
		if err := b.Restart("a"); err != nil {
			t.Fatal(err)
		}
		if st := b.state(t, "a"); st.State != Live {
			t.Errorf("after restart: %+v", st)
		}
		before := runs
		b.Restart("a")
		if st := b.state(t, "a"); st.State != Live || runs != before+1 {
			t.Errorf("restart of a live camera: %+v, %d runs", st, runs-before)
		}
	})
}

func TestDisabledCameraDoesNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		defer b.Close()
		b.put(t, "a", film(time.Second), func(d *camera.Definition) { d.Enabled = false })
		if st := b.state(t, "a"); st.State != Disabled || st.Frames != 0 {
			t.Errorf("status %+v", st)
		}
		if err := b.Restart("a"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("restart: %v", err)
		}
	})
}

func TestBadSourceIsRefused(t *testing.T) {
	b := newBench(t)
	err := b.Put(t.Context(), camera.Definition{ID: "a", Source: camera.Source{Kind: "nope"}})
	if fs := fault.Fields(err); fault.KindOf(err) != fault.Invalid || len(fs) != 1 || fs[0].Pointer != "/source/kind" {
		t.Errorf("got %v", err)
	}
	if _, err := b.Stream("a"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it runs all the same: %v", err)
	}
}
