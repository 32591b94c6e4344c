//go:build linux

package feedbench

import (
	"testing"
	"time"
)

// halfRate is half of what the stream has, in bytes per second.
func halfRate(feeder listening) int { return feeder.Bytes * benchFPS / 2 }

// BenchmarkSlowViewers sets viewers that read at half of the stream's rate
// among others. It tells how old the pictures are that the slow ones get, and
// whether they harm the others.
func BenchmarkSlowViewers(b *testing.B) {
	const all, slowOnes = 20, 5
	h, feeder := startBenchHub(b)
	s := server{h.pid(), h.host(), benchFeed}
	good := startViewers(b, s, all-slowOnes, normal, 0)
	late := startViewers(b, s, slowOnes, slow, halfRate(feeder))
	time.Sleep(max(*window, 4*time.Second)) // 4 MB of a send buffer would be full by now
	mark(b, good)
	mark(b, late)
	began, work := time.Now(), load(b)
	time.Sleep(2 * *window)
	took := time.Since(began).Seconds()
	fast, got := look(b, good), look(b, late)
	wantAll(b, fast)
	wantSome(b, got)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(got.Latency.P50), "slow-p50-ms")
	b.ReportMetric(ms(got.Latency.Max), "slow-max-ms")
	b.ReportMetric(500, "slow-goal-ms")
	b.ReportMetric(float64(fast.Lost), "others-lost")
	b.Logf("slow viewers: %d at half the rate get %.1f pictures/s, age p50 %.0f, p99 %.0f, max %.0f ms (goal 500), shown for up to %.0f ms; the other %d: p50 %.1f, p99 %.1f ms, lost %d of %d (goal 0); %s",
		slowOnes, float64(got.Received)/slowOnes/took, ms(got.Latency.P50), ms(got.Latency.P99), ms(got.Latency.Max), ms(got.Shown),
		all-slowOnes, ms(fast.Latency.P50), ms(fast.Latency.P99), fast.Lost, fast.Received+fast.Lost, work())
}
