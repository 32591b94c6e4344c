package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"camhub/internal/record/archive"
	"camhub/internal/record/disk"
)

// endsWithin is how long ffmpeg may take to end when it was killed.
const endsWithin = 5 * time.Second

// arguments returns those of ffmpeg, which hold nothing that a person wrote. It gets
// a mov on its input, whose times it keeps, and writes a file into its folder. H.264
// takes even sizes and one size a file, so pictures of other sizes are fitted in.
func arguments(width, height int, name string) []string {
	w, h := max(width&^1, 2), max(height&^1, 2)
	fit := fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=decrease:out_range=tv,pad=%d:%d:-1:-1,setsar=1,format=yuv420p", w, h, w, h)
	return []string{
		"-hide_banner", "-loglevel", "warning", "-nostats", "-progress", "pipe:1",
		"-f", "mov", "-i", "pipe:0", "-map", "0:v:0", "-vf", fit,
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "23",
		"-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-video_track_timescale", "90000",
		"-movflags", "+faststart", "-f", "mp4", "-y", name,
	}
}

// encode has ffmpeg make the file of f. It returns when ffmpeg is gone.
func (s *Service) encode(ctx context.Context, f *file, src *archive.Export, report func(int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	said, signs := &lastLines{}, new(signs)
	watch := &progressReader{signs: signs, frame: func(n int) {
		report(n)
		if err := s.room(f.path); err != nil {
			cancel(err)
		}
	}}
	width, height := src.Dimensions()
	cmd := exec.CommandContext(ctx, s.ffmpeg, arguments(width, height, filepath.Base(f.path))...)
	cmd.Dir = filepath.Dir(f.path)
	cmd.Env = []string{"LC_ALL=C", "AV_LOG_FORCE_NOCOLOR=1", "PATH=" + os.Getenv("PATH"), "LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH")}
	in := &source{r: io.NewSectionReader(src, 0, src.Size()), signs: signs}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, watch, said
	cmd.WaitDelay = endsWithin
	isolate(cmd)

	var wg sync.WaitGroup
	wg.Go(func() { signs.watch(ctx, f.path, s.hangs, cancel) })
	defer wg.Wait()
	defer cancel(nil)
	runtime.LockOSThread() // the program is bound to the life of this thread
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	if err == nil {
		lowerPriority(cmd.Process.Pid)
		err = cmd.Wait()
	}
	switch {
	case context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case in.err != nil:
		return fmt.Errorf("encode: %w", in.err)
	case err != nil:
		return &failure{CodeProgram, "ffmpeg failed (" + err.Error() + "). Its last words: " + said.String()}
	case watch.frames == 0:
		return &failure{CodeProgram, "ffmpeg could read no picture. Its last words: " + said.String()}
	}
	f.Pictures = watch.frames
	return f.seal()
}

// room reports whether a file may grow on.
func (s *Service) room(path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() > s.folder {
		return &failure{CodeNoRoom, fmt.Sprintf("The file would have more than %d GiB; take a shorter range.", s.folder>>30)}
	}
	if free, _, err := disk.Free(filepath.Dir(path)); err == nil && free < minFree {
		return &failure{CodeNoRoom, fmt.Sprintf("Less than %d MiB are free on the disk.", minFree>>20)}
	}
	return nil
}

// seal makes a file that is done survive a power cut, and notes its size and sum.
func (f *file) seal() error {
	r, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	defer r.Close()
	h := sha256.New()
	if f.Size, err = io.Copy(h, r); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if err := disk.Sync(r); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	sum := hex.EncodeToString(h.Sum(nil))
	f.SHA256, f.ETag = &sum, `"`+sum[:32]+`"`
	return nil
}

// source remembers why it could not be read: what a program makes of a cut input is
// no use.
type source struct {
	r     io.Reader
	signs *signs
	err   error
}

// Read implements io.Reader.
func (s *source) Read(b []byte) (int, error) {
	s.signs.n.Add(1)
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// progressReader reads the lines of ffmpeg's -progress.
type progressReader struct {
	signs  *signs
	rest   []byte
	frames int
	frame  func(n int)
}

// maxLine bounds a line of ffmpeg's, in bytes.
const maxLine = 400

// Write implements io.Writer. It never fails.
func (p *progressReader) Write(b []byte) (int, error) {
	p.signs.n.Add(1)
	for left := b; len(left) > 0; {
		line, after, ended := bytes.Cut(left, []byte{'\n'})
		p.rest = append(p.rest, line[:min(len(line), maxLine-len(p.rest))]...)
		if left = after; !ended {
			break
		}
		if v, ok := strings.CutPrefix(string(p.rest), "frame="); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n >= 0 {
				p.frames = n
				p.frame(n)
			}
		}
		p.rest = p.rest[:0]
	}
	return len(b), nil
}

// lastLines keeps the end of what is written to it.
type lastLines struct{ b []byte }

// Write implements io.Writer. It never fails.
func (l *lastLines) Write(b []byte) (int, error) {
	const most = 4 * maxLine
	l.b = append(l.b, b[max(0, len(b)-most):]...)
	l.b = append(l.b[:0], l.b[max(0, len(l.b)-most):]...)
	return len(b), nil
}

// String returns the last five lines.
func (l *lastLines) String() string {
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(l.b), "?")), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}
