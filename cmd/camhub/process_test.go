package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// runAsCamhub makes the test binary behave as the program, so that the tests
// drive a real process, built as they are (with -race or without).
const runAsCamhub = "CAMHUB_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runAsCamhub) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// camhub returns the program as a command.
func camhub(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	return cmd
}

// process is a running hub.
type process struct {
	*exec.Cmd
	t   *testing.T
	url string
	log *lockedBuffer
}

// start runs a hub on the data folder, on a free port.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{t: t, log: new(lockedBuffer)}
	p.Cmd = camhub(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", dir, "--log-format", "json"}, args...)...)
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	url := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(io.TeeReader(stderr, p.log)); lines.Scan(); {
			var line struct{ Msg, URL string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
				url <- line.URL
			}
		}
		close(url)
	}()
	select {
	case p.url = <-url:
	case <-time.After(30 * time.Second):
	}
	if p.url == "" {
		t.Fatalf("the hub does not listen:\n%s", p.log)
	}
	return p
}

// stop ends the hub as a person does, and returns how long that took.
func (p *process) stop() time.Duration {
	p.t.Helper()
	began := time.Now()
	p.Process.Signal(syscall.SIGTERM)
	if err := p.wait(10 * time.Second); err != nil {
		p.t.Errorf("the hub ends with %v:\n%s", err, p.log)
	}
	return time.Since(began)
}

// wait waits for the end of the hub.
func (p *process) wait(limit time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- p.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		p.Process.Kill()
		<-done
		return errors.New("no end")
	}
}

// call makes a REST call and decodes the answer into out, if that is not nil.
func (p *process) call(method, path, body string, out any) int {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			p.t.Fatalf("%s %s: %v\n%s", method, path, err, b)
		}
	}
	return resp.StatusCode
}

// add adds a camera and returns its ID.
func (p *process) add(body string) string {
	p.t.Helper()
	var c struct{ ID string }
	if status := p.call("POST", "/api/v1/cameras", body, &c); status != 201 {
		p.t.Fatalf("add %s: %d", body, status)
	}
	return c.ID
}

// status is what the tests look at in a camera's status.
type status struct {
	State  string
	Frames int
	Error  *struct{ Code, Message string }
}

// await waits until the camera is in the state.
func (p *process) await(id, state string, limit time.Duration) status {
	p.t.Helper()
	var st status
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if p.call("GET", "/api/v1/cameras/"+id+"/status", "", &st); st.State == state {
			return st
		}
	}
	p.t.Fatalf("after %v the camera is %+v, not %s\n%s", limit, st, state, p.log)
	return st
}

// lockedBuffer is a buffer that one goroutine may write while others read.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// need skips a test that needs a program which is not there, but not in CI.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// run runs a foreign program and returns what it printed.
func runProgram(t *testing.T, name string, args ...string) string {
	t.Helper()
	need(t, name)
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

const emulated = `{"name":%q,"source":{"kind":"emulated","width":320,"height":240,"fps":20}}`

// addEmulated adds a camera that draws its own pictures.
func (p *process) addEmulated(name string) string {
	p.t.Helper()
	return p.add(fmt.Sprintf(emulated, name))
}
