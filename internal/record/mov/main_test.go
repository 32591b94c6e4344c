package mov

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// picture returns a JPEG of a size that shows its number.
func picture(t testing.TB, n, width, height int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(i*7 + n*13)
	}
	m.SetGray(n%width, 0, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var start = time.Date(2026, 3, 1, 23, 59, 58, 123456789, time.UTC)

// film is a file with what was put into it.
type film struct {
	path     string
	pictures [][]byte
	times    []time.Time
	w        *Writer
}

// shoot writes n pictures with uneven intervals. The file is not closed.
func shoot(t testing.TB, at time.Time, n, width, height int) *film {
	t.Helper()
	f := &film{path: filepath.Join(t.TempDir(), "film.mov")}
	w, err := Create(f.path, Info{Start: at, Width: width, Height: height, Sequence: 42, Gap: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abandon)
	f.w = w
	for i := range n {
		p := picture(t, i, width, height)
		if err := w.Write(at, p); err != nil {
			t.Fatal(err)
		}
		f.pictures, f.times = append(f.pictures, p), append(f.times, at)
		at = at.Add(33*time.Millisecond + time.Duration(i*7919%13)*time.Millisecond + 777)
	}
	return f
}

func (f *film) close(t testing.TB) *film {
	t.Helper()
	if _, err := f.w.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return f
}

// check compares what a reader found with what was written.
func (f *film) check(t *testing.T, x *Index, n int) {
	t.Helper()
	if len(x.Samples) != n {
		t.Fatalf("%d pictures, want %d", len(x.Samples), n)
	}
	data, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range x.Samples {
		if !bytes.Equal(data[s.Offset:s.Offset+int64(s.Size)], f.pictures[i]) {
			t.Errorf("picture %d is another", i)
		}
		if d := x.At(i).Sub(f.times[i]).Abs(); d > Duration(1) {
			t.Errorf("picture %d is %v off", i, d)
		}
	}
	if x.Sequence != 42 || x.Gap != 3 || !x.Start.Equal(start) {
		t.Errorf("info %+v", x.Info)
	}
}

// run runs a program of ffmpeg's and returns what it printed. It must say nothing
// else.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed: what other programs make of a file was not tried", name)
	}
	cmd := exec.Command(name, append([]string{"-hide_banner", "-v", "warning"}, args...)...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return string(out)
}

// probe returns the times of all pictures in ticks as ffprobe sees them, and has
// ffmpeg decode all of them.
func probe(t *testing.T, path string) (times []int64) {
	t.Helper()
	out := run(t, "ffprobe", "-show_entries", "packet=pts", "-of", "csv=p=0", path)
	for line := range strings.Lines(out) {
		v, err := strconv.ParseInt(strings.Trim(strings.TrimSpace(line), ","), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, v)
	}
	run(t, "ffmpeg", "-i", path, "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "null", "-")
	return times
}
