//go:build linux

package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"camhub/internal/hubtest"
)

const (
	// recordPromise is how much of the newest a crash may take.
	recordPromise = 2 * time.Second
	liveWithin    = time.Minute
)

// start starts the hub over the data folder, and compares what it knows with what was
// acknowledged.
func (w *world) start(t *testing.T, log *logScan) (*hubtest.Hub, *client) {
	t.Helper()
	cmd := hubtest.Serve(w.program, w.data)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = log
	h := hubtest.Start(t, cmd)
	c := newClient(h.URL, w.tally)
	t.Cleanup(c.http.CloseIdleConnections)
	all, err := c.cameras(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range w.ledgers {
		l.check(all, w.tally)
	}
	if err := w.keep.check(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return h, c
}

// stop ends a hub as a service manager does.
func (w *world) stop(t *testing.T, h *hubtest.Hub, c *client) {
	t.Helper()
	c.http.CloseIdleConnections()
	before := t.Failed()
	if h.Stop(); t.Failed() && !before {
		w.fault(badEnds, "it was told to stop")
	}
}

// awaitSteady waits until the steady cameras are live and recorded.
func awaitSteady(t *testing.T, c *client) {
	t.Helper()
	if err := awaitLive(t.Context(), c, steadyIDs(), liveWithin); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), liveWithin)
	defer cancel()
	for {
		all, err := c.cameras(ctx)
		recorded := err == nil
		for _, id := range steadyIDs() {
			r := all[id].Status.Recording
			recorded = recorded && r != nil && r.Pictures >= 5
		}
		if recorded {
			return
		}
		if !pause(ctx, 100*time.Millisecond) {
			t.Fatalf("not all steady cameras are recorded: %v", err)
		}
	}
}

// killed is a life that a kill has ended.
type killed struct{ from, to time.Time }

// liveAndDie runs the load over a hub for a while, and kills it.
func (w *world) liveAndDie(t *testing.T, h *hubtest.Hub, c *client, life uint64, d time.Duration) (k killed) {
	t.Helper()
	l := w.startLoad(t.Context(), c, life)
	defer l.stop()
	awaitSteady(t, c)
	k.from = time.Now()
	l.steady.Store(true)
	pause(t.Context(), d)
	l.dying.Store(true)
	k.to = time.Now()
	h.Kill()
	w.add(kills, 1)
	return k
}

// lookUp looks at what there is of the recordings of a life that was killed.
func (w *world) lookUp(t *testing.T, c *client, k killed) {
	t.Helper()
	for _, id := range steadyIDs() {
		var found struct {
			Cameras []struct {
				Ranges []struct{ From, To time.Time }
				Gaps   []struct {
					From, To time.Time
					Reason   struct{ Code string }
				}
			}
		}
		q := url.Values{"camera": {id}, "min_gap": {"0"}, "from": {k.from.UTC().Format(time.RFC3339Nano)}}
		status, err := c.call(t.Context(), "GET", "/api/v1/recordings?"+q.Encode(), nil, &found)
		if err != nil || status != http.StatusOK || len(found.Cameras) != 1 {
			w.fault(lostPictures, "%s: %d, %v, %d cameras", id, status, err, len(found.Cameras))
			continue
		}
		w.add(verified, 1)
		var newest time.Time
		for _, r := range found.Cameras[0].Ranges {
			if r.From.Before(k.to) {
				newest = r.To
			}
		}
		if lost := k.to.Sub(newest); lost > recordPromise {
			w.fault(lostPictures, "%s: of %v to %v, %v of the newest are gone: %+v", id, k.from, k.to, lost, found.Cameras[0])
		}
		for _, g := range found.Cameras[0].Gaps {
			if g.From.After(k.from) && g.From.Before(k.to.Add(-recordPromise)) && g.Reason.Code != "deleted" {
				w.fault(lostPictures, "%s: nothing from %v to %v: %s", id, g.From, g.To, g.Reason.Code)
			}
		}
	}
}

// check runs camhub check over the data folder.
func (w *world) check(t *testing.T, when string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.program, "check", "--json", "--data", w.data)
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	failed := cmd.Run()
	var report struct {
		Clean    bool
		Findings []json.RawMessage
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || failed != nil || !report.Clean {
		w.fault(checkFaults, "%s: %v %v %s %s", when, failed, err, report.Findings, diagnosis.Bytes())
	}
}

// rest makes a hub whose load was stopped quiet: with cameras that do what they always
// do, and without what users have made meanwhile.
func (w *world) rest(ctx context.Context, c *client) error {
	w.calm(true)
	for _, l := range w.ledgers {
		if err := l.settle(ctx, c); err != nil {
			return err
		}
	}
	var list struct{ Exports []struct{ ID string } }
	if _, err := c.call(ctx, "GET", "/api/v1/exports", nil, &list); err != nil {
		return err
	}
	for _, e := range list.Exports {
		if _, err := c.call(ctx, "DELETE", "/api/v1/exports/"+e.ID, nil, nil); err != nil {
			return err
		}
	}
	ids := steadyIDs()
	for i := range w.flaky {
		ids = append(ids, flakyID(i))
		if status, err := c.call(ctx, "POST", "/api/v1/cameras/"+flakyID(i)+"/restart", nil, nil); err != nil || status != http.StatusAccepted {
			return fmt.Errorf("restart %s: %d, %v", flakyID(i), status, err)
		}
	}
	return awaitLive(ctx, c, ids, liveWithin)
}
