package app

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/event"
	"camhub/internal/hub"
	"camhub/internal/inventory"
	"camhub/internal/media"
	"camhub/internal/picamtest"
	"camhub/internal/probe"
	"camhub/internal/registry"
	"camhub/internal/source"
	"camhub/internal/strict"
	"camhub/store"
)

func TestMain(m *testing.M) { os.Exit(picamtest.Main(m)) }

// devices looks for cameras of the machine, and adds one.
func devices(t *testing.T, h *testHub) {
	programs := picamtest.Install(t, "rpicam-vid", "rpicam-hello")
	listing, err := os.ReadFile("../source/picamera/testdata/listings/pi4-imx219-imx477.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs.List(string(listing))
	found := decode[inventory.Found](t, h.want(http.StatusOK, "GET", "/api/v1/devices", ""))
	if len(found.Devices) != 2 || len(found.Problems) != 0 || found.Devices[1].Driver != "imx477" || len(found.Devices[0].InUseBy) != 0 {
		t.Errorf("found %+v", found)
	}
	const source = `{"kind":"picamera","camera":0,"width":320,"height":240,"fps":25}`
	res := decode[probe.Result](t, h.want(http.StatusOK, "POST", "/api/v1/probe", source))
	if !res.Works || res.Connected || res.Width != 320 || res.Preview == "" {
		t.Errorf("the probe found %+v", res)
	}
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"pi","name":"Pi","source":`+source+`}`)
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"pi-2","name":"Pi 2","enabled":false,"source":{"kind":"picamera"}}`)
	eventually(t, "it is live", func() bool { return h.camera("pi").Status.State == hub.Live })
	found = decode[inventory.Found](t, h.want(http.StatusOK, "GET", "/api/v1/devices", ""))
	if users := found.Devices[0].InUseBy; !slices.Equal(users, []string{"pi", "pi-2"}) || len(found.Devices[1].InUseBy) != 0 {
		t.Errorf("in use by %q", users)
	}
	starts := programs.Starts()
	res = decode[probe.Result](t, h.want(http.StatusOK, "POST", "/api/v1/probe", `{"kind":"picamera"}`))
	if !res.Works || !res.Connected || res.Preview == "" || programs.Starts() != starts || !strings.Contains(res.Explanation, `"Pi"`) {
		t.Errorf("the probe found %+v", res)
	}
	// A program that is about to fail is the camera's status and nobody else's.
	programs.Mode(picamtest.Busy)
	h.want(http.StatusAccepted, "POST", "/api/v1/cameras/pi/restart", "")
	eventually(t, "it is offline", func() bool {
		st := h.camera("pi").Status
		return st.State == hub.Offline && st.Error.Code == "in-use"
	})
	h.want(http.StatusNoContent, "DELETE", "/api/v1/cameras/pi", "")
}

// devicesThatFail has a program that prints far too much.
func devicesThatFail(t *testing.T, h *testHub) {
	picamtest.Install(t, "rpicam-hello").Mode(picamtest.Floods)
	found := decode[inventory.Found](t, h.want(http.StatusOK, "GET", "/api/v1/devices", ""))
	if len(found.Devices) != 0 || len(found.Problems) != 1 || found.Problems[0].Kind != "picamera" {
		t.Errorf("found %+v", found)
	}
}

// knob is a device with controls.
type knob struct {
	mu     sync.Mutex
	values map[string]int64
	away   bool
	jams   bool
}

// theKnob is read by cameras of the kind "knob", which tests add to the table.
var theKnob knob

// knobConfig are the options of such a camera.
type knobConfig struct {
	Device   string           `json:"device"`
	Controls map[string]int64 `json:"controls"`
}

// Open implements source.Config.
func (c knobConfig) Open(source.Env) source.Source { return c }

// Run implements source.Source.
func (c knobConfig) Run(ctx context.Context, out source.Sink) error {
	if err := theKnob.set(ctx, "", c.Controls); err != nil {
		return err
	}
	for ctx.Err() == nil {
		out.Received(1)
		out.Write(&media.Packet{Track: &media.Track{Codec: media.JPEG, Width: 1, Height: 1}, Key: true, Arrived: time.Now(), Data: []byte{0xFF, 0xD8}})
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (k *knob) list(context.Context, string) ([]device.Control, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away {
		return nil, source.Errorf("gone", "It is unplugged.")
	}
	return []device.Control{
		{Name: "brightness", Label: "Brightness", Type: "integer", Min: -10, Max: 10, Step: 1, Value: k.values["brightness"], Group: device.GroupImage},
		{Name: "mode", Label: "Mode", Type: "menu", Max: 1, Menu: []device.Item{{Value: 0, Label: "Off"}, {Value: 1, Label: "On"}}, Inactive: true, DecidedBy: "brightness"},
		{Name: "temperature", Label: "Temperature", Type: "integer", Max: 100, ReadOnly: true, Value: 40},
	}, nil
}

func (k *knob) set(_ context.Context, _ string, values map[string]int64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.away || k.jams {
		return source.Errorf("jams", "It jams.")
	}
	maps.Copy(k.values, values)
	return nil
}

var knobKind = source.Kind{
	Name: "knob",
	Parse: func(b json.RawMessage) (source.Config, *multierror.Error) {
		c := knobConfig{Device: "k", Controls: map[string]int64{}}
		return c, strict.Object(b, &c, "/source")
	},
	Local: &source.Local{Option: "device", Controls: theKnob.list, SetControls: theKnob.set},
}

// seedKnob stores a camera of a kind that the document does not have, and adds
// the kind to the table until the test ends.
func seedKnob(t *testing.T, dir string) {
	t.Helper()
	theKnob.values, theKnob.away, theKnob.jams = make(map[string]int64), false, false
	old := kinds
	kinds = append(slices.Clone(kinds), knobKind)
	t.Cleanup(func() { kinds = old })
	db, err := store.Open(filepath.Join(dir, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	d := camera.Default()
	d.ID, d.Name, d.Source = "knob", "Knob", camera.Source{Kind: "knob", Options: json.RawMessage(`{"controls":{},"device":"k"}`)}
	if _, _, err := db.PutCamera(d, event.Event{Time: time.Now().UTC(), Type: event.Added, Camera: d.ID}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// controls changes those of a camera that runs, that is away, and of one that
// has none.
func controls(t *testing.T, h *testHub) {
	const path = "/api/v1/cameras/knob/controls"
	status := func() hub.Status {
		return decode[hub.Status](t, h.want(http.StatusOK, "GET", "/api/v1/cameras/knob/status", ""))
	}
	eventually(t, "it is live", func() bool { return status().State == hub.Live })
	before := status()
	c := decode[registry.Controls](t, h.want(http.StatusOK, "GET", path, ""))
	if len(c.Controls) != 3 || len(c.Stored) != 0 || c.Problem != "" {
		t.Errorf("controls %+v", c)
	}
	c = decode[registry.Controls](t, h.want(http.StatusOK, "PATCH", path, `{"brightness":7,"mode":1}`, "Content-Type", "application/merge-patch+json"))
	if c.Controls[0].Value != 7 || !maps.Equal(c.Stored, map[string]int64{"brightness": 7, "mode": 1}) {
		t.Errorf("controls %+v", c)
	}
	h.want(http.StatusOK, "PATCH", path, `{"mode":null}`)
	c = decode[registry.Controls](t, h.want(http.StatusOK, "PATCH", path+"?try=1", `{"brightness":2}`))
	if c.Controls[0].Value != 2 || c.Stored["brightness"] != 7 {
		t.Errorf("after a try: %+v", c)
	}
	h.refused(t, "PATCH", path+"?try=yes", `{"brightness":2}`, "/try")
	h.refused(t, "PATCH", path+"?try=1", `{"brightness":11}`, "/brightness")
	for patch, want := range map[string]string{
		`{"brightness":11,"contrast":1,"mode":2,"temperature":1}`: "/brightness /contrast /mode /temperature",
		`{"brightness":"7"}`: "/brightness",
	} {
		h.refused(t, "PATCH", path, patch, want)
	}
	h.want(http.StatusPreconditionFailed, "PATCH", path, `{"mode":1}`, "If-Match", `"0"`)
	theKnob.jams = true
	a := h.want(http.StatusServiceUnavailable, "PATCH", path, `{"brightness":1}`)
	if !strings.Contains(string(a.body), "It jams.") {
		t.Errorf("got %s", a.body)
	}
	theKnob.mu.Lock()
	theKnob.jams, theKnob.away = false, true
	theKnob.mu.Unlock()
	h.want(http.StatusServiceUnavailable, "PATCH", path+"?try=1", `{"brightness":-3}`)
	c = decode[registry.Controls](t, h.want(http.StatusOK, "PATCH", path, `{"brightness":-3}`))
	if len(c.Controls) != 0 || c.Problem != "It is unplugged." || c.Stored["brightness"] != -3 {
		t.Errorf("controls %+v", c)
	}
	if after := status(); after.State != hub.Live || after.Attempts != before.Attempts || after.Frames < before.Frames || !after.Since.Equal(before.Since) {
		t.Errorf("it was %+v, it is %+v", before, after)
	}
	h.add("a")
	c = decode[registry.Controls](t, h.want(http.StatusOK, "GET", "/api/v1/cameras/a/controls", ""))
	if len(c.Controls) != 0 || len(c.Stored) != 0 || c.Problem != "" {
		t.Errorf("of a camera without controls: %+v", c)
	}
	h.refused(t, "PATCH", "/api/v1/cameras/a/controls", `{"brightness":1}`, "/brightness")
}
