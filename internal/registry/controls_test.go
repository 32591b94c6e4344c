package registry

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/strict"
	"camhub/store"
)

// dial is a device with controls, and the kind of cameras that read it.
type dial struct {
	mu     sync.Mutex
	values map[string]int64
	opened int   // how often a camera was opened
	err    error // of whoever asks the device
	setErr error
}

// dialConfig are the options of such a camera.
type dialConfig struct {
	Device   string           `json:"device"`
	Controls map[string]int64 `json:"controls"`
	dial     *dial
}

// Open implements source.Config.
func (c dialConfig) Open(source.Env) source.Source { return c }

// Run implements source.Source.
func (c dialConfig) Run(ctx context.Context, out source.Sink) error {
	c.dial.mu.Lock()
	c.dial.opened++
	maps.Copy(c.dial.values, c.Controls)
	err := c.dial.err
	c.dial.mu.Unlock()
	if err != nil {
		return err
	}
	for {
		out.Received(1)
		out.Write(&media.Packet{Track: &media.Track{Codec: media.JPEG}, Key: true, Arrived: time.Now(), Data: []byte{0}})
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *dial) kind() source.Kind {
	return source.Kind{
		Name: "dial",
		Parse: func(b json.RawMessage) (source.Config, *multierror.Error) {
			c := dialConfig{Device: "d", Controls: map[string]int64{}, dial: d}
			errs := strict.Object(b, &c, "/source")
			if _, has := c.Controls["never"]; has {
				errs = multierror.Append(errs, fault.Fieldf("/source/controls/never", "is never kept"))
			}
			return c, errs
		},
		Local: &source.Local{Option: "device", Controls: d.controls, SetControls: d.set},
	}
}

func (d *dial) controls(context.Context, string) ([]device.Control, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return nil, d.err
	}
	return []device.Control{
		{Name: "brightness", Type: "integer", Min: -10, Max: 10, Step: 5, Default: 5, Value: d.values["brightness"]},
		{Name: "zoom", Type: "integer", Min: -1 << 63, Max: 1<<63 - 1, Step: 2, Value: d.values["zoom"]},
		{Name: "mode", Type: "menu", Max: 3, Menu: []device.Item{{Value: 0}, {Value: 3}}, Value: d.values["mode"]},
		{Name: "auto", Type: "boolean", Max: 1, Step: 1, Value: d.values["auto"]},
		{Name: "press", Type: "button", Value: d.values["press"]},
		{Name: "state", Type: "integer", Max: 5, ReadOnly: true},
		{Name: "never", Type: "integer", Max: 5},
	}, nil
}

func (d *dial) set(_ context.Context, _ string, values map[string]int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.setErr != nil {
		return d.setErr
	}
	maps.Copy(d.values, values)
	return nil
}

// newDial returns a registry with one camera, "a", that reads a dial.
func newDial(t *testing.T) (*Registry, *dial) {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	d := &dial{values: make(map[string]int64)}
	r := New(Config{Store: db, Kinds: append(slices.Clone(kinds), d.kind()), DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		if err := errors.Join(r.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	create(t, r, `{"id":"a","name":"A","source":{"kind":"dial"}}`)
	awaitLive(t, r)
	return r, d
}

func awaitLive(t *testing.T, r *Registry) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		st, err := r.Hub().Status("a")
		if err != nil {
			t.Fatal(err)
		}
		if st.State == hub.Live {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is %+v", st)
		}
	}
}

// options returns what is stored of the camera's source.
func options(t *testing.T, r *Registry) string {
	t.Helper()
	d, err := r.Whole("a")
	if err != nil {
		t.Fatal(err)
	}
	return string(d.Source.Options)
}

func TestControlsAreSetAndKept(t *testing.T) {
	r, d := newDial(t)
	steps := []struct{ patch, stored, device string }{
		{`{"brightness":10,"mode":3}`, `{"brightness":10,"mode":3}`, `{"brightness":10,"mode":3}`},
		{`{}`, `{"brightness":10,"mode":3}`, `{"brightness":10,"mode":3}`},
		{`{"brightness":-5,"zoom":9223372036854775806,"auto":1}`, `{"auto":1,"brightness":-5,"mode":3,"zoom":9223372036854775806}`, `{"auto":1,"brightness":-5,"mode":3,"zoom":9223372036854775806}`},
		{`{"zoom":null,"brightness":null,"auto":null}`, `{"mode":3}`, `{"auto":0,"brightness":5,"mode":3,"zoom":0}`},
		{`{"press":7}`, `{"mode":3}`, `{"auto":0,"brightness":5,"mode":3,"press":7,"zoom":0}`},
	}
	for _, step := range steps {
		c, err := r.SetControls(t.Context(), "a", []byte(step.patch), Condition{})
		if err != nil {
			t.Fatalf("%s: %v", step.patch, err)
		}
		stored, err := json.Marshal(c.Stored)
		if err != nil || string(stored) != step.stored || c.Problem != "" || len(c.Controls) != 7 {
			t.Errorf("%s: %+v", step.patch, c)
		}
		if want := `{"controls":` + step.stored + `,"device":"d"}`; options(t, r) != want {
			t.Errorf("%s: stored is %s", step.patch, options(t, r))
		}
		d.mu.Lock()
		values, err := json.Marshal(d.values)
		d.mu.Unlock()
		if err != nil || string(values) != step.device {
			t.Errorf("%s: the device has %s", step.patch, values)
		}
	}
	if st, _ := r.Hub().Status("a"); d.opened != 1 || st.State != hub.Live {
		t.Errorf("it was opened %d times: %+v", d.opened, st)
	}
}

// TestTriedControls reach the device, and leave no trace in the definition.
func TestTriedControls(t *testing.T) {
	r, d := newDial(t)
	if _, err := r.SetControls(t.Context(), "a", []byte(`{"brightness":10}`), Condition{}); err != nil {
		t.Fatal(err)
	}
	before, err := r.Whole("a")
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.TryControls(t.Context(), "a", []byte(`{"brightness":-10,"mode":3,"press":1}`), Condition{})
	if err != nil || c.Controls[0].Value != -10 || !maps.Equal(c.Stored, map[string]int64{"brightness": 10}) {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := r.TryControls(t.Context(), "a", []byte(`{"brightness":null}`), Condition{}); err != nil {
		t.Error(err)
	}
	if after, err := r.Whole("a"); err != nil || after.Revision != before.Revision {
		t.Errorf("revision %d, was %d, %v", after.Revision, before.Revision, err)
	}
	if d.values["brightness"] != 5 || d.values["mode"] != 3 || d.values["press"] != 1 {
		t.Errorf("the device has %v", d.values)
	}
	d.mu.Lock()
	d.err = source.Errorf("gone", "It is unplugged.")
	d.mu.Unlock()
	_, err = r.TryControls(t.Context(), "a", []byte(`{"brightness":0}`), Condition{})
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "unplugged") {
		t.Errorf("got %v", err)
	}
}

// TestControlsByDefinition changes them by PUT and PATCH of the camera.
func TestControlsByDefinition(t *testing.T) {
	r, d := newDial(t)
	if _, err := r.Patch(t.Context(), "a", []byte(`{"name":"B","source":{"controls":{"mode":3}}}`), Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Replace(t.Context(), "a", []byte(`{"name":"C","source":{"kind":"dial","controls":{"auto":1}}}`), Condition{}); err != nil {
		t.Fatal(err)
	}
	if d.opened != 1 || d.values["mode"] != 0 || d.values["auto"] != 1 {
		t.Errorf("it was opened %d times, the device has %v", d.opened, d.values)
	}
	c, err := r.Controls(t.Context(), "a")
	if err != nil || !maps.Equal(c.Stored, map[string]int64{"auto": 1}) || c.Controls[3].Value != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestControlsThatAreRefused(t *testing.T) {
	r, d := newDial(t)
	create(t, r, `{"id":"still","name":"S","source":{"kind":"still"}}`)
	before := options(t, r)
	tests := []struct {
		id       camera.ID
		patch    string
		kind     fault.Kind
		pointers string
	}{
		{"a", `[]`, fault.Invalid, ""},
		{"a", `null`, fault.Invalid, ""},
		{"a", `{"brightness":11,"contrast":1,"mode":1,"state":1,"zoom":"big"}`, fault.Invalid, "/zoom /brightness /contrast /mode /state"},
		{"a", `{"brightness":3}`, fault.Invalid, "/brightness"},
		{"a", `{"brightness":1.5}`, fault.Invalid, "/brightness"},
		{"a", `{"zoom":9223372036854775807}`, fault.Invalid, "/zoom"},
		{"a", `{"zoom":9223372036854775808}`, fault.Invalid, "/zoom"},
		{"a", `{"auto":true}`, fault.Invalid, "/auto"},
		{"a", `{"auto":2}`, fault.Invalid, "/auto"},
		{"a", `{"contrast":null,"state":null}`, fault.Invalid, "/contrast /state"},
		{"a", `{"a/b~":1}`, fault.Invalid, "/a~1b~0"},
		{"a", `{"never":1}`, fault.Invalid, "/never"},
		{"still", `{"brightness":1}`, fault.Invalid, "/brightness"},
		{"nothing", `{"brightness":1}`, fault.NotFound, ""},
	}
	for _, test := range tests {
		_, err := r.SetControls(t.Context(), test.id, []byte(test.patch), Condition{})
		if fault.KindOf(err) != test.kind || pointers(err) != test.pointers {
			t.Errorf("%s: %v at %q, want %q", test.patch, err, pointers(err), test.pointers)
		}
	}
	if _, err := r.SetControls(t.Context(), "a", []byte(`{"mode":3}`), Condition{Revisions: []uint64{0}}); fault.KindOf(err) != fault.Precondition {
		t.Errorf("got %v", err)
	}
	if options(t, r) != before || len(d.values) != 0 {
		t.Errorf("stored is %s, the device has %v", options(t, r), d.values)
	}
	if c, err := r.SetControls(t.Context(), "still", []byte(`{}`), Condition{}); err != nil || len(c.Controls) != 0 || c.Controls == nil || c.Stored == nil {
		t.Errorf("a camera without controls: %+v, %v", c, err)
	}
	if _, err := r.Controls(t.Context(), "nothing"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
}

// TestDeviceThatRefusesValues knows better than its ranges do: nothing is kept.
func TestDeviceThatRefusesValues(t *testing.T) {
	r, d := newDial(t)
	tests := []struct {
		err      error
		kind     fault.Kind
		pointers string
		message  string
	}{
		{multierror.Append(nil, fault.Fieldf("/controls/mode", "is taken by the other mode")), fault.Invalid, "/mode", "mode"},
		{&source.Error{Code: "gone", Message: "The device is gone."}, fault.Unavailable, "", "The device is gone."},
		{context.DeadlineExceeded, fault.Unavailable, "", "does not answer"},
	}
	for _, test := range tests {
		d.setErr = test.err
		_, err := r.SetControls(t.Context(), "a", []byte(`{"mode":3}`), Condition{})
		if fault.KindOf(err) != test.kind || pointers(err) != test.pointers || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%v: got %v", test.err, err)
		}
	}
	if got := options(t, r); got != `{"controls":{},"device":"d"}` {
		t.Errorf("stored is %s", got)
	}
}

// TestControlsOfCameraThatIsAway are kept, and set when it is back.
func TestControlsOfCameraThatIsAway(t *testing.T) {
	r, d := newDial(t)
	away := source.Errorf("gone", "It is unplugged.")
	d.mu.Lock()
	d.err = away
	d.mu.Unlock()
	c, err := r.SetControls(t.Context(), "a", []byte(`{"brightness":10,"whatever":1}`), Condition{})
	if err != nil || c.Problem != "It is unplugged." || len(c.Stored) != 2 || len(c.Controls) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := r.SetControls(t.Context(), "a", []byte(`{"never":1}`), Condition{}); pointers(err) != "/never" {
		t.Errorf("got %v", err)
	}
	d.mu.Lock()
	d.err = nil
	d.mu.Unlock()
	if err := r.Restart("a"); err != nil {
		t.Fatal(err)
	}
	awaitOpened(t, d, 2)
	if d.values["brightness"] != 10 {
		t.Errorf("the device has %v", d.values)
	}
	// Whether it knows a name shows now: what it doesn't know can be forgotten.
	if c, err := r.SetControls(t.Context(), "a", []byte(`{"whatever":null}`), Condition{}); err != nil || len(c.Stored) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func awaitOpened(t *testing.T, d *dial, n int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		d.mu.Lock()
		opened := d.opened
		d.mu.Unlock()
		if opened >= n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it was opened %d times", opened)
		}
	}
}
