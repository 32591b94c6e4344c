package browsertest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// program is the path of the binary that TestMain has built.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run builds the program once for all tests, into a folder that goes with them.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "camhub-browsertest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "camhub")
	build := exec.Command("go", "build", "-o", program, "./cmd/camhub")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build camhub: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// hub is a running program.
type hub struct {
	t       *testing.T
	program string
	url     string
	data    string
	stop    func() // stops it and waits; may be called twice
	kill    func() // stops it as a power cut does
}

// startHub runs the program with an empty data folder until the test ends.
func startHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{t: t, program: program, data: t.TempDir()}
	h.start("127.0.0.1:0")
	return h
}

var listening = regexp.MustCompile(`msg=listening .*\burl=(http://\S+)`)

// start runs the program and returns when it says where it listens.
func (h *hub) start(listen string) {
	h.t.Helper()
	cmd := exec.Command(h.program, "serve", "--listen", listen, "--data", h.data)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	var log bytes.Buffer
	url := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(io.TeeReader(stderr, &log)); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				url <- m[1]
			}
		}
	}()
	end := sync.OnceFunc(func() {
		<-read
		cmd.Wait() // how it ended is in ProcessState
	})
	h.kill = func() {
		cmd.Process.Kill()
		end()
	}
	h.stop = sync.OnceFunc(func() {
		if cmd.ProcessState != nil {
			return // it was killed
		}
		cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		end()
		if !cmd.ProcessState.Success() {
			h.t.Errorf("camhub ended: %v\n%s", cmd.ProcessState, log.String())
		}
		kill.Stop()
	})
	h.t.Cleanup(h.stop)
	select {
	case h.url = <-url:
	case <-read:
		h.stop()
		h.t.Fatalf("camhub did not start:\n%s", log.String())
	case <-time.After(20 * time.Second):
		h.t.Fatal("camhub said nothing for 20 s")
	}
}

// restart runs the program again where it was.
func (h *hub) restart() {
	h.t.Helper()
	h.start(strings.TrimPrefix(h.url, "http://"))
}

// call sends a request with a JSON body, or none, decodes the answer into v if
// that is not nil, and fails the test unless it is a 2xx.
func (h *hub) call(method, path, body string, v any) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		h.t.Fatalf("%s %s: status %d, %v: %s", method, path, resp.StatusCode, err, b)
	}
	if v != nil {
		if err := json.Unmarshal(b, v); err != nil {
			h.t.Fatalf("%s %s: %v in %s", method, path, err, b)
		}
	}
}

// cameraJSON is what the tests read of a camera.
type cameraJSON struct {
	ID     string
	Name   string
	Source struct {
		PasswordSet bool `json:"password_set"`
	}
	Status struct {
		State   string
		Viewers int
		Error   *struct{ Message string }
	}
}

// cameras returns what the hub says of all cameras, in wall order.
func (h *hub) cameras() []cameraJSON {
	h.t.Helper()
	var list struct{ Cameras []cameraJSON }
	h.call("GET", "/api/v1/cameras", "", &list)
	return list.Cameras
}

// viewers returns how many readers all cameras have.
func (h *hub) viewers() int {
	h.t.Helper()
	n := 0
	for _, c := range h.cameras() {
		n += c.Status.Viewers
	}
	return n
}

// add defines an emulated camera.
func (h *hub) add(name string) {
	h.t.Helper()
	h.addSized(name, 320, 180)
}

// addSized defines an emulated camera of that size, with five pictures a second.
func (h *hub) addSized(name string, width, height int) {
	h.t.Helper()
	b, err := json.Marshal(map[string]any{"name": name, "source": map[string]any{"kind": "emulated", "width": width, "height": height, "fps": 5}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.call("POST", "/api/v1/cameras", string(b), nil)
}
