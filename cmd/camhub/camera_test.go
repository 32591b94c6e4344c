package main

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"testing"

	"camhub/internal/proctest"
)

// ffmpegCamera runs ffmpeg as an MJPEG camera for one viewer.
func ffmpegCamera(t *testing.T, port int) *exec.Cmd {
	t.Helper()
	need(t, "ffmpeg")
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi",
		"-i", "testsrc2=size=640x360:rate=25", "-f", "mpjpeg", "-listen", "1", fmt.Sprintf("http://127.0.0.1:%d/", port))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// TestFFmpegAsCamera adds a foreign camera, kills it, and starts it again, under
// a viewer whose connection stays.
func TestFFmpegAsCamera(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	port := proctest.FreePort(t)
	ffmpeg := ffmpegCamera(t, port)
	id := p.add(fmt.Sprintf(`{"name":"ffmpeg","source":{"kind":"mjpeg","url":"http://127.0.0.1:%d/"}}`, port))
	p.await(id, "live")

	resp, err := http.Get(p.URL + "/cameras/" + id + "/feed")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buf := make([]byte, 1<<16)
	if _, err := io.ReadAtLeast(resp.Body, buf, 1<<14); err != nil {
		t.Fatal(err)
	}

	ffmpeg.Process.Kill()
	ffmpeg.Wait()
	st := p.await(id, "offline")
	if st.Error == nil || st.Error.Message == "" {
		t.Errorf("the reason is %+v", st.Error)
	}
	frames := st.Frames
	ffmpegCamera(t, port)
	if st := p.await(id, "live"); st.Frames <= frames || st.Error != nil {
		t.Errorf("back: %+v", st)
	}
	for got := 0; got < 1<<20; { // pictures flow again on the old connection
		n, err := resp.Body.Read(buf)
		if err != nil {
			t.Fatalf("the viewer's connection ended: %v", err)
		}
		got += n
	}
}
