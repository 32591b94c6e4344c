package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/media"
	"camhub/internal/record/archive"
	"camhub/internal/record/mov"
	"camhub/internal/stream"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

var (
	quiet      = slog.New(slog.DiscardHandler)
	exportAsIs = mov.ExportOptions{}
)

// shot is a JPEG of a size with a comment, in which a number is put.
type shot struct {
	width, height int
	data          []byte
}

// newShot makes one of about so many bytes.
func newShot(width, height, size int) *shot {
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7)
	}
	m.SetGray(1, 1, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	head := []byte{0xFF, 0xD8, 0xFF, 0xFE, 0, 10, 'n', 'o', '.', ' ', 0, 0, 0, 0}
	for pad := size - b.Len() - len(head); pad > 4; { // comments of at most 64 kB
		n := min(pad, 60000)
		head = append(head, 0xFF, 0xFE, byte((n-2)>>8), byte(n-2))
		for range n - 4 { // nothing that a disk could compress
			head = append(head, byte(rand.Uint32()))
		}
		pad -= n
	}
	return &shot{width, height, append(head, b.Bytes()[2:]...)}
}

// packet returns a picture with a number, of now.
func (s *shot) packet(n uint32, track *media.Track) *media.Packet {
	data := bytes.Clone(s.data)
	binary.BigEndian.PutUint32(data[10:], n)
	if track == nil {
		track = &media.Track{Codec: media.JPEG, Width: s.width, Height: s.height}
	}
	return &media.Packet{Track: track, Key: true, Arrived: time.Now(), Data: data}
}

// number returns the number in a picture, or -1 if it is none of ours.
func number(b []byte) int64 {
	if len(b) < 14 || !bytes.HasPrefix(b, []byte("\xff\xd8\xff\xfe\x00\x0ano. ")) || !bytes.HasSuffix(b, []byte("\xff\xd9")) {
		return -1
	}
	return int64(binary.BigEndian.Uint32(b[10:]))
}

func openArchive(t testing.TB, root string, p archive.Policy) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.Context(), archive.Config{Root: root, Policy: p, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// studio is a camera with a recorder.
type studio struct {
	*stream.Stream
	a    *archive.Archive
	r    *Recorder
	stop func() // ends the recorder and waits

	mu      sync.Mutex
	notices []Notice
}

// open starts a recorder of camera "a", with a stream of its own if c has none.
func open(t testing.TB, a *archive.Archive, c Config) *studio {
	t.Helper()
	s := &studio{Stream: c.Stream, a: a}
	if s.Stream == nil {
		s.Stream = stream.New()
	}
	c.Camera, c.Stream, c.Archive, c.Log = "a", s.Stream, a, quiet
	c.Notify = func(n Notice) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notices = append(s.notices, n)
	}
	s.r = New(c)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.r.Run(t.Context())
	}()
	for s.Readers() == 0 {
		time.Sleep(time.Millisecond)
	}
	s.stop = func() {
		s.Stream.Close()
		<-done
	}
	return s
}

func (s *studio) told() []Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Notice(nil), s.notices...)
}

// settled waits until the recorder has written, or lost, n pictures.
func (s *studio) settled(t testing.TB, n uint64) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for {
		st := s.r.Status()
		if st.Pictures+st.Lost >= n && st.Queued == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d pictures did not come: %+v", n, st)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// numbers returns the numbers of the pictures of a camera in order: all of them, or
// those from a little before an instant on.
func numbers(t testing.TB, a *archive.Archive, id camera.ID, from time.Time) (ns []int64) {
	t.Helper()
	c := a.Cursor(id)
	defer c.Close()
	_, err := c.Seek(from)
	if fault.KindOf(err) == fault.NotFound {
		var l *archive.Timeline
		if l, err = a.Timeline(id, from, time.Now().AddDate(50, 0, 0), 0); err != nil || len(l.Ranges) == 0 {
			return nil
		}
		_, err = c.Seek(l.Ranges[0].From.Add(time.Millisecond))
	}
	for ; err == nil; _, err = c.Next() {
		b, err := c.Read(nil)
		if err != nil {
			t.Fatal(err)
		}
		ns = append(ns, number(b))
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return ns
}

// play has ffmpeg decode every segment: without a word, and every picture.
func play(t *testing.T, root string) (segments, pictures int) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: that it plays the segments was not tried")
	}
	files, err := filepath.Glob(filepath.Join(root, "*", "*", "*.mov"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		probe := exec.Command("ffprobe", "-v", "warning", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", f)
		out, err := probe.CombinedOutput()
		n := 0
		if _, e := fmt.Sscan(strings.TrimSpace(string(out)), &n); err != nil || e != nil {
			t.Fatalf("%s: %s", f, out)
		}
		out, err = exec.Command("ffmpeg", "-hide_banner", "-v", "warning", "-xerror", "-i", f,
			"-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "null", "-").CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Fatalf("ffmpeg of %s: %v\n%s", f, err, out)
		}
		pictures += n
	}
	return len(files), pictures
}

// clean checks a folder that no hub uses.
func clean(t testing.TB, root string) *archive.Report {
	t.Helper()
	r, err := archive.Check(t.Context(), root, false)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Clean() {
		t.Fatalf("the check finds %d faults: %+v", r.Faults, r.Findings)
	}
	return r
}
