//go:build unix

package jpeg

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkBesideTurbo measures decode and encode at 1/2 and 1/4, and the luma
// at 1/8, beside libjpeg-turbo on the same photographs: in turns, by the CPU
// time of the processes, so that other work on the machine disturbs both alike.
// It prints the median of the rounds' ratios; below 1 is less than turbo.
//
// It needs a C compiler and TurboJPEG (Debian: gcc, libturbojpeg0-dev). If the
// tools are there (libjpeg-turbo-progs), it prints the ratio to djpeg and cjpeg
// too, which convert colours, and whose start is subtracted.
func BenchmarkBesideTurbo(b *testing.B) {
	turbo := buildTurbo(b)
	for _, size := range []struct{ w, h int }{{1920, 1080}, {1280, 720}} {
		for _, sampling := range []string{"420", "422"} {
			p := newPhotos(b, size.w, size.h, sampling)
			for _, den := range []int{2, 4, 8} {
				name := fmt.Sprintf("%dx%d/%s/%d", size.w, size.h, sampling, den)
				b.Run(name, func(b *testing.B) { p.compare(b, turbo, den) })
			}
		}
	}
}

// rounds of a comparison, and how often a round goes through the photographs.
const (
	turboRounds = 7
	passes      = 5
)

// photos are the pictures of one comparison, in memory and as files.
type photos struct {
	data  [][]byte
	files []string
	tiny  string // a picture of 8 x 8, to measure the start of a tool
}

func newPhotos(b *testing.B, w, h int, sampling string) *photos {
	p := &photos{}
	dir := b.TempDir()
	for i := range 8 {
		p.data = append(p.data, photo(b, uint64(i), w, h, sampling))
		p.files = append(p.files, filepath.Join(dir, fmt.Sprint(i, ".jpg")))
		if err := os.WriteFile(p.files[i], p.data[i], 0o600); err != nil {
			b.Fatal(err)
		}
	}
	p.tiny = filepath.Join(dir, "tiny.jpg")
	if err := os.WriteFile(p.tiny, photo(b, 1, 8, 8, sampling), 0o600); err != nil {
		b.Fatal(err)
	}
	return p
}

func (p *photos) compare(b *testing.B, turbo string, den int) {
	var d Decoder
	var out bytes.Buffer
	ours := func() {
		for range passes {
			for _, data := range p.data {
				p.shrink(b, &d, &out, data, den)
			}
		}
	}
	ours() // warm up
	var own, other, ratios, toTools []float64
	for b.Loop() {
		for range turboRounds {
			start := cpuTime(b, syscall.RUSAGE_SELF)
			ours()
			own = append(own, (cpuTime(b, syscall.RUSAGE_SELF)-start)/passes/float64(len(p.data)))
			other = append(other, p.turbo(b, turbo, den))
			ratios = append(ratios, own[len(own)-1]/other[len(other)-1])
		}
		if tools := p.tools(b, den); tools > 0 {
			toTools = append(toTools, median(own)/tools)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ratios), "x-turbo")
	b.ReportMetric(slices.Min(own)/1e6, "ms/picture")
	b.ReportMetric(slices.Min(other)/1e6, "turbo-ms/picture")
	if len(toTools) > 0 {
		b.ReportMetric(median(toTools), "x-djpeg+cjpeg")
	}
}

// shrink does with one picture what is compared.
func (p *photos) shrink(b *testing.B, d *Decoder, out *bytes.Buffer, data []byte, den int) {
	if den == 8 {
		if _, err := d.Luma(data); err != nil {
			b.Fatal(err)
		}
		return
	}
	m, err := d.Scaled(data, den)
	if err != nil {
		b.Fatal(err)
	}
	out.Reset()
	if err := Encode(out, m, 70); err != nil {
		b.Fatal(err)
	}
}

// turbo returns the CPU time of a picture in nanoseconds.
func (p *photos) turbo(b *testing.B, program string, den int) float64 {
	args := append([]string{strconv.Itoa(passes), strconv.Itoa(den)}, p.files...)
	text, err := exec.Command(program, args...).Output()
	if err != nil {
		b.Fatalf("turbo: %v", err)
	}
	ns, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return ns
}

// tools returns the CPU time that djpeg and cjpeg take for a picture, without
// their start, or 0 when they are not there.
func (p *photos) tools(b *testing.B, den int) float64 {
	if _, err := exec.LookPath("djpeg"); err != nil {
		return 0
	}
	script := `for f; do djpeg -scale 1/` + strconv.Itoa(den) + ` "$f" | cjpeg -quality 70 > /dev/null; done`
	if den == 8 {
		script = `for f; do djpeg -scale 1/8 -grayscale "$f" > /dev/null; done`
	}
	run := func(files []string) float64 {
		start := cpuTime(b, syscall.RUSAGE_CHILDREN)
		cmd := exec.Command("sh", append([]string{"-c", script, "sh"}, files...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("djpeg: %v: %s", err, out)
		}
		return cpuTime(b, syscall.RUSAGE_CHILDREN) - start
	}
	tiny := slices.Repeat([]string{p.tiny}, len(p.files))
	var times []float64
	for range turboRounds {
		times = append(times, (run(p.files)-run(tiny))/float64(len(p.files)))
	}
	return median(times)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// cpuTime returns user and system time in nanoseconds.
func cpuTime(b *testing.B, who int) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// buildTurbo compiles the program of the other side, or skips.
func buildTurbo(b *testing.B) string {
	program := filepath.Join(b.TempDir(), "turbo")
	out, err := exec.Command("cc", "-O2", "-o", program, "testdata/turbo.c", "-lturbojpeg").CombinedOutput()
	if err != nil {
		b.Skipf("no C compiler or no TurboJPEG: %v\n%s", err, out)
	}
	return program
}

// BenchmarkStandardLibrary is the same work in plain Go: decode, scale, encode.
func BenchmarkStandardLibrary(b *testing.B) {
	data := photo(b, 1, 1920, 1080, "420")
	for _, den := range []int{2, 4} {
		b.Run(fmt.Sprint(den), func(b *testing.B) {
			var out bytes.Buffer
			for b.Loop() {
				m, err := standardLibrary{}.decode(data, den)
				if err != nil {
					b.Fatal(err)
				}
				out.Reset()
				if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 70}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
