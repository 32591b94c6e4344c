//go:build linux

package feedbench

import (
	"testing"
	"time"
)

// stall is what viewers that never read do to the hub.
type stall struct {
	rss         int64         // growth per viewer, at its greatest
	hub, own    int64         // kernel memory per socket, at its greatest
	first, last time.Duration // from connecting until the hub gave up the first and the last
	freed       time.Duration // until the kernel held nothing for them on the hub's side
}

const (
	pollStep   = 200 * time.Millisecond
	stallLimit = 30 * time.Second // to wait for the hub to give up
	freeLimit  = 20 * time.Second // and then for the kernel
)

// BenchmarkStalledViewers sets viewers that never read among others. It tells
// what they cost in memory, when they are given up, and whether they harm the
// others.
func BenchmarkStalledViewers(b *testing.B) {
	const good, bad = 50, 20
	h, _ := startBenchHub(b)
	s := server{h.pid(), h.host(), benchFeed}
	viewers := startViewers(b, s, good, normal, 0)
	mark(b, viewers)
	work := load(b)
	base := greatestRSS(b, h.pid(), *window)
	began := time.Now()
	st := watchStalled(b, h, startViewers(b, s, bad, stalled, 0), bad, base, began)
	r := look(b, viewers)
	wantAll(b, r)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mib(st.rss), "rss-MiB/stalled")
	b.ReportMetric(mib(st.hub), "kernel-MiB/stalled")
	b.ReportMetric(0.5, "MiB-goal")
	b.ReportMetric(st.last.Seconds(), "gone-s")
	b.ReportMetric(float64(r.Lost), "others-lost")
	b.Logf("stalled viewers: each of %d costs %.2f MiB RSS and %.2f MiB in the kernel (goal 0.5 each; the viewer's own end %.2f), given up after %.1f to %.1f s (goal 10 to 15), memory free after %.1f s; the other %d: p50 %.1f, p99 %.1f ms, lost %d of %d (goal 0); %s",
		bad, mib(st.rss), mib(st.hub), mib(st.own), st.first.Seconds(), st.last.Seconds(), st.freed.Seconds(),
		good, ms(r.Latency.P50), ms(r.Latency.P99), r.Lost, r.Received+r.Lost, work())
}

// greatestRSS samples a process for a while.
func greatestRSS(tb testing.TB, pid int, d time.Duration) int64 {
	tb.Helper()
	var top int64
	poll(d, pollStep, func() bool {
		n, err := rss(pid)
		if err != nil {
			tb.Fatal(err)
		}
		top = max(top, n)
		return false
	})
	return top
}

// watchStalled watches the hub from when n viewers came at began until all of
// them are gone and the kernel has let go of their memory. base is the hub's
// RSS before.
func watchStalled(tb testing.TB, h *camhub, viewers *process, n int, base int64, began time.Time) stall {
	tb.Helper()
	ports := make(map[int]bool)
	for _, v := range look(tb, viewers).Viewers {
		ports[v.Port] = true
	}
	var st stall
	alive := n
	gone := poll(stallLimit, pollStep, func() bool {
		hub, own := splitEnds(sockets(tb, h.port()), h.port(), ports)
		st.hub, st.own = max(st.hub, hub.per()), max(st.own, own.per())
		now, err := rss(h.pid())
		if err != nil {
			tb.Fatal(err)
		}
		if hub.Alive == n {
			st.rss = max(st.rss, (now-base)/int64(n))
		}
		if hub.Alive < alive && st.first == 0 {
			st.first = time.Since(began)
		}
		alive = hub.Alive
		return alive == 0
	})
	st.last = time.Since(began)
	if !gone {
		tb.Logf("%d stalled viewers are still there after %v", alive, stallLimit)
	}
	freed := poll(freeLimit, pollStep, func() bool {
		hub, _ := splitEnds(sockets(tb, h.port()), h.port(), ports)
		return hub.Left == 0
	})
	st.freed = time.Since(began)
	if !freed {
		tb.Logf("the kernel still holds their memory after another %v", freeLimit)
	}
	return st
}
