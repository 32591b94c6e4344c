package export

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"camhub/internal/record/mov"
)

// scene records two segments of different sizes with a gap of two seconds between.
func scene(t *testing.T) (*Service, []shot) {
	t.Helper()
	a := openArchive(t)
	shots := record(t, a, "front", t0, 90, 64, 48)
	shots = append(shots, record(t, a, "front", t0.Add(8*time.Second), 60, 33, 65)...)
	return openService(t, a, t.TempDir()), shots
}

// byTime sorts frames, which mp4 has in the order of decoding.
func byTime(fs []frame) []frame {
	slices.SortFunc(fs, func(a, b frame) int { return cmp.Compare(a.ticks, b.ticks) })
	return fs
}

// checkTimes compares the times of frames with those of the shots, to a tick and
// what ffprobe rounds to.
func checkTimes(t *testing.T, fs []frame, shots []shot, within int64) {
	t.Helper()
	if len(fs) != len(shots) {
		t.Fatalf("%d pictures, want %d", len(fs), len(shots))
	}
	for i := range fs {
		if off := fs[i].ticks - fs[0].ticks - mov.Ticks(shots[i].at.Sub(shots[0].at)); off < -within || off > within {
			t.Fatalf("picture %d is %d ticks off", i, off)
		}
	}
}

func TestMOV(t *testing.T) {
	s, shots := scene(t)
	j := export(t, s, MOV, nil)
	path, b := download(t, s, j.ID, "")
	checkTimes(t, probe(t, path), shots, 1)
	if f := j.Files[0]; f.Name != "Haustür_ „vorn“ 2026-03-01 12-00-00Z.mov" || f.Pictures != len(shots) || f.MediaType != "video/quicktime" {
		t.Errorf("%+v", f)
	}
	for i := range shots {
		if !bytes.Contains(b, shots[i].data) {
			t.Fatalf("picture %d is not in it as it was", i)
		}
	}
}

func TestH264(t *testing.T) {
	needs(t, "ffmpeg")
	s, shots := scene(t)
	j := export(t, s, H264, nil)
	path, b := download(t, s, j.ID, j.Files[0].Name)
	checkTimes(t, byTime(probe(t, path)), shots, 1)
	if i, k := bytes.Index(b, []byte("moov")), bytes.Index(b, []byte("mdat")); i < 0 || k < i {
		t.Error("the index is not first")
	}
	sum := sha256.Sum256(b)
	if f := j.Files[0]; f.SHA256 == nil || *f.SHA256 != hex.EncodeToString(sum[:]) || f.Pictures != len(shots) {
		t.Errorf("%+v", f)
	}
	out := run(t, "ffprobe", "-show_entries", "stream=codec_name,width,height,color_range,pix_fmt", "-of", "csv=p=0", path)
	if out != "h264,64,48,yuv420p,tv\n" {
		t.Errorf("it is %s", out)
	}
}

func TestAVI(t *testing.T) {
	s, shots := scene(t)
	j := export(t, s, AVI, nil)
	path, b := download(t, s, j.ID, "")
	checkAVI(t, path, shots)
	if riffs, frames := checkRIFFs(t, b); riffs != 1 || frames <= len(shots) {
		t.Errorf("%d RIFFs, and %d frames with those that fill the gap", riffs, frames)
	}
}

// checkAVI checks that each picture is there once, in a frame near its time.
func checkAVI(t *testing.T, path string, shots []shot) {
	t.Helper()
	fs := slices.DeleteFunc(probe(t, path), func(f frame) bool { return f.size == 0 })
	checkTimes(t, fs, shots, mov.Timescale/10)
	for i, f := range fs {
		if f.size != len(shots[i].data) {
			t.Errorf("picture %d has %d bytes, want %d", i, f.size, len(shots[i].data))
		}
	}
}

// TestLargeAVI makes a file of many RIFFs, as one of many gigabytes has.
func TestLargeAVI(t *testing.T) {
	a := openArchive(t)
	shots := record(t, a, "front", t0, 200, 64, 48)
	src, err := a.Export(t.Context(), "front", t0, t0.Add(time.Hour), mov.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := planAVI(src, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	path := t.TempDir() + "/large.avi"
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil || os.WriteFile(path, b, 0o644) != nil {
		t.Fatal(err)
	}
	checkAVI(t, path, shots)
	if riffs, _ := checkRIFFs(t, b); riffs < 5 {
		t.Errorf("only %d RIFFs", riffs)
	}
	// A seek goes through the indexes.
	needs(t, "ffprobe")
	out := run(t, "ffprobe", "-read_intervals", "10%+#1", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
	if at, err := strconv.ParseFloat(strings.TrimSpace(out), 64); err != nil || at < 9.8 || at > 10.2 {
		t.Errorf("a seek to 10 s leads to %s", out)
	}
}

func TestZIP(t *testing.T) {
	s, shots := scene(t)
	j := export(t, s, ZIP, nil)
	path, b := download(t, s, j.ID, "")
	checkZIP(t, b, shots)
	if out, err := exec.Command("unzip", "-tqq", path).CombinedOutput(); err != nil && !isMissing(err) {
		t.Errorf("unzip: %v: %s", err, out)
	}
}

func isMissing(err error) bool { _, is := err.(*exec.Error); return is }

func checkZIP(t *testing.T, b []byte, shots []shot) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) != len(shots) {
		t.Fatalf("%v, %d pictures, want %d", err, len(z.File), len(shots))
	}
	for i, f := range z.File {
		if want := shots[i].at.Format("2006-01-02T15-04-05.000Z"); f.Name[8:] != want+".jpg" || f.Method != zip.Store {
			t.Fatalf("picture %d is called %s, want %s", i, f.Name, want)
		}
		if !f.Modified.Equal(shots[i].at.Truncate(time.Second)) {
			t.Errorf("picture %d is of %v", i, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, shots[i].data) {
			t.Fatalf("picture %d: %v", i, err) // the sum is checked too
		}
	}
}

// TestLargeZIP has more pictures than the old form of a zip can count.
func TestLargeZIP(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 65,600 pictures")
	}
	a := openArchive(t)
	small := picture(0, 8, 8)
	var shots []shot
	for k := range 4 {
		start := t0.Add(time.Duration(k) * 20 * time.Minute)
		r, err := a.Create(t.Context(), newSegment(start))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 16_400 {
			shots = append(shots, shot{start.Add(time.Duration(i) * 50 * time.Millisecond), small})
			if err := r.Write(shots[len(shots)-1].at, small); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	s := openService(t, a, t.TempDir())
	j := export(t, s, ZIP, map[string]any{"to": t0.Add(2 * time.Hour)})
	path, b := download(t, s, j.ID, "")
	checkZIP(t, b, shots)
	if out, err := exec.Command("unzip", "-tqq", path).CombinedOutput(); err != nil && !isMissing(err) {
		t.Errorf("unzip: %v: %.500s", err, out)
	}
}

// TestAnyPartCanBeRead reads every planned format in all ways that a reader can be
// read.
func TestAnyPartCanBeRead(t *testing.T) {
	s, _ := scene(t)
	for _, format := range []Format{MOV, ZIP, AVI} {
		j := export(t, s, format, nil)
		_, whole := download(t, s, j.ID, "")
		d, err := s.Open(j.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(d, whole); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		sum := sha256.Sum256(whole)
		if j := await(t, s, j.ID, (*Job).over); j.Files[0].SHA256 == nil || *j.Files[0].SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: the sum is not known after a whole download", format)
		}
	}
}

// TestTimelapse runs 100 times faster, over a gap of twenty minutes.
func TestTimelapse(t *testing.T) {
	a := openArchive(t)
	for k := range 3 {
		record(t, a, "front", t0.Add(time.Duration(k*20)*time.Minute), 600, 64, 48) // 40 s
	}
	s := openService(t, a, t.TempDir())
	for _, format := range []Format{MOV, AVI} {
		j := export(t, s, format, map[string]any{"speed": 100, "max_fps": 20})
		// 120 s of recording become 1.2 s, with 20 a second; each gap stands for a second.
		if f := j.Files[0]; f.Pictures < 23 || f.Pictures > 28 || f.DurationMS < 2900 || f.DurationMS > 3500 {
			t.Errorf("%s: %+v", format, f)
		}
		path, _ := download(t, s, j.ID, "")
		fs := slices.DeleteFunc(probe(t, path), func(f frame) bool { return f.size == 0 })
		if len(fs) != j.Files[0].Pictures {
			t.Errorf("%s: %d pictures, want %d", format, len(fs), j.Files[0].Pictures)
		}
	}
}
