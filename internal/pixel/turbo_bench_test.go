//go:build unix

package pixel

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkBesideTurbo measures frames beside libjpeg-turbo, which gets planes
// that C code has unpacked: in turns, by the CPU time of the processes, so that
// other work on the machine disturbs both alike. It prints the median of the
// rounds' ratios. libjpeg-turbo has SIMD code, and ours is Go.
//
// It needs a C compiler and TurboJPEG (Debian: gcc, libturbojpeg0-dev).
func BenchmarkBesideTurbo(b *testing.B) {
	program := filepath.Join(b.TempDir(), "turbo")
	out, err := exec.Command("cc", "-O3", "-o", program, "testdata/turbo.c", "-lturbojpeg").CombinedOutput()
	if err != nil {
		b.Skipf("no C compiler or no TurboJPEG: %v\n%s", err, out)
	}
	for _, code := range []string{"GREY", "YU12", "NV12", "YUYV"} {
		for _, name := range []string{"bars", "room"} {
			for _, size := range [][2]int{{640, 480}, {1280, 720}} {
				b.Run(fmt.Sprintf("%s/%s/%dx%d", code, name, size[0], size[1]), func(b *testing.B) {
					beside(b, program, code, name, size[0], size[1])
				})
			}
		}
	}
}

const (
	turboRounds  = 7
	turboFrames  = 40 // in a round
	turboQuality = 80
)

func beside(b *testing.B, program, code, name string, w, h int) {
	f, _ := Lookup(code)
	frame := rawScene(f, name, w, h)
	file := filepath.Join(b.TempDir(), "frame.raw")
	if err := os.WriteFile(file, frame, 0o600); err != nil {
		b.Fatal(err)
	}
	e, err := NewEncoder(f, w, h, 0, turboQuality)
	if err != nil {
		b.Fatal(err)
	}
	var ours, theirs, ratios []float64
	for b.Loop() {
		for range turboRounds {
			start := cpuTime(b)
			for range turboFrames {
				if _, err := e.Encode(frame); err != nil {
					b.Fatal(err)
				}
			}
			ours = append(ours, (cpuTime(b)-start)/turboFrames)
			theirs = append(theirs, turboTime(b, program, code, w, h, file))
			ratios = append(ratios, ours[len(ours)-1]/theirs[len(theirs)-1])
		}
	}
	slices.Sort(ratios)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ratios[len(ratios)/2], "x-turbo")
	b.ReportMetric(slices.Min(ours)/1e6, "ms/frame")
	b.ReportMetric(slices.Min(theirs)/1e6, "turbo-ms/frame")
}

// turboTime returns the CPU time that libjpeg-turbo takes for a frame.
func turboTime(b *testing.B, program, code string, w, h int, file string) float64 {
	text, err := exec.Command(program, strconv.Itoa(turboFrames), code, strconv.Itoa(w), strconv.Itoa(h), strconv.Itoa(turboQuality), file).Output()
	if err != nil {
		b.Fatalf("turbo: %v", err)
	}
	ns, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return ns
}

// cpuTime returns user and system time of this process in nanoseconds.
func cpuTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}
