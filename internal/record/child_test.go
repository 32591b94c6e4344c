package record

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/media"
	"camhub/internal/record/archive"
	"camhub/internal/stream"
)

// childEnv has the folder for a process that does nothing but record, and that the
// tests kill; childBase the number of its first picture, childLength how long its
// segments are.
const (
	childEnv     = "CAMHUB_TEST_RECORD"
	childBase    = "CAMHUB_TEST_RECORD_BASE"
	childLength  = "CAMHUB_TEST_RECORD_LENGTH"
	childCameras = 8
)

func childCamera(i int) camera.ID { return camera.ID(fmt.Sprintf("cam%d", i)) }

// child records from eight cameras until it is killed. It prints every picture that it
// hands to the recorder, "h camera number time", and how many are recorded, "r camera
// count".
func child() int {
	base, err := strconv.Atoi(os.Getenv(childBase))
	length, err2 := time.ParseDuration(os.Getenv(childLength))
	if err := errors.Join(err, err2); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	a, err := archive.Open(context.Background(), archive.Config{Root: os.Getenv(childEnv), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var wg sync.WaitGroup
	for i := range childCameras {
		s := stream.New()
		r := New(Config{Camera: childCamera(i), Stream: s, Archive: a, Log: slog.New(slog.DiscardHandler), SegmentLength: length})
		wg.Go(func() { r.Run(context.Background()) })
		wg.Go(func() {
			for s.Readers() == 0 {
				time.Sleep(time.Millisecond)
			}
			sh := newShot(32, 32, 4000+5000*i)
			track := &media.Track{Codec: media.JPEG, Width: 32, Height: 32}
			for n := base; ; n++ {
				s.Write(sh.packet(uint32(n), track))
				os.Stdout.WriteString(fmt.Sprintf("h %d %d %d\n", i, n, time.Now().UnixNano()))
				os.Stdout.WriteString(fmt.Sprintf("r %d %d\n", i, r.Status().Pictures))
				time.Sleep(time.Duration(10+rand.IntN(30)) * time.Millisecond)
			}
		})
	}
	wg.Wait()
	return 0
}

// life is one run of a child.
type life struct {
	cmd      *exec.Cmd
	base     int
	began    time.Time
	killed   time.Time
	started  chan struct{} // closed when it has begun to record
	done     chan struct{} // closed when all it printed is read
	handed   [childCameras][]time.Time
	recorded [childCameras]int
}

// live starts a child that records into a folder.
func live(t *testing.T, root string, base int, segments time.Duration) *life {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l := &life{base: base, began: time.Now(), started: make(chan struct{}), done: make(chan struct{})}
	l.cmd = exec.Command(exe, "-test.run=^$")
	l.cmd.Env = append(os.Environ(), childEnv+"="+root, childBase+"="+strconv.Itoa(base), childLength+"="+segments.String())
	l.cmd.Stderr = os.Stderr
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.cmd.Process.Kill() })
	go func() {
		defer close(l.done)
		seen := map[int]bool{}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			l.note(lines.Text(), seen)
		}
	}()
	select {
	case <-l.started:
	case <-l.done:
		t.Fatal("the child did not begin")
	case <-time.After(time.Minute):
		t.Fatal("the child takes too long")
	}
	return l
}

// note takes in a line. A child has begun when every camera has handed a picture.
func (l *life) note(line string, seen map[int]bool) {
	var camera, n int
	var at int64
	if k, _ := fmt.Sscanf(line, "h %d %d %d", &camera, &n, &at); k == 3 {
		l.handed[camera] = append(l.handed[camera], time.Unix(0, at))
		if seen[camera] = true; len(seen) == childCameras && len(l.handed[camera]) == 1 {
			close(l.started)
		}
	} else if k, _ := fmt.Sscanf(line, "r %d %d", &camera, &n); k == 2 {
		l.recorded[camera] = n
	}
}

// kill kills it after a while, and waits.
func (l *life) kill(t *testing.T, after time.Duration, then func()) {
	t.Helper()
	time.Sleep(after)
	if then != nil { // while it stands still
		l.signal(t, syscall.SIGSTOP)
		l.killed = time.Now()
		then()
	} else {
		l.killed = time.Now()
	}
	l.signal(t, syscall.SIGKILL)
	<-l.done
	l.cmd.Wait() // "signal: killed"
}

func (l *life) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := l.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// promise is how much of the newest may be lost: two seconds, and one more for a
// machine that has so much to do that a process which sleeps wakes up late.
const promise = 3 * time.Second

// verify looks what an archive has of the pictures of a life. They must be there in
// order, none missing between them, up to the promise; with strict, also every one
// that was said to be recorded. It returns how many are there and how many are lost,
// and how old the oldest lost one was.
func (l *life) verify(t *testing.T, a *archive.Archive, strict bool) (kept, lost int, oldest time.Duration) {
	t.Helper()
	for i := range childCameras {
		n := 0
		for _, got := range numbers(t, a, childCamera(i), l.began) {
			if got < int64(l.base) {
				continue // of an earlier life
			}
			if got != int64(l.base+n) {
				t.Errorf("camera %d: picture %d stands at the place of %d", i, got, l.base+n)
				break
			}
			n++
		}
		kept += n
		if n < len(l.handed[i]) {
			lost += len(l.handed[i]) - n
			age := l.killed.Sub(l.handed[i][n])
			oldest = max(oldest, age)
			if age > promise {
				t.Errorf("camera %d: of %d pictures %d are there; one of %v before the end is lost", i, len(l.handed[i]), n, age)
			}
		}
		if strict && n < l.recorded[i] {
			t.Errorf("camera %d: %d pictures are there, %d were said to be recorded", i, n, l.recorded[i])
		}
	}
	return kept, lost, oldest
}
