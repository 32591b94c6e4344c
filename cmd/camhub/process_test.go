package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"camhub/internal/hubtest"
	"camhub/internal/picamtest"
)

// runAsCamhub makes the test binary behave as the program, so that the tests
// drive a real process, built as they are (with -race or without).
const runAsCamhub = "CAMHUB_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runAsCamhub) != "" {
		main()
		return
	}
	os.Exit(picamtest.Main(m))
}

// camhub returns the program as a command.
func camhub(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	return cmd
}

// patience bounds the wait for anything that another process does. Only a fault takes
// as long, however busy the machine is.
const patience = time.Minute

// stopsWithin is less than it takes to cut a viewer that takes nothing, and more than all
// that a hub waits for when it stops.
const stopsWithin = 9 * time.Second

// process is a running hub.
type process struct {
	*hubtest.Hub
	t *testing.T
}

// start runs a hub on the data folder, on a free port.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	cmd := hubtest.Serve(os.Args[0], dir, args...)
	cmd.Env = append(os.Environ(), runAsCamhub+"=1")
	return &process{Hub: hubtest.Start(t, cmd), t: t}
}

// call makes a REST call and decodes the answer into out, if that is not nil.
func (p *process) call(method, path, body string, out any) int {
	p.t.Helper()
	status, b := p.Call(method, path, body)
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			p.t.Fatalf("%s %s: %v\n%s", method, path, err, b)
		}
	}
	return status
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
func (p *process) await(id, state string) status {
	p.t.Helper()
	var st status
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if p.call("GET", "/api/v1/cameras/"+id+"/status", "", &st); st.State == state {
			return st
		}
	}
	p.t.Fatalf("after %v the camera is %+v, not %s\n%s", patience, st, state, p.Log())
	return st
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

// runProgram runs a foreign program and returns what it printed.
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
