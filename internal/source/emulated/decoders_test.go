package emulated

import (
	"bytes"
	"fmt"
	"image"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestFFmpegTakesEveryPicture gives FFmpeg a film of a clock. A warning would
// mean that a stricter decoder refuses the picture. Of tiny ones only errors
// count: FFmpeg says "EOI missing" of the smallest pictures when it guesses the
// format, also of those that image/jpeg makes.
func TestFFmpegTakesEveryPicture(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("FFmpeg is not installed")
	}
	for _, test := range []struct {
		size  image.Point
		n     int
		level string
	}{
		{image.Pt(16, 16), 50, "error"}, {image.Pt(32, 16), 50, "error"}, {image.Pt(16, 32), 50, "error"},
		{image.Pt(17, 33), 50, "error"}, {image.Pt(64, 48), 50, "warning"}, {image.Pt(333, 251), 100, "warning"},
		{image.Pt(640, 360), 100, "warning"}, {image.Pt(1280, 720), 30, "warning"},
	} {
		t.Run(fmt.Sprintf("%dx%d", test.size.X, test.size.Y), func(t *testing.T) {
			f := newTestFrame(t, test.size)
			var film bytes.Buffer
			start := time.Date(2026, 12, 31, 23, 59, 57, 0, time.UTC)
			for i := range test.n {
				b, err := f.draw(view{now: start.Add(time.Duration(i) * 70 * time.Millisecond), name: fmt.Sprint("Camera ", i/10), n: uint64(i)})
				must(t, err)
				film.Write(b)
			}
			cmd := exec.CommandContext(t.Context(), ffmpeg, "-nostdin", "-v", test.level, "-threads", "1", "-f", "mjpeg", "-i", "-", "-f", "framecrc", "-")
			cmd.Stdin = &film
			var out, warnings bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &warnings
			if err := cmd.Run(); err != nil || warnings.Len() > 0 {
				t.Errorf("FFmpeg: %v %s", err, warnings.String())
			}
			decoded := map[string]bool{}
			n := 0
			for line := range strings.Lines(out.String()) {
				if !strings.HasPrefix(line, "#") {
					n++
					decoded[line[strings.LastIndex(line, ",")+1:]] = true
				}
			}
			if n != test.n {
				t.Errorf("FFmpeg decoded %d of %d pictures", n, test.n)
			}
			if len(decoded) < test.n/10 {
				t.Errorf("only %d of %d pictures differ", len(decoded), n)
			}
		})
	}
}
