//go:build linux

package feedbench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const (
	recordCameras             = 32
	recordWidth, recordHeight = 1280, 720
	recordFPS                 = 15
)

// BenchmarkRecording records many cameras at once. It tells whether a picture was
// lost, what recording costs for each beyond what the cameras alone cost, beside a bare
// write of the same bytes with the same syncs, and whether memory stays as it is.
func BenchmarkRecording(b *testing.B) {
	p := startRole(b, role{Name: "feeder", Addr: loopback, Width: recordWidth, Height: recordHeight, FPS: recordFPS})
	var feeder listening
	p.line(b, &feeder)
	h := startHub(b)
	for i := range recordCameras {
		h.call(b, http.MethodPost, "/api/v1/cameras",
			object{"id": camID(i), "name": camID(i), "source": object{"kind": "mjpeg", "url": "http://" + feeder.Addr + "/"}}, http.StatusCreated)
		h.waitLive(b, camID(i))
	}
	work := load(b)
	var ours, bare, mem series
	var pictures, lost int
	for range *rounds {
		idle, _ := usage(b, h.pid(), *window)
		h.recordAll(b, "always")
		time.Sleep(time.Second)
		before, _ := h.recordedSoFar(b)
		cores, used := usage(b, h.pid(), *window)
		after, missed := h.recordedSoFar(b)
		h.recordAll(b, "off")
		time.Sleep(time.Second) // until the files are finished
		n := after - before
		pictures, lost = pictures+n, lost+missed
		ours = append(ours, 1e6*(cores-idle)*window.Seconds()/float64(max(n, 1)))
		bare = append(bare, bareWrites(b, filepath.Dir(h.data(b)), feeder.Bytes, n))
		mem = append(mem, mib(used))
	}
	ratio := ours.over(bare)
	growth := mem[len(mem)-1] / mem[0]
	rate := float64(pictures) / window.Seconds() / float64(*rounds)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "pictures/s")
	b.ReportMetric(float64(lost), "lost")
	b.ReportMetric(ratio.median(), "cpu/bare")
	b.ReportMetric(mem.median(), "rss-MiB")
	b.ReportMetric(growth, "rss-growth")
	b.Logf("%d cameras of %d kB at %d/s: %.0f of %d pictures/s recorded, %d lost (goal 0); a picture takes %v µs of CPU, a bare write %v µs: %v x (goal 1.3); %v MiB; %s",
		recordCameras, feeder.Bytes>>10, recordFPS, rate, recordCameras*recordFPS, lost, ours, bare, ratio, mem, work())
	if lost > 0 {
		b.Errorf("%d pictures are lost", lost)
	}
}

// data returns the folder of the hub's data.
func (h *camhub) data(tb testing.TB) string {
	tb.Helper()
	for i, arg := range h.Args {
		if arg == "--data" {
			return h.Args[i+1]
		}
	}
	tb.Fatal("the hub has no data folder")
	return ""
}

// recordAll sets the mode of recording of all cameras.
func (h *camhub) recordAll(tb testing.TB, mode string) {
	tb.Helper()
	for i := range recordCameras {
		h.call(tb, http.MethodPatch, "/api/v1/cameras/"+camID(i), object{"record": object{"mode": mode}}, http.StatusOK)
	}
}

// recordedSoFar returns how many pictures of all cameras are recorded and lost.
func (h *camhub) recordedSoFar(tb testing.TB) (pictures, lost int) {
	tb.Helper()
	for i := range recordCameras {
		_, got := h.call(tb, http.MethodGet, "/api/v1/cameras/"+camID(i)+"/status", nil, http.StatusOK)
		var st struct {
			Recording *struct{ Pictures, Lost int }
		}
		if err := json.Unmarshal(got, &st); err != nil || st.Recording == nil {
			tb.Fatalf("camera %d is not recorded: %v\n%s", i, err, got)
		}
		pictures, lost = pictures+st.Recording.Pictures, lost+st.Recording.Lost
	}
	return pictures, lost
}

// bareWrites appends n pictures to as many files as there are cameras, at their pace,
// with a sync of each after a second's pictures, and returns the µs of CPU that each
// took. Each file has a picture of its own: one for all would never leave the cache.
func bareWrites(tb testing.TB, dir string, size, n int) float64 {
	tb.Helper()
	files, pictures := make([]*os.File, recordCameras), make([][]byte, recordCameras)
	for i := range files {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("bare-%d", i)))
		if err != nil {
			tb.Fatal(err)
		}
		defer os.Remove(f.Name())
		defer f.Close()
		files[i], pictures[i] = f, bytes.Repeat([]byte{byte(i)}, size)
	}
	tick := time.NewTicker(time.Second / recordFPS)
	defer tick.Stop()
	began, err := cpuTime(os.Getpid())
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		c := i % len(files)
		if c == 0 {
			<-tick.C
		}
		f := files[c]
		if _, err := f.Write(pictures[c]); err != nil {
			tb.Fatal(err)
		}
		if i/len(files)%recordFPS == recordFPS-1 {
			if err := syscall.Fdatasync(int(f.Fd())); err != nil {
				tb.Fatal(err)
			}
		}
	}
	ended, err := cpuTime(os.Getpid())
	if err != nil {
		tb.Fatal(err)
	}
	return float64((ended - began).Microseconds()) / float64(max(n, 1))
}
