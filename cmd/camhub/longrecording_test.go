package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

var recordFor = flag.Duration("record-for", 8*time.Second, "how long TestEveryPictureIsPlayed records; the requirement is 10m")

// marked begins the comment that holds the number of a picture of an unevenCamera.
var marked = []byte{0xFF, 0xD8, 0xFF, 0xFE, 0, 14, 'p', 'i', 'c', 't', 'u', 'r', 'e', ' '}

// unevenCamera is a camera of the network that says in each picture which one it is,
// and sends them at a rate that swings between 3 and 30 a second. It becomes another
// size once.
type unevenCamera struct {
	*httptest.Server
	sizes [2][]byte // a picture of each size, with marked in front
	large atomic.Bool
	still atomic.Bool // it sends nothing any more
	sent  atomic.Uint32
}

func startUneven(t *testing.T, phase float64) *unevenCamera {
	t.Helper()
	c := &unevenCamera{sizes: [2][]byte{markedPicture(t, 640, 480), markedPicture(t, 1280, 720)}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.film(w, r, phase) }))
	t.Cleanup(c.Close)
	return c
}

// markedPicture returns a JPEG with detail, of a size, whose number is 0.
func markedPicture(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = uint8(i*i/7 ^ i/width)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 40}); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(marked, make([]byte, 4), b.Bytes()[2:])
}

// film sends pictures until the client is gone.
func (c *unevenCamera) film(w http.ResponseWriter, r *http.Request, phase float64) {
	parts := multipart.NewWriter(w)
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+parts.Boundary())
	began := time.Now()
	for r.Context().Err() == nil && !c.still.Load() {
		picture := c.sizes[0]
		if c.large.Load() {
			picture = c.sizes[1]
		}
		picture = slices.Clone(picture)
		binary.BigEndian.PutUint32(picture[len(marked):], c.sent.Add(1))
		head := textproto.MIMEHeader{"Content-Type": {"image/jpeg"}, "Content-Length": {fmt.Sprint(len(picture))}}
		part, err := parts.CreatePart(head)
		if err != nil {
			return
		}
		if _, err = part.Write(picture); err != nil {
			return
		}
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		swing := math.Sin(phase + time.Since(began).Seconds()/5)
		time.Sleep(time.Duration(float64(time.Second) / (16.5 + 13.5*swing)))
	}
	<-r.Context().Done()
}

// settled waits until all pictures that a camera has sent are recorded or lost.
func (p *process) settled(id string) {
	p.t.Helper()
	seen, since := -1, time.Now()
	for deadline := time.Now().Add(patience); time.Since(since) < time.Second; time.Sleep(50 * time.Millisecond) {
		if n := p.recording(id).Pictures; n != seen {
			seen, since = n, time.Now()
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s never stands still", id)
		}
	}
}

// TestEveryPictureIsPlayed records cameras of an uneven rate that change their size
// once, and has ffprobe count and ffmpeg decode every file without a warning. No
// picture from the first recorded one to the last that was sent is missing or there twice.
func TestEveryPictureIsPlayed(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	dir := t.TempDir()
	p := start(t, dir)
	p.keepAll()
	var cameras []*unevenCamera
	for i := range 4 {
		c := startUneven(t, float64(i))
		cameras = append(cameras, c)
		p.add(fmt.Sprintf(`{"id":%q,"name":"C","record":{"mode":"always"},"source":{"kind":"mjpeg","url":%q}}`, recordedID(i), c.URL))
	}
	for i := range cameras {
		p.awaitRecorded(recordedID(i), 5)
	}
	time.Sleep(*recordFor / 2)
	for _, c := range cameras {
		c.large.Store(true)
	}
	time.Sleep(*recordFor / 2)
	for _, c := range cameras {
		c.still.Store(true)
	}
	for i := range cameras {
		p.settled(recordedID(i))
		if r := p.recording(recordedID(i)); r.Lost != 0 || r.State != "recording" {
			t.Errorf("%s: %+v", recordedID(i), r)
		}
	}
	p.Stop()
	r := wantClean(t, dir)
	wantPlayed(t, dir, r)
	pictures := 0
	for i, c := range cameras {
		pictures += wantAllDecoded(t, filepath.Join(dir, "recordings", recordedID(i)), c.sent.Load())
	}
	if pictures != r.Pictures {
		t.Errorf("%d pictures are played, the check counts %d", pictures, r.Pictures)
	}
	t.Logf("%v of %d cameras: %d files, %d pictures", *recordFor, len(cameras), r.Segments, r.Pictures)
}

// wantAllDecoded has ffmpeg decode all files of a camera, and reads the numbers of the
// pictures in them. It returns how many there are.
func wantAllDecoded(t *testing.T, dir string, sent uint32) (n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.mov"))
	if err != nil || len(files) < 2 { // one of each size
		t.Fatalf("%s has %d files, %v", dir, len(files), err)
	}
	slices.Sort(files)
	var first, last uint32
	for _, f := range files {
		if out := irregular.ReplaceAllString(runProgram(t, "ffmpeg", "-v", "warning", "-i", f, "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "null", "-"), ""); len(bytes.TrimSpace([]byte(out))) > 0 {
			t.Errorf("ffmpeg says of %s: %s", f, out)
		}
		for _, number := range numbersIn(t, f) {
			if n == 0 {
				first, last = number, number-1
			}
			if number != last+1 {
				t.Fatalf("%s: picture %d comes behind %d", f, number, last)
			}
			n, last = n+1, number
		}
	}
	if n != int(last-first+1) || last != sent {
		t.Errorf("%s: %d pictures from %d to %d, %d were sent", dir, n, first, last, sent)
	}
	return n
}

// numbersIn has ffmpeg take the pictures out of a file as they are, and returns their
// numbers.
func numbersIn(t *testing.T, file string) (numbers []uint32) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", file, "-c", "copy", "-f", "mjpeg", "-")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(out)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	for {
		at := bytes.Index(all, marked)
		if at < 0 {
			return numbers
		}
		all = all[at+len(marked):]
		numbers = append(numbers, binary.BigEndian.Uint32(all))
	}
}
