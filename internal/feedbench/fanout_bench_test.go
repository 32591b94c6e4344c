//go:build linux

package feedbench

import (
	"fmt"
	"testing"
	"time"
)

// The stream of most benchmarks.
const (
	benchWidth, benchHeight = 1280, 720
	benchFPS                = 30
	loopback                = "127.0.0.1:0"
)

// server is what viewers are set upon.
type server struct {
	pid  int
	host string
	path string
}

func startFeeder(tb testing.TB, addr string) (*process, listening) {
	tb.Helper()
	p := startRole(tb, role{Name: "feeder", Addr: addr, Width: benchWidth, Height: benchHeight, FPS: benchFPS})
	var l listening
	p.line(tb, &l)
	return p, l
}

func startRawfan(tb testing.TB) server {
	tb.Helper()
	p := startRole(tb, role{Name: "rawfan", Addr: loopback, Width: benchWidth, Height: benchHeight, FPS: benchFPS})
	var l listening
	p.line(tb, &l)
	return server{pid: p.pid(), host: l.Addr, path: "/"}
}

func startPlainGo(tb testing.TB) server {
	tb.Helper()
	_, feeder := startFeeder(tb, loopback)
	p := startRole(tb, role{Name: "plaingo", Addr: loopback, Upstream: feeder.Addr})
	var l listening
	p.line(tb, &l)
	return server{pid: p.pid(), host: l.Addr, path: "/"}
}

// startBenchHub starts a hub with one camera, which reads a feeder.
func startBenchHub(tb testing.TB) (*camhub, listening) {
	tb.Helper()
	_, feeder := startFeeder(tb, loopback)
	h := startHub(tb)
	h.addBench(tb, feeder.Addr)
	return h, feeder
}

// startViewers connects n viewers and waits until they see pictures.
func startViewers(tb testing.TB, s server, n int, mode string, rate int) *process {
	tb.Helper()
	p := startRole(tb, role{Name: "viewers", Host: s.host, Path: s.path, Count: n, Mode: mode, Rate: rate})
	var ready string
	p.line(tb, &ready)
	return p
}

func mark(tb testing.TB, viewers *process) {
	tb.Helper()
	var marked string
	viewers.ask(tb, "mark", &marked)
}

func look(tb testing.TB, viewers *process) report {
	tb.Helper()
	var r report
	viewers.ask(tb, "report", &r)
	return r
}

// wantAll fails the benchmark when a viewer that keeps up lost something.
func wantAll(tb testing.TB, r report) {
	tb.Helper()
	wantSome(tb, r)
	if r.Lost > 0 || r.Restarts > 0 || r.Open < len(r.Viewers) {
		tb.Errorf("%d pictures lost, %d restarts, %d of %d viewers left: want no loss",
			r.Lost, r.Restarts, r.Open, len(r.Viewers))
	}
}

// wantSome fails the benchmark when a viewer saw nothing.
func wantSome(tb testing.TB, r report) {
	tb.Helper()
	for i, v := range r.Viewers {
		if v.Received == 0 {
			tb.Errorf("viewer %d saw no picture (%s)", i, v.Gone)
		}
	}
}

// turn is one measurement of one server.
type turn struct {
	cpu time.Duration // per delivered picture
	report
}

// measure sets n viewers upon s for a window. What they see has to pass check.
func measure(b *testing.B, s server, n int, check func(testing.TB, report)) turn {
	b.Helper()
	viewers := startViewers(b, s, n, normal, 0)
	defer viewers.kill()
	time.Sleep(time.Second) // the kernel finds its buffer sizes
	mark(b, viewers)
	before, err := cpuTime(s.pid)
	if err != nil {
		b.Fatal(err)
	}
	time.Sleep(*window)
	after, err := cpuTime(s.pid)
	if err != nil {
		b.Fatal(err)
	}
	r := look(b, viewers)
	check(b, r)
	return turn{cpu: (after - before) / time.Duration(max(r.Received, 1)), report: r}
}

// compare measures s and rawfan in turns with n viewers, and reports. What the
// viewers of s see has to pass check.
func compare(b *testing.B, name string, s, raw server, n int, check func(testing.TB, report)) {
	b.Helper()
	var cpu, p50, p99 series
	var mine, bare turn
	received, lost, work := 0, 0, load(b)
	for range *rounds {
		mine, bare = measure(b, s, n, check), measure(b, raw, n, wantSome)
		cpu = append(cpu, float64(mine.cpu)/float64(bare.cpu))
		p50 = append(p50, float64(mine.Latency.P50)/float64(bare.Latency.P50))
		p99 = append(p99, float64(mine.Latency.P99)/float64(bare.Latency.P99))
		received += mine.Received
		lost += mine.Lost
	}
	goal := 1.25
	if n <= 10 {
		goal = 1.6
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(cpu.median(), "cpu/rawfan")
	b.ReportMetric(goal, "cpu/rawfan-goal")
	b.ReportMetric(p50.median(), "p50/rawfan")
	b.ReportMetric(p99.median(), "p99/rawfan")
	b.ReportMetric(1.5, "latency/rawfan-goal")
	b.ReportMetric(float64(lost), "lost")
	b.Logf("%s %3d viewers: cpu %v x rawfan (goal %.2f, aim 1.10; last %.1f and %.1f µs a picture); p50 %v x, p99 %v x (goal 1.5; last %.1f and %.1f, %.1f and %.1f ms); lost %d of %d (goal 0); %s",
		name, n, cpu, goal, us(mine.cpu), us(bare.cpu), p50, p99,
		ms(mine.Latency.P50), ms(bare.Latency.P50), ms(mine.Latency.P99), ms(bare.Latency.P99), lost, received+lost, work())
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// BenchmarkFanout tells what the hub costs per delivered picture, beside the
// bare loop of writes, and how much later its pictures come.
func BenchmarkFanout(b *testing.B) {
	for _, n := range []int{1, 10, 50, 100, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h, _ := startBenchHub(b)
			compare(b, "hub", server{h.pid(), h.host(), benchFeed}, startRawfan(b), n, wantAll)
		})
	}
}

// BenchmarkPlainGo measures the least that Go's own means need in the same way.
// What the hub costs above it is the hub's own. Its losses are shown and do not
// fail it: beside the hub's, they tell what the machine is to blame for.
func BenchmarkPlainGo(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			compare(b, "plaingo", startPlainGo(b), startRawfan(b), n, wantSome)
		})
	}
}
