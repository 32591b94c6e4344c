package export

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/record/archive"
	"camhub/internal/record/mov"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests. None of them comes near it.
const patience = 5 * time.Minute

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)

// picture returns a JPEG of an odd or an even number of bytes that shows its number.
func picture(n, width, height int) []byte {
	m := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = uint8(i%width*3 + i*i%97 + n*13)
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(100+n%50+i*7%31), uint8(140-n%50+i*5%23)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	comment := "\xff\xd8\xff\xfe\x00\x03x"
	if n%2 == 1 {
		comment = "\xff\xd8\xff\xfe\x00\x04xy"
	}
	return append([]byte(comment), b.Bytes()[2:]...)
}

// shot is a picture with its time, as it was recorded.
type shot struct {
	at   time.Time
	data []byte
}

// record records n pictures of a camera with uneven intervals of about a 15th of a
// second, from an instant on.
func record(t testing.TB, a *archive.Archive, id camera.ID, start time.Time, n, width, height int) []shot {
	t.Helper()
	r, err := a.Create(t.Context(), archive.NewSegment{Camera: id, Start: start, Width: width, Height: height})
	if err != nil {
		t.Fatal(err)
	}
	var shots []shot
	for i := range n {
		s := shot{start.Add(time.Duration(i)*66*time.Millisecond + time.Duration(i*7919%13)*time.Millisecond), picture(i, width, height)}
		if err := r.Write(s.at, s.data); err != nil {
			t.Fatal(err)
		}
		shots = append(shots, s)
	}
	if err := r.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return shots
}

func openArchive(t testing.TB) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.Context(), archive.Config{Root: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func openService(t testing.TB, a *archive.Archive, dir string) *Service {
	t.Helper()
	s, err := Open(t.Context(), Config{
		Archive: a, Dir: dir, Log: slog.New(slog.DiscardHandler), Record: func(event.Event) {},
		Title: func(id camera.ID) string { return map[camera.ID]string{"front": "Haustür: „vorn“"}[id] },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask returns the JSON of a request over an hour from t0, with changes.
func ask(t testing.TB, format Format, change map[string]any) []byte {
	t.Helper()
	m := map[string]any{"cameras": []string{"front"}, "from": t0, "to": t0.Add(time.Hour), "format": format}
	for k, v := range change {
		m[k] = v
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func create(t testing.TB, s *Service, body []byte) Job {
	t.Helper()
	j, err := s.Create(body, "ann", everything)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// await waits until a job is as it should be.
func await(t testing.TB, s *Service, id string, ok func(*Job) bool) Job {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		j, err := s.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		if ok(&j) {
			return j
		}
		if time.Now().After(end) {
			t.Fatalf("it is still %+v %+v", j, j.Error)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (j *Job) over() bool { return j.State == Ready || j.State == Failed }

// export makes an export and returns it.
func export(t testing.TB, s *Service, format Format, change map[string]any) Job {
	t.Helper()
	j := await(t, s, create(t, s, ask(t, format, change)).ID, (*Job).over)
	if j.State != Ready || j.Progress != 1 || j.Error != nil {
		t.Fatalf("%+v %+v", j, j.Error)
	}
	return j
}

// download saves a file of a job, and checks its reader.
func download(t testing.TB, s *Service, id, name string) (string, []byte) {
	t.Helper()
	d, err := s.Open(id, name)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	b, err := io.ReadAll(d)
	if err != nil || int64(len(b)) != d.Size {
		t.Fatalf("%d of %d bytes: %v", len(b), d.Size, err)
	}
	path := filepath.Join(t.TempDir(), "export"+filepath.Ext(d.Name))
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path, b
}

// needs skips a test without a program.
func needs(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed: what it makes of a file was not tried", program)
	}
}

// run runs a program of ffmpeg's, which must say nothing but its result.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	needs(t, name)
	cmd := exec.Command(name, append([]string{"-hide_banner", "-v", "warning"}, args...)...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s %s: %v\n%.2000s", name, strings.Join(args, " "), err, errs.String())
	}
	return string(out)
}

// frame is a picture as ffprobe sees it.
type frame struct {
	ticks int64
	size  int
}

// probe returns the packets of a file by their time, and has ffmpeg decode all.
func probe(t testing.TB, path string) (frames []frame) {
	t.Helper()
	out := run(t, "ffprobe", "-show_entries", "packet=pts_time,size", "-of", "csv=p=0", path)
	for line := range strings.Lines(out) {
		at, size, _ := strings.Cut(strings.TrimSpace(line), ",")
		seconds, err := strconv.ParseFloat(at, 64)
		n, err2 := strconv.Atoi(strings.Trim(size, ","))
		if err != nil || err2 != nil {
			t.Fatalf("%q: %v %v", line, err, err2)
		}
		frames = append(frames, frame{mov.Ticks(time.Duration(seconds * 1e9)), n})
	}
	run(t, "ffmpeg", "-xerror", "-i", path, "-autoscale", "0", "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "null", "-")
	return frames
}

func newSegment(start time.Time) archive.NewSegment {
	return archive.NewSegment{Camera: "front", Start: start, Width: 8, Height: 8}
}

// everything is what somebody sees who may see every camera.
func everything(camera.ID) bool { return true }
