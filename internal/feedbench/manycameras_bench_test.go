//go:build linux

package feedbench

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

const (
	manyCameras = 64
	manyFPS     = 5
)

// emulated is the source of a drawn camera.
func emulated(fps int) object {
	return object{"kind": "emulated", "pattern": "clock", "width": 640, "height": 360, "fps": fps}
}

// BenchmarkManyCameras adds, changes and removes many cameras while one more is
// watched. It tells how long each call takes, what the hub uses, and whether
// the camera that nobody touched was disturbed.
func BenchmarkManyCameras(b *testing.B) {
	h, _ := startBenchHub(b)
	viewers := startViewers(b, server{h.pid(), h.host(), benchFeed}, 1, normal, 0)
	time.Sleep(time.Second)
	mark(b, viewers)
	began, work := time.Now(), load(b)

	add := eachCamera(func(i int) time.Duration {
		took, _ := h.call(b, http.MethodPost, "/api/v1/cameras",
			object{"id": camID(i), "name": fmt.Sprint("Camera ", i), "source": emulated(manyFPS)}, http.StatusCreated)
		return took
	})
	for i := range manyCameras {
		h.waitLive(b, camID(i))
	}
	cpu, mem := usage(b, h.pid(), *window)
	rename := eachCamera(func(i int) time.Duration {
		took, _ := h.call(b, http.MethodPatch, "/api/v1/cameras/"+camID(i), object{"name": fmt.Sprint("Kamera ", i)}, http.StatusOK)
		return took
	})
	change := eachCamera(func(i int) time.Duration {
		took, _ := h.call(b, http.MethodPatch, "/api/v1/cameras/"+camID(i), object{"source": emulated(manyFPS + 1)}, http.StatusOK)
		return took
	})
	remove := eachCamera(func(i int) time.Duration {
		took, _ := h.call(b, http.MethodDelete, "/api/v1/cameras/"+camID(i), nil, http.StatusNoContent)
		return took
	})
	r := look(b, viewers)
	rate := float64(r.Received) / time.Since(began).Seconds()
	wantAll(b, r)

	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(slices.Max(add)), "add-max-ms")
	b.ReportMetric(ms(slices.Max(rename)), "rename-max-ms")
	b.ReportMetric(ms(slices.Max(change)), "source-max-ms")
	b.ReportMetric(ms(slices.Max(remove)), "remove-max-ms")
	b.ReportMetric(50, "call-goal-ms")
	b.ReportMetric(rate, "undisturbed-fps")
	b.ReportMetric(float64(r.Lost), "undisturbed-lost")
	b.ReportMetric(100*cpu, "cpu-%")
	b.ReportMetric(mib(mem), "rss-MiB")
	b.Logf("%d cameras: add %s, rename %s, new source %s, remove %s ms p50/max (goal 50); meanwhile another camera gives %.1f of %d pictures/s, p99 %.1f ms, lost %d (goal 0); hub %.0f %% of a core, %.0f MiB; %s",
		manyCameras, halfAndMax(add), halfAndMax(rename), halfAndMax(change), halfAndMax(remove),
		rate, benchFPS, ms(r.Latency.P99), r.Lost, 100*cpu, mib(mem), work())
}

func camID(i int) string { return fmt.Sprintf("cam-%d", i) }

func eachCamera(call func(i int) time.Duration) []time.Duration {
	took := make([]time.Duration, manyCameras)
	for i := range took {
		took[i] = call(i)
	}
	return took
}

func halfAndMax(d []time.Duration) string {
	return fmt.Sprintf("%.1f/%.1f", ms(medianOf(d)), ms(slices.Max(d)))
}

// usage returns the cores that a process uses over a while, and its RSS then.
func usage(tb testing.TB, pid int, d time.Duration) (cores float64, mem int64) {
	tb.Helper()
	before, err := cpuTime(pid)
	if err != nil {
		tb.Fatal(err)
	}
	began := time.Now()
	time.Sleep(d)
	after, err := cpuTime(pid)
	if err != nil {
		tb.Fatal(err)
	}
	if mem, err = rss(pid); err != nil {
		tb.Fatal(err)
	}
	return (after - before).Seconds() / time.Since(began).Seconds(), mem
}

// BenchmarkStart starts a hub that has no cameras. It tells how long it takes
// to the first answer, and what the hub uses when nothing is asked of it.
func BenchmarkStart(b *testing.B) {
	var answer, mem, cpu series
	hubBinary(b) // building is not starting
	for range *rounds {
		h := startHub(b)
		h.call(b, http.MethodGet, "/healthz", nil, http.StatusOK)
		answer = append(answer, ms(time.Since(h.began)))
		time.Sleep(time.Second)
		cores, used := usage(b, h.pid(), 2*time.Second)
		cpu, mem = append(cpu, 100*cores), append(mem, mib(used))
		h.stop()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(answer.median(), "start-ms")
	b.ReportMetric(100, "start-goal-ms")
	b.ReportMetric(mem.median(), "idle-rss-MiB")
	b.ReportMetric(30, "idle-rss-goal-MiB")
	b.Logf("start: first answer of /healthz after %v ms (goal 100); idle hub without cameras %v MiB (goal 30), %v %% of a core", answer, mem, cpu)
}
