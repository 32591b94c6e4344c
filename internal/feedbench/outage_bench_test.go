//go:build linux

package feedbench

import (
	"slices"
	"testing"
	"time"
)

const (
	outage      = 5 * time.Second
	returnLimit = time.Minute
)

// BenchmarkOutage kills the camera for five seconds. It tells how long after
// its return the viewers see a picture, and whether they kept their
// connections. Each turn has a new hub, since a hub waits longer for a camera
// that fails often.
func BenchmarkOutage(b *testing.B) {
	const n = 20
	var first, last series
	kept := n
	for range *rounds {
		back, open := sufferOutage(b, n)
		first = append(first, slices.Min(back).Seconds())
		last = append(last, slices.Max(back).Seconds())
		kept = min(kept, open)
	}
	if kept < n {
		b.Errorf("%d of %d viewers kept their connection", kept, n)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(last.median(), "back-s")
	b.ReportMetric(1, "back-goal-s")
	b.ReportMetric(float64(kept), "kept")
	b.ReportMetric(n, "kept-goal")
	b.Logf("outage of %v: first viewer has a picture %v s after the camera is back, last %v s (goal 1); %d of %d connections kept (goal all)",
		outage, first, last, kept, n)
}

// sufferOutage returns when each viewer had a picture, counted from the
// camera's return, and how many connections were kept.
func sufferOutage(b *testing.B, n int) (back []time.Duration, open int) {
	b.Helper()
	feeder, at := startFeeder(b, loopback)
	h := startHub(b)
	defer h.stop()
	h.addBench(b, at.Addr)
	viewers := startViewers(b, server{h.pid(), h.host(), benchFeed}, n, normal, 0)
	defer viewers.kill()
	mark(b, viewers)
	feeder.kill()
	time.Sleep(outage)
	feeder, at = startFeeder(b, at.Addr)
	defer feeder.kill()
	var r report
	if !poll(returnLimit, pollStep, func() bool {
		r = look(b, viewers)
		return r.Restarts >= r.Open
	}) {
		b.Fatalf("%d of %d viewers have a picture %v after the camera is back\n%s", r.Restarts, r.Open, returnLimit, h.Log())
	}
	for _, v := range r.Viewers {
		if v.Restarts > 0 {
			back = append(back, time.Duration(v.FreshAt-at.At))
		}
	}
	if len(back) == 0 {
		b.Fatalf("no viewer kept its connection: %s", r.Viewers[0].Gone)
	}
	return back, r.Open
}
