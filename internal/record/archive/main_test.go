package archive

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/camera"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)

// picture returns a JPEG that shows its number.
func picture(n int) []byte {
	m := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range m.Pix {
		m.Pix[i] = uint8(i + n*13)
	}
	m.SetGray(n%16, n/16%16, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return append(b.Bytes()[:2], append([]byte(fmt.Sprintf("\xff\xfe\x00\x12picture %08d", n)), b.Bytes()[2:]...)...)
}

// reopen opens the archive of a folder; it is closed with the test.
func reopen(t testing.TB, c Config) *Archive {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	a, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func fresh(t testing.TB) *Archive { return reopen(t, Config{Root: t.TempDir()}) }

// begin begins a segment with n pictures, a quarter of a second apart. Picture i of
// it shows the number of milliseconds since t0.
func begin(t testing.TB, a *Archive, id camera.ID, start time.Time, n int, gap Gap) *Recording {
	t.Helper()
	r, err := a.Create(t.Context(), NewSegment{Camera: id, Start: start, Width: 16, Height: 16, Gap: gap})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		add(t, r, start.Add(time.Duration(i)*time.Second/4))
	}
	return r
}

func add(t testing.TB, r *Recording, at time.Time) {
	t.Helper()
	if err := r.Write(at, picture(int(at.Sub(t0).Milliseconds())&0xFFFFFF)); err != nil {
		t.Fatal(err)
	}
}

// record is begin with an end: n pictures last n/4 seconds.
func record(t testing.TB, a *Archive, id camera.ID, start time.Time, n int, gap Gap) {
	t.Helper()
	if err := begin(t, a, id, start, n, gap).Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// files returns the segments that lie in the folder, from its root.
func files(t testing.TB, a *Archive) (names []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(a.Root(), "*", "*", "*.mov"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, strings.TrimPrefix(f, a.Root()+string(filepath.Separator)))
	}
	return names
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
