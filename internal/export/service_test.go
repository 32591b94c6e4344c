package export

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/proctest"
	"camhub/internal/record/archive"
	"camhub/internal/record/disk"
)

// busy records ten minutes for ffmpeg to be busy with, and returns a service of it. They
// have many pixels and few bytes.
func busy(t *testing.T) (*Service, *archive.Archive) {
	t.Helper()
	needs(t, "ffmpeg")
	a := openArchive(t)
	r, err := a.Create(t.Context(), archive.NewSegment{Camera: "front", Start: t0, Width: 1280, Height: 720})
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewYCbCr(image.Rect(0, 0, 1280, 720), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = uint8(i % 1280 / 5)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		if err := r.Write(t0.Add(time.Duration(i)*time.Second/4), b.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return openService(t, a, t.TempDir()), a
}

func encoding(j *Job) bool { return j.State == Running && j.PicturesDone > 0 }

// TestRemovingEndsFFmpeg removes a job that runs, while another waits behind it and
// a quick one does not have to.
func TestRemovingEndsFFmpeg(t *testing.T) {
	s, a := busy(t)
	first := create(t, s, ask(t, H264, nil))
	second := create(t, s, ask(t, H264, nil))
	await(t, s, first.ID, encoding)
	if j := await(t, s, second.ID, func(*Job) bool { return true }); j.State != Queued || j.Position != 1 {
		t.Errorf("the second is %+v", j)
	}
	if len(proctest.Children(t, "ffmpeg")) != 1 {
		t.Fatalf("ffmpeg runs as %v", proctest.Children(t, "ffmpeg"))
	}
	export(t, s, MOV, nil)
	if _, err := s.Open(first.ID, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a file that is not ready: %v", err)
	}
	if err := s.Remove(second.ID); err != nil {
		t.Error(err)
	}
	if err := s.Remove(first.ID); err != nil {
		t.Error(err)
	}
	if c := proctest.Children(t, "ffmpeg"); len(c) != 0 {
		t.Errorf("ffmpeg still runs as %v", c)
	}
	if _, err := s.Get(first.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := os.Stat(s.path(first.ID)); !errors.Is(err, os.ErrNotExist) {
		t.Error("its folder is still there")
	}
	for _, j := range s.List() {
		if err := s.Remove(j.ID); err != nil {
			t.Error(err)
		}
	}
	if r, err := a.Delete("front", t0, t0.Add(time.Hour)); err != nil || r.Segments != 1 || r.InUse != 0 {
		t.Errorf("the recordings are still held: %+v %v", r, err)
	}
}

// TestStoppingEndsFFmpeg stops the hub while a job runs and one waits, and starts it
// again.
func TestStoppingEndsFFmpeg(t *testing.T) {
	s, a := busy(t)
	running := create(t, s, ask(t, H264, nil))
	waiting := create(t, s, ask(t, H264, map[string]any{"to": t0.Add(time.Second)}))
	await(t, s, running.ID, encoding)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c := proctest.Children(t, "ffmpeg"); len(c) != 0 {
		t.Errorf("ffmpeg still runs as %v", c)
	}
	if _, err := s.Create(ask(t, MOV, nil), "ann", everything); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a job for a stopped service: %v", err)
	}
	again := openService(t, a, s.c.Dir)
	j := await(t, again, running.ID, (*Job).over)
	if j.State != Failed || j.Error.Code != CodeInterrupted {
		t.Errorf("%+v %+v", j, j.Error)
	}
	if names, err := filepath.Glob(again.path(running.ID) + "/*"); err != nil || len(names) != 1 {
		t.Errorf("it left %v", names)
	}
	if _, err := again.Open(running.ID, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the file of a failed job: %v", err)
	}
	if j := await(t, again, waiting.ID, (*Job).over); j.State != Ready {
		t.Errorf("the one that waited is %+v", j)
	}
}

// TestRestart opens the exports of before: of a job that ran when the power went, of
// one that is a file, of planned ones, and what else lies in the folder.
func TestRestart(t *testing.T) {
	needs(t, "ffmpeg")
	a := openArchive(t)
	record(t, a, "front", t0, 30, 64, 48)
	dir := t.TempDir()
	s := openService(t, a, dir)
	mov, mp4, gone, cut := export(t, s, MOV, nil), export(t, s, H264, nil), export(t, s, H264, nil), export(t, s, AVI, nil)
	_, before := download(t, s, mov.ID, "")
	_, coded := download(t, s, mp4.ID, "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cut.State = Running
	stray := filepath.Join(dir, "holiday", "photo.jpg")
	for _, err := range []error{
		s.save(&job{Job: cut}), os.Truncate(filepath.Join(s.path(gone.ID), "0.mp4"), 100),
		os.WriteFile(filepath.Join(s.path(cut.ID), "0.mp4"), []byte("x"), 0o644),
		os.Mkdir(filepath.Dir(stray), 0o755), os.WriteFile(stray, nil, 0o644),
		os.Mkdir(filepath.Join(dir, "aaaaaaaaaaaaaaaa"), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s = openService(t, a, dir)
	again := await(t, s, mov.ID, (*Job).over)
	if again.Files[0].ETag != mov.Files[0].ETag {
		t.Error("the same file has another tag")
	}
	if _, after := download(t, s, mov.ID, ""); !bytes.Equal(before, after) {
		t.Error("the same tag has another file")
	}
	if _, after := download(t, s, mp4.ID, ""); !bytes.Equal(coded, after) {
		t.Error("the file is another")
	}
	for _, id := range []string{gone.ID, cut.ID} {
		if j := await(t, s, id, (*Job).over); j.State != Failed || j.Error.Code != CodeInterrupted {
			t.Errorf("%+v", j)
		}
		if names, _ := filepath.Glob(s.path(id) + "/*"); len(names) != 1 {
			t.Errorf("a failed job has %v", names)
		}
	}
	if _, err := os.Stat(stray); err != nil || len(s.List()) != 4 {
		t.Errorf("%v, %d jobs", err, len(s.List()))
	}
}

// TestDeletingWhatIsExported deletes the recordings of a job, and then the job while
// its file is read.
func TestDeletingWhatIsExported(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 30, 64, 48)
	s := openService(t, a, t.TempDir())
	// One up to now waits until all pictures of now are there; it is held from the start.
	early := create(t, s, ask(t, MOV, map[string]any{"to": time.Now().Add(time.Hour)}))
	if r, err := a.Delete("front", t0, t0.Add(time.Hour)); err != nil || r.Segments != 0 || r.InUse != 1 {
		t.Errorf("deleted what is about to be exported: %+v %v", r, err)
	}
	if err := s.Remove(early.ID); err != nil {
		t.Error(err)
	}
	j := export(t, s, MOV, nil)
	if r, err := a.Delete("front", t0, t0.Add(time.Hour)); err != nil || r.Segments != 0 || r.InUse != 1 {
		t.Errorf("deleted what is exported: %+v %v", r, err)
	}
	d, err := s.Open(j.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(d, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(j.ID); err != nil {
		t.Error(err)
	}
	if _, err := d.Read(make([]byte, 100)); !errors.Is(err, errRemoved) {
		t.Errorf("a removed export is read: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if r, err := a.Delete("front", t0, t0.Add(time.Hour)); err != nil || r.Segments != 1 {
		t.Errorf("still held: %+v %v", r, err)
	}
}

// TestRecordingGoesBeforeExports has no room but that of what is exported: half of the
// free space that is to be kept is left to it, and then new recordings come first.
func TestRecordingGoesBeforeExports(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 30, 64, 48)
	record(t, a, "front", t0.Add(time.Minute), 30, 64, 48)
	s := openService(t, a, t.TempDir())
	j := export(t, s, MOV, nil)
	record(t, a, "newer", t0.Add(time.Hour), 30, 64, 48)
	begin := func(keepFree int64) {
		t.Helper()
		if err := a.SetPolicy(archive.Policy{MinFreeBytes: keepFree}); err != nil {
			t.Fatal(err)
		}
		r, err := a.Create(t.Context(), archive.NewSegment{Camera: "new", Start: t0, Width: 64, Height: 48})
		if err == nil {
			err = r.Close(time.Time{})
		}
		if err != nil && !errors.Is(err, archive.ErrFull) {
			t.Fatal(err)
		}
	}
	left, _, err := disk.Free(a.Root())
	if err != nil {
		t.Fatal(err)
	}
	begin(left + left/2)
	if name, b := download(t, s, j.ID, ""); name == "" || len(b) == 0 || a.UsedBy("front") == 0 {
		t.Errorf("an export was lost while there is room")
	}
	if err := a.SetPolicy(archive.Policy{KeepBytes: 1}); err != nil {
		t.Fatal(err)
	}
	if freed, err := a.Sweep(t.Context()); err != nil || freed.Segments != 0 || a.UsedBy("newer") == 0 {
		t.Errorf("what is newer than what is exported went before it: %+v, %v", freed, err)
	}
	begin(4 * left)
	if n := a.UsedBy("front"); n != 0 {
		t.Errorf("%d bytes are held though nothing can be recorded", n)
	}
	if _, err := s.Open(j.ID, ""); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "were deleted") {
		t.Errorf("an export without its recordings: %v", err)
	}
	if j, err := s.Get(j.ID); err != nil || j.State != Failed || j.Error.Code != CodeDeleted || len(j.Files) != 0 {
		t.Errorf("%+v, %v", j, err)
	}
}

func TestWhatExpires(t *testing.T) {
	needs(t, "ffmpeg")
	a := openArchive(t)
	record(t, a, "front", t0, 30, 64, 48)
	s := openService(t, a, t.TempDir())
	mov, mp4, read := export(t, s, MOV, nil), export(t, s, H264, nil), export(t, s, AVI, nil)
	d, err := s.Open(read.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	s.expire(now.Add(planKept - time.Minute))
	if n := len(s.List()); n != 3 {
		t.Errorf("%d are left too early", n)
	}
	s.expire(now.Add(planKept + time.Minute))
	if _, err := s.Get(mov.ID); fault.KindOf(err) != fault.NotFound || len(s.List()) != 2 {
		t.Errorf("%d are left, want the file and the one that is read", len(s.List()))
	}
	d.Close()
	s.expire(now.Add(fileKept + time.Minute))
	if n := len(s.List()); n != 0 {
		t.Errorf("%d are left at the end", n)
	}
	if _, err := os.Stat(s.path(mp4.ID)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the file is left")
	}
}

// TestTheFolderIsBounded has room for less than two files.
func TestTheFolderIsBounded(t *testing.T) {
	needs(t, "ffmpeg")
	a := openArchive(t)
	record(t, a, "front", t0, 30, 64, 48)
	s := openService(t, a, t.TempDir())
	first := export(t, s, H264, nil)
	s.mu.Lock()
	s.folder = first.Files[0].Size * 3 / 2
	s.mu.Unlock()
	second := export(t, s, H264, nil)
	if l := s.List(); len(l) != 1 || l[0].ID != second.ID {
		t.Errorf("there are %d", len(l))
	}
	s.mu.Lock()
	s.folder = 100
	s.mu.Unlock()
	j := await(t, s, create(t, s, ask(t, H264, nil)).ID, (*Job).over)
	if j.State != Failed || j.Error.Code != CodeNoRoom {
		t.Errorf("a file that is too large: %+v %+v", j, j.Error)
	}
}

// TestManyJobs makes as many as there may be.
func TestManyJobs(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 3, 16, 16)
	s := openService(t, a, t.TempDir())
	for range maxJobs {
		create(t, s, ask(t, MOV, nil))
	}
	if _, err := s.Create(ask(t, MOV, nil), "ann", everything); fault.KindOf(err) != fault.TooMany {
		t.Errorf("one more: %v", err)
	}
}

// TestSeveralCameras shows that each has a file, with a name of its own.
func TestSeveralCameras(t *testing.T) {
	a := openArchive(t)
	for _, id := range []camera.ID{"front", "back"} {
		record(t, a, id, t0, 5, 16, 16)
	}
	s := openService(t, a, t.TempDir())
	j := export(t, s, ZIP, map[string]any{"cameras": []string{"back", "front"}})
	if len(j.Files) != 2 || j.Files[0].Camera != "back" || j.Pictures != 10 || j.PicturesDone != 10 {
		t.Fatalf("%+v", j)
	}
	if _, err := s.Open(j.ID, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("without a name: %v", err)
	}
	if _, err := s.Open(j.ID, "../job.json"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a name that is none: %v", err)
	}
	for _, f := range j.Files {
		if _, b := download(t, s, j.ID, f.Name); int64(len(b)) != f.Size {
			t.Errorf("%s has %d bytes", f.Name, len(b))
		}
	}
}

// TestFFmpegThatFails tells what it said, and one that is not there.
func TestFFmpegThatFails(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 5, 64, 48)
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	s := openService(t, a, t.TempDir())
	if _, err := s.Create(ask(t, H264, nil), "ann", everything); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "/format needs the program ffmpeg") {
		t.Errorf("without ffmpeg: %v", err)
	}
	script := "#!/bin/sh\necho one >&2\necho 'Unknown encoder libx264' >&2\nexit 3\n"
	if err := os.WriteFile(filepath.Join(bin, "ffmpeg"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s = openService(t, a, t.TempDir())
	j := await(t, s, create(t, s, ask(t, H264, nil)).ID, (*Job).over)
	if j.State != Failed || j.Error.Code != CodeProgram || !strings.HasSuffix(j.Error.Message, "one | Unknown encoder libx264") {
		t.Errorf("%+v %+v", j, j.Error)
	}
	if names, _ := filepath.Glob(s.path(j.ID) + "/*"); len(names) != 1 || strings.Contains(j.Error.Message, s.c.Dir) {
		t.Errorf("left %v, said %s", names, j.Error.Message)
	}
}

// TestFFmpegThatHangs ends it, so that the next job has its turn.
func TestFFmpegThatHangs(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 5, 64, 48)
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	script := "#!/bin/sh\nexec sleep 3600\n"
	if err := os.WriteFile(filepath.Join(bin, "ffmpeg"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s := openService(t, a, t.TempDir())
	s.hangs = 200 * time.Millisecond
	for range 2 {
		j := await(t, s, create(t, s, ask(t, H264, nil)).ID, (*Job).over)
		if j.State != Failed || j.Error.Code != CodeProgram || !strings.Contains(j.Error.Message, "did nothing for 200ms") {
			t.Errorf("%+v %+v", j, j.Error)
		}
	}
}

// TestClockPutBackWhileAJobWaits makes a job at once whose end lies an hour ahead, as
// it does when the clock was put back, or is that of a machine that does not keep it.
func TestClockPutBackWhileAJobWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := openArchive(t)
		now := time.Now()
		record(t, a, "front", now.Add(-time.Minute), 5, 64, 48)
		dir := t.TempDir()
		j := &job{Job: Job{ID: "aaaaaaaaaaaaaaaa", State: Queued, Created: now.Add(time.Hour), Request: Request{
			Cameras: []camera.ID{"front"}, From: Instant{now.Add(-time.Hour)}, To: Instant{now.Add(time.Hour)}, Format: MOV, Speed: 1,
		}}}
		if err := (&Service{c: Config{Dir: dir}}).save(j); err != nil {
			t.Fatal(err)
		}
		s := openService(t, a, dir)
		if j := await(t, s, j.ID, (*Job).over); j.State != Ready || j.Pictures != 5 {
			t.Errorf("%+v %+v", j, j.Error)
		}
		if waited := time.Since(now); waited > 10*time.Second {
			t.Errorf("it waited for %v", waited)
		}
	})
}

// TestWatch follows the life of a job.
func TestWatch(t *testing.T) {
	a := openArchive(t)
	record(t, a, "front", t0, 5, 16, 16)
	s := openService(t, a, t.TempDir())
	old := export(t, s, MOV, nil)
	jobs, w := s.Watch()
	if len(jobs) != 1 || jobs[0].ID != old.ID {
		t.Fatalf("%+v", jobs)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	id := create(t, s, ask(t, ZIP, nil)).ID
	var states []State
	for !slices.Contains(states, Ready) {
		changed, removed, err := w.Next(ctx)
		if err != nil || len(removed) > 0 {
			t.Fatal(removed, err)
		}
		for _, j := range changed {
			if j.ID != id {
				t.Errorf("the other one has not changed: %+v", j)
			}
			states = append(states, j.State)
		}
	}
	if !slices.IsSortedFunc(states, func(a, b State) int {
		return strings.Index("queued running ready", string(a)) - strings.Index("queued running ready", string(b))
	}) {
		t.Errorf("the states were %v", states)
	}
	if err := s.Remove(id); err != nil {
		t.Fatal(err)
	}
	if _, removed, err := w.Next(ctx); err != nil || !slices.Equal(removed, []string{id}) {
		t.Errorf("%v %v", removed, err)
	}
	s.Stop()
	if _, _, err := w.Next(ctx); !errors.Is(err, ErrStopped) {
		t.Errorf("%v", err)
	}
}
