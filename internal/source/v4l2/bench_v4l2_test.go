//go:build v4l2

package v4l2

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// benchFrames is how many frames are counted, after as many as warmUp.
const (
	benchFrames = 20
	warmUp      = 5
)

// BenchmarkFrame counts the processor time for a frame, captured and made a
// JPEG, in this program and in ustreamer with one client. In the virtual machine
// a nanosecond is an instruction. Run it with -benchtime 1x.
func BenchmarkFrame(b *testing.B) {
	for _, bench := range []struct{ name, format, size, more string }{
		{"YUYV-640x480", "YUYV", "640x480", `"width":640,"height":480,"fps":5,"format":"YUYV"`},
		{"YUYV-1280x720", "YUYV", "1280x720", `"width":1280,"height":720,"fps":5,"format":"YUYV"`},
		{"MJPG-640x480", "MJPEG", "640x480", `"width":640,"height":480,"fps":5,"format":"MJPG"`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			dev := vivid(b, 0)
			if bench.format == "MJPEG" {
				plugIn(b, "-serial", "Q")
				dev = "/dev/" + filepath.Base(usbNodes(b)[0].path)
			}
			ours := ourCost(b, options(dev, bench.more))
			theirs := ustreamerCost(b, dev, bench.format, bench.size)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ours/1e6, "Minstr/frame")
			b.ReportMetric(theirs/1e6, "ustreamer-Minstr/frame")
			b.ReportMetric(ours/theirs, "x")
		})
	}
}

// ourCost returns the processor time of a frame here, in nanoseconds.
func ourCost(b *testing.B, options string) float64 {
	var before, after time.Duration
	_, _, err := attempt(b, options, warmUp+benchFrames, func(n int) {
		if n == warmUp {
			before = ownTime(b)
		} else if n == warmUp+benchFrames {
			after = ownTime(b)
		}
	})
	if err != errEnough {
		b.Fatal(err)
	}
	return float64(after-before) / benchFrames
}

func ownTime(b *testing.B) time.Duration {
	var u unix.Rusage
	must(b, unix.Getrusage(unix.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ustreamerCost is ourCost for ustreamer.
func ustreamerCost(b *testing.B, dev, format, size string) float64 {
	const address = "127.0.0.1:8090" // nothing else is in the virtual machine
	cmd := exec.Command("/bin/ustreamer", "--device", dev, "--format", format, "--resolution", size, "--quality", "80",
		"--desired-fps", "5", "--workers", "1", "--host", "127.0.0.1", "--port", "8090", "--log-level", "0")
	must(b, cmd.Start())
	defer cmd.Wait()
	defer cmd.Process.Signal(syscall.SIGTERM)
	var resp *http.Response
	eventually(b, "ustreamer answers", func() (ok bool) {
		var err error
		resp, err = http.Get("http://" + address + "/stream")
		return err == nil
	})
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	must(b, err)
	parts := multipart.NewReader(resp.Body, params["boundary"])
	var before time.Duration
	for n := 1; ; n++ {
		part, err := parts.NextPart()
		must(b, err)
		_, err = io.Copy(io.Discard, part)
		must(b, err)
		switch n {
		case warmUp:
			before = timeOf(b, cmd.Process.Pid)
		case warmUp + benchFrames:
			return float64(timeOf(b, cmd.Process.Pid)-before) / benchFrames
		}
	}
}

// timeOf returns the processor time of all threads of a process.
func timeOf(b *testing.B, pid int) (total time.Duration) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	must(b, err)
	for _, t := range threads {
		text, err := os.ReadFile(t)
		must(b, err)
		var ran int64
		_, err = fmt.Sscan(string(text), &ran)
		must(b, err)
		total += time.Duration(ran)
	}
	return total
}
