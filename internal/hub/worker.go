package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/stream"
)

// How long a camera may be silent, beyond the patience of its source.
const (
	stallAfter   = 10 * time.Second // no byte for so long: end the attempt
	pictureAfter = 30 * time.Second // bytes but no picture for so long, and longer than usual: likewise
)

// Why an attempt ended that did not fail by itself.
var (
	errEnded   = source.Errorf("ended", "The camera ended the stream.")
	errIdle    = errors.New("hub: nobody watches")
	errRestart = errors.New("hub: restart asked for")
)

func errStalled(silence time.Duration) error {
	return source.Errorf("stalled", "The camera sent nothing for %v.", silence)
}

func errNoPicture(d time.Duration) error {
	return source.Errorf("no-picture", "The camera sent data for %v, but no picture.", d)
}

// worker keeps one camera's source running. Its goroutine is run; everything
// that others may ask is in its state.
type worker struct {
	def     camera.Definition
	open    func() source.Source
	wake    func(context.Context, error) // as source.Waker has it; nil when nothing can wake the worker
	out     *stream.Stream
	turns   turns
	log     *slog.Logger
	restart chan struct{} // capacity 1
	state   *state
}

// run tries, waits, and tries again. It returns when ctx ends, and by then
// nothing that it started is left.
func (w *worker) run(ctx context.Context) {
	for attempt := 1; w.awaitDemand(ctx); attempt++ {
		err := w.attemptInTurn(ctx, attempt)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errHeld):
			attempt--
			continue
		case errors.Is(err, errIdle):
			attempt = 0
			continue
		case errors.Is(err, errRestart):
			w.state.restarted()
			attempt = 0
			continue
		}
		if w.state.liveFor() >= stableAfter {
			attempt = 1
		}
		wait := retryIn(attempt)
		e, ok := errors.AsType[*source.Error](err)
		patient := ok && e.Patient
		if patient {
			wait = jitter(lastRetry)
		}
		w.logFailure(attempt, wait, err)
		w.state.failed(err, wait)
		if w.pauseOrWake(ctx, wait, patient, err) {
			w.state.restarted()
			attempt = 0
		}
	}
}

// logFailure logs a failure once as a warning, and its repetitions at level debug.
func (w *worker) logFailure(attempt int, wait time.Duration, err error) {
	level := slog.LevelWarn
	if w.state.lastError() == reasonOf(err) {
		level = slog.LevelDebug
	}
	w.log.Log(context.Background(), level, "camera failed", "err", err, "cause", errors.Unwrap(err), "attempt", attempt, "retry_in", wait)
}

// awaitDemand waits until the camera has to be open. It returns false when ctx
// ended.
func (w *worker) awaitDemand(ctx context.Context) bool {
	if w.def.Mode != camera.OnDemand {
		return ctx.Err() == nil
	}
	for w.out.Readers() == 0 {
		w.state.idle()
		w.out.Forget() // the next reader is not to begin with a picture of long ago
		select {
		case <-w.out.Demand():
		case <-w.restart: // nothing runs
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

// pauseOrWake is pause, after an attempt that failed by cause, and returns early
// when the camera seems to be back, though not before firstRetry.
func (w *worker) pauseOrWake(ctx context.Context, d time.Duration, patient bool, cause error) (restart bool) {
	if w.wake == nil || d <= firstRetry {
		return w.pause(ctx, d, patient)
	}
	start := time.Now()
	back, cancel := context.WithCancel(ctx)
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		defer cancel()
		defer w.recoverWake()
		w.wake(back, cause)
	}()
	restart = w.pause(back, d, patient)
	cancel()
	<-woken
	if left := firstRetry - time.Since(start); ctx.Err() == nil && !restart && left > 0 {
		restart = w.pause(ctx, left, patient)
	}
	return restart
}

// recoverWake keeps a panic of a kind's code from ending the program.
func (w *worker) recoverWake() {
	if v := recover(); v != nil {
		w.log.Error("waiting for the camera failed", "panic", v, "stack", string(debug.Stack()))
	}
}

// pause waits between two attempts. It returns early, with true, when a restart
// is asked for, and early when nobody watches, unless it is patient: viewers who
// come and go must not bring about more attempts than one who stays.
func (w *worker) pause(ctx context.Context, d time.Duration, patient bool) (restart bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	for patient || w.def.Mode != camera.OnDemand || w.out.Readers() > 0 {
		select {
		case <-t.C:
			return false
		case <-ctx.Done():
			return false
		case <-w.restart:
			return true
		case <-w.out.Demand(): // look again
		}
	}
	return false
}

// attemptInTurn is attempt, when nobody holds the camera.
func (w *worker) attemptInTurn(ctx context.Context, n int) error {
	if err := w.turns.gate.Lock(ctx); err != nil {
		return err
	}
	defer w.turns.gate.Unlock()
	select {
	case <-w.restart: // asked for while the camera was held: here it is
	default:
	}
	w.state.attempting(n)
	return w.attempt(ctx)
}

// attempt runs one source until it ends, stalls, or is no longer wanted. It
// always returns an error, when the source has returned.
func (w *worker) attempt(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.state.heard()
	done := make(chan error, 1)
	go func() { done <- w.runSource(ctx) }()

	idle := time.NewTimer(time.Hour)
	defer idle.Stop()
	watch := time.NewTimer(0)
	defer watch.Stop()
	w.checkDemand(idle)
	for {
		select {
		case err := <-done:
			if cause := context.Cause(ctx); cause != nil {
				return cause // says more than what the source made of it
			}
			return err
		case <-w.restart:
			cancel(errRestart)
		case answer := <-w.turns.ask:
			yields := !w.state.connected()
			if yields {
				cancel(errHeld)
			}
			answer <- yields
		case <-w.out.Demand():
			w.checkDemand(idle)
		case <-idle.C:
			cancel(errIdle)
		case <-watch.C:
			next, err := w.state.check()
			if err != nil {
				cancel(err)
			}
			watch.Reset(next)
		}
	}
}

// checkDemand starts the idle timer when nobody watches, and stops it else.
func (w *worker) checkDemand(idle *time.Timer) {
	if w.def.Mode == camera.OnDemand && w.out.Readers() == 0 {
		idle.Reset(time.Duration(w.def.IdleTimeout))
	} else {
		idle.Stop()
	}
}

// runSource runs one source and turns a panic of it into an error.
func (w *worker) runSource(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &source.Error{
				Code:    "internal",
				Message: "The source failed unexpectedly; the log of the hub has the details.",
				Err:     fmt.Errorf("panic: %v\n%s", v, debug.Stack()),
			}
		}
	}()
	src := w.open()
	still, ok := src.(source.Still)
	w.state.mayStandStill(ok && still.StandsStill())
	if c, ok := src.(source.Capturer); ok {
		w.state.captures(c)
	}
	if p, ok := src.(source.Patient); ok {
		w.state.bePatient(p.Patience())
	}
	if err := src.Run(ctx, sink{w}); err != nil {
		return err
	}
	return errEnded
}

// sink passes what a source finds to the stream, and keeps the books.
type sink struct{ w *worker }

// Write implements source.Sink.
func (s sink) Write(p *media.Packet) {
	s.w.out.Write(p)
	s.w.state.wrote(p)
}

// Received implements source.Sink.
func (s sink) Received(n int) { s.w.state.received(n) }

// Quirk implements source.Sink.
func (s sink) Quirk(name string) { s.w.state.quirk(name) }
