//go:build linux

package soak

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// load is all that is done to one life of a hub.
type load struct {
	*client
	w      *world
	steady atomic.Bool // all steady cameras were live: they have to stay so
	dying  atomic.Bool // the hub is about to be killed
	cancel context.CancelFunc
	wg     sync.WaitGroup

	oldest time.Time // recording that was seen; of the goroutine that looks
}

// actor does one thing, and returns. An error means that there was no answer.
type actor func(ctx context.Context, rng *rand.Rand) error

// startLoad starts everything. stop ends it.
func (w *world) startLoad(ctx context.Context, c *client, life uint64) *load {
	ctx, cancel := context.WithCancel(ctx)
	l := &load{client: c, w: w, cancel: cancel}
	rng := rand.New(rand.NewPCG(w.seed, 1000+life))
	for _, a := range []struct {
		n int
		actor
	}{
		{8, l.comeAndGo}, {3, l.stay}, {6, l.linger}, {2, l.snap}, {3, l.watchWall}, {2, l.play}, {2, l.follow}, {1, l.export}, {1, l.look},
		{1, func(ctx context.Context, rng *rand.Rand) error {
			defer pause(ctx, upTo(rng, time.Second))
			return w.keep.step(ctx, c)
		}},
	} {
		for range a.n {
			l.start(ctx, rand.New(rand.NewPCG(rng.Uint64(), 0)), a.actor)
		}
	}
	for _, book := range w.ledgers {
		l.start(ctx, book.rng, func(ctx context.Context, rng *rand.Rand) error {
			defer pause(ctx, upTo(rng, 2*time.Second))
			return book.step(ctx, c)
		})
	}
	return l
}

// start has an actor act again and again.
func (l *load) start(ctx context.Context, rng *rand.Rand, act actor) {
	l.wg.Go(func() {
		for ctx.Err() == nil {
			if err := act(ctx, rng); err != nil {
				pause(ctx, 100*time.Millisecond) // the hub is gone, or the time is up
			}
		}
	})
}

// stop ends all and waits for it.
func (l *load) stop() {
	l.cancel()
	l.wg.Wait()
	l.http.CloseIdleConnections()
}

// look looks whether a steady camera was disturbed: whether it is not live, was opened
// again, or is not recorded.
func (l *load) look(ctx context.Context, rng *rand.Rand) error {
	all, err := l.cameras(ctx)
	if err != nil {
		return err
	}
	l.add(looks, 1)
	for _, id := range steadyIDs() {
		s := all[id].Status
		switch {
		case !l.steady.Load() || l.dying.Load():
		case s.State == "stale" && pressure() >= starvedAt:
			l.add(starved, 1)
		case s.State != "live":
			l.fault(disturbed, "%s is %s: %+v", id, s.State, s.Error)
		case s.Connects != 1:
			l.fault(disturbed, "%s was opened %d times", id, s.Connects)
		case s.Recording == nil || s.Recording.State == "failing" || s.Recording.Lost > 0:
			l.fault(lostPictures, "%s: its recording is %+v", id, s.Recording)
		}
	}
	var storage struct{ Oldest time.Time }
	if _, err := l.call(ctx, "GET", "/api/v1/storage", nil, &storage); err != nil {
		return err
	}
	if !l.oldest.IsZero() && storage.Oldest.After(l.oldest) {
		l.add(retained, 1)
	}
	l.oldest = storage.Oldest
	if _, err := l.text(ctx, "/metrics"); err != nil {
		return err
	}
	pause(ctx, 500*time.Millisecond)
	return nil
}

// export makes a file of a recording, fetches it, and deletes the job.
func (l *load) export(ctx context.Context, rng *rand.Rand) error {
	formats := []string{"mov", "avi", "zip"}
	if _, err := exec.LookPath("ffmpeg"); err == nil {
		formats = append(formats, "mp4-h264")
	}
	var job struct{ ID, State string }
	now := time.Now().UTC()
	status, err := l.call(ctx, "POST", "/api/v1/exports", object{
		"cameras": []string{pick(rng, steadyIDs()...)}, "from": now.Add(-10 * time.Second), "to": now, "format": pick(rng, formats...),
	}, &job)
	if err != nil || status != http.StatusAccepted {
		pause(ctx, time.Second) // nothing is recorded yet
		return err
	}
	path := "/api/v1/exports/" + job.ID
	for job.State != "ready" && job.State != "failed" {
		if !pause(ctx, 200*time.Millisecond) {
			return nil
		}
		if _, err := l.call(ctx, "GET", path, nil, &job); err != nil {
			return err
		}
	}
	if job.State == "failed" {
		text, err := l.text(ctx, path)
		l.fault(failedExport, "%s %v", text, err)
	} else if err := l.fetch(ctx, path+"/file"); err != nil {
		return err
	}
	_, err = l.call(ctx, "DELETE", path, nil, nil)
	return err
}

// fetch takes a file, whose length was told.
func (l *load) fetch(ctx context.Context, path string) error {
	resp, err := l.open(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || n != resp.ContentLength || n == 0 {
		return fmt.Errorf("%s: %s, %d of %d bytes", path, resp.Status, n, resp.ContentLength)
	}
	l.add(exports, 1)
	return nil
}
