package browsertest

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"camhub/internal/hubtest"
)

// program is the path of the binary that TestMain has built.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

// sideBySide is how many tests run at once on a small machine. They wait most of
// the time: for pictures, for pages, for clocks.
const sideBySide = 4

// run builds the program once for all tests.
func run(m *testing.M) int {
	var remove func()
	var err error
	program, remove, err = hubtest.Build()
	defer remove()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := flag.Set("test.parallel", strconv.Itoa(max(sideBySide, runtime.GOMAXPROCS(0)))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	stopShared()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// hub is a running program.
type hub struct {
	*hubtest.Hub
	t       *testing.T
	program string
	url     string
	data    string
}

// startHub runs the program with an empty data folder until the test ends.
func startHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{t: t, program: program, data: t.TempDir()}
	h.start()
	return h
}

// start runs the program and returns when it says where it listens.
func (h *hub) start(args ...string) {
	h.t.Helper()
	h.Hub = hubtest.Start(h.t, hubtest.Serve(h.program, h.data, args...))
	h.url = h.URL
	h.t.Cleanup(h.stop)
}

// stop stops it and waits. It may be called twice.
func (h *hub) stop() { h.Stop() }

// kill stops it as a power cut does.
func (h *hub) kill() { h.Kill() }

// restart runs the program again where it was.
func (h *hub) restart() {
	h.t.Helper()
	h.start("--listen", strings.TrimPrefix(h.url, "http://"))
}

// call sends a request with a JSON body, or none, decodes the answer into v if
// that is not nil, and fails the test unless it is a 2xx.
func (h *hub) call(method, path, body string, v any) {
	h.t.Helper()
	status, b := h.Call(method, path, body)
	if status/100 != 2 {
		h.t.Fatalf("%s %s: status %d: %s", method, path, status, b)
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
