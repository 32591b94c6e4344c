//go:build v4l2

package testvm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"camhub/internal/proctest"
)

// patience bounds every wait of these tests. The virtual machine runs on
// emulated processors, beside whatever else this machine does.
const patience = 2 * time.Minute

// job runs in the virtual machine until that is ended. A second server pulls the
// plug of the USB camera and puts it back.
const job = `#!/bin/sh
mkdir -p /tmp/hands/cgi-bin
cd /tmp/hands/cgi-bin
cat >pull <<'END'
#!/bin/sh
kill $(cat /tmp/usb.pid)
printf '\n'
END
cat >plug <<'END'
#!/bin/sh
uvcsim -serial HUB </dev/null >/dev/null 2>&1 &
echo $! >/tmp/usb.pid
printf '\n'
END
chmod +x pull plug
./plug
httpd -p 8081 -h /tmp/hands
sleep 1
exec camhub serve --listen 0.0.0.0:8080 --insecure-no-auth --data /tmp/data
`

// usb and vivid are the two cameras of the hub.
const (
	usb   = `{"id":"usb","name":"USB","source":{"kind":"v4l2","device":"/dev/v4l/by-id/usb-uvcsim_uvcsim_camera_HUB-video-index0","width":640,"height":480,"fps":10}}`
	vivid = `{"id":"vivid","name":"Vivid","source":{"kind":"v4l2","device":"0","width":320,"height":180,"fps":5,"controls":{"osd_text_mode":2}}}`
)

// TestHubInTheMachine runs the real program with two cameras in the virtual
// machine, and watches them from outside: as a client, and with a browser.
func TestHubInTheMachine(t *testing.T) {
	url, hands := boot(t)
	for _, body := range []string{usb, vivid} {
		post(t, url+"/api/v1/cameras", body, http.StatusCreated)
	}
	post(t, url+"/api/v1/cameras", `{"name":"Wrong","source":{"kind":"v4l2","device":"/dev/null"}}`, http.StatusUnprocessableEntity)
	for _, id := range []string{"usb", "vivid"} {
		t.Run(id, func(t *testing.T) {
			for _, picture := range feed(t, url+"/cameras/"+id+"/feed", 5) {
				checkEnds(t, picture)
			}
		})
	}
	capture := captureOf(t, url, "usb")
	if capture.Got.Format != "MJPG" || capture.Got.Width != 640 || !strings.HasPrefix(capture.Device, "/dev/video") {
		t.Errorf("capture %+v", capture)
	}
	t.Run("browser", func(t *testing.T) {
		p := browse(t, url+"/cameras/usb")
		p.showBars()
	})
	t.Run("controls", func(t *testing.T) { turnControls(t, url) })
	t.Run("exposure", func(t *testing.T) { turnExposure(t, url, hands) })
}

// boot starts the virtual machine with the hub and returns the hub's address, and
// that of what pulls the plug of the USB camera.
func boot(t *testing.T) (url, hands string) {
	t.Helper()
	dir := t.TempDir()
	build(t, dir+"/camhub", "camhub/cmd/camhub", "-tags", "netgo,osusergo", "-ldflags", "-linkmode external -extldflags -static")
	build(t, dir+"/uvcsim", "camhub/internal/source/v4l2/testvm/uvcsim", "-ldflags", "-s")
	if err := os.WriteFile(filepath.Join(dir, "job"), []byte(job), 0o755); err != nil {
		t.Fatal(err)
	}
	port, port2 := proctest.FreePort(t), proctest.FreePort(t)
	cmd := exec.CommandContext(t.Context(), "./v4l2vm.sh", "run", "-t", "420", "-p", fmt.Sprintf("%d:8080", port), "-p", fmt.Sprintf("%d:8081", port2),
		"-f", dir+"/camhub", "-f", dir+"/uvcsim", dir+"/job")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); cmd.Wait() }()
	t.Cleanup(func() {
		<-ended // the context of the test ended before
		if t.Failed() {
			t.Logf("the machine said:\n%s", &log)
		}
	})
	url = fmt.Sprintf("http://127.0.0.1:%d", port)
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		if ready(url) {
			return url, fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/", port2)
		}
		select {
		case <-ended:
			t.Fatal("the virtual machine ended")
		default:
		}
		if time.Now().After(end) {
			t.Fatal("the hub in the virtual machine does not answer")
		}
	}
}

func ready(url string) bool {
	resp, err := (&http.Client{Timeout: 5 * time.Second}).Get(url + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func build(t *testing.T, out, pkg string, flags ...string) {
	t.Helper()
	args := append([]string{"build", "-trimpath", "-o", out}, flags...)
	if text, err := exec.CommandContext(t.Context(), "go", append(args, pkg)...).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, text)
	}
}

func post(t *testing.T, url, body string, want int) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != want {
		t.Fatalf("%s: %s, want %d\n%s", body, resp.Status, want, text)
	}
}

// feed reads n pictures of a camera's feed.
func feed(t *testing.T, url string, n int) []image.Image {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(bufio.NewReader(resp.Body), params["boundary"])
	var pictures []image.Image
	for len(pictures) < n {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(part)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, m)
	}
	return pictures
}

// checkEnds looks at the first and the last bar of a test picture: both drivers
// begin with the brightest and end with black.
func checkEnds(t *testing.T, m image.Image) {
	t.Helper()
	b := m.Bounds()
	luma := func(x int) int {
		r, g, b, _ := m.At(x, b.Dy()/2).RGBA()
		return int(r+g+b) / 3 >> 8
	}
	if first, last := luma(b.Dx()/16), luma(b.Dx()*15/16); first < 170 || last > 30 {
		t.Errorf("the first bar has %d, the last one %d", first, last)
	}
}

// capture is what a status says of a local camera.
type capture struct {
	Device string
	Got    struct {
		Format string
		Width  int
	}
}

func captureOf(t *testing.T, url, id string) capture {
	t.Helper()
	resp, err := http.Get(url + "/api/v1/cameras/" + id)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var c struct{ Status struct{ Capture capture } }
	if err := json.NewDecoder(resp.Body).Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c.Status.Capture
}
