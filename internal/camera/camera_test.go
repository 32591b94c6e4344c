package camera

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/fault"
)

const good = `{"id":"front-door","name":"Front door","source":{"kind":"emulated"}}`

// with returns good with one more or other top-level field.
func with(t *testing.T, key, value string) []byte {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(good), &m); err != nil {
		t.Fatal(err)
	}
	m[key] = json.RawMessage(value)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDefaults(t *testing.T) {
	d, errs := Decode([]byte(good))
	if errs.ErrorOrNil() != nil || d.Validate().ErrorOrNil() != nil {
		t.Fatal(errs, d.Validate())
	}
	if !d.Enabled || d.Mode != Always || time.Duration(d.IdleTimeout) != 10*time.Second {
		t.Errorf("got %+v", d)
	}
}

func TestBadFields(t *testing.T) {
	tests := []struct{ key, value, pointer string }{
		{"id", `"../x"`, "/id"},
		{"id", `"-x"`, "/id"},
		{"id", `"UPPER"`, "/id"},
		{"id", `"` + strings.Repeat("a", 64) + `"`, "/id"},
		{"id", `5`, "/id"},
		{"name", `""`, "/name"},
		{"name", `"   "`, "/name"},
		{"name", `"a\u0000b"`, "/name"},
		{"name", `"a\nb"`, "/name"},
		{"name", `"a\u202eb"`, "/name"},
		{"name", `"\u200b"`, "/name"},
		{"name", `"` + strings.Repeat("é", 101) + `"`, "/name"},
		{"name", `["x"]`, "/name"},
		{"name", `null`, "/name"},
		{"group", `"a\tb"`, "/group"},
		{"group", `7`, "/group"},
		{"enabled", `"yes"`, "/enabled"},
		{"mode", `"sometimes"`, "/mode"},
		{"idle_timeout", `"0s"`, "/idle_timeout"},
		{"idle_timeout", `"25h"`, "/idle_timeout"},
		{"idle_timeout", `"soon"`, "/idle_timeout"},
		{"idle_timeout", `10`, "/idle_timeout"},
		{"source", `"mjpeg"`, "/source"},
		{"source", `null`, "/source"},
		{"source", `{}`, "/source/kind"},
		{"source", `{"kind":5}`, "/source/kind"},
		{"source", `{"kind":""}`, "/source/kind"},
		{"record", `null`, "/record"},
		{"record", `"always"`, "/record"},
		{"record", `{"mode":"never"}`, "/record/mode"},
		{"record", `{"mode":null}`, "/record/mode"},
		{"record", `{"mode":"schedule"}`, "/record/schedule"},
		{"record", `{"mode":"schedule","schedule":"mon 8-9"}`, "/record/schedule"},
		{"record", `{"mode":"always","schedule":"mon 08:00-09:00"}`, "/record/schedule"},
		{"record", `{"max_fps":0}`, "/record/max_fps"},
		{"record", `{"max_fps":1e9}`, "/record/max_fps"},
		{"record", `{"keep_days":-1}`, "/record/keep_days"},
		{"record", `{"keep_bytes":5}`, "/record/keep_bytes"},
		{"record", `{"keep_bytes":"5 GB"}`, "/record/keep_bytes"},
		{"record", `{"folder":"/tmp"}`, "/record/folder"},
		{"nmae", `"x"`, "/nmae"},
		{"a/b~c", `1`, "/a~1b~0c"},
	}
	for _, tt := range tests {
		t.Run(tt.key+"="+tt.value, func(t *testing.T) {
			d, errs := Decode(with(t, tt.key, tt.value))
			if errs.ErrorOrNil() == nil {
				errs = d.Validate()
			}
			fs := fault.Fields(errs)
			if len(fs) == 0 || fs[0].Pointer != tt.pointer || fs[0].Detail == "" {
				t.Errorf("got %v, want a fault at %s", fs, tt.pointer)
			}
		})
	}
}

// TestAllFaultsAtOnce has one of everything wrong.
func TestAllFaultsAtOnce(t *testing.T) {
	d, errs := Decode([]byte(`{"id":"X","name":"","mode":"x","colour":1,"enabled":3,"source":[]}`))
	errs = multierror.Append(errs, d.Validate())
	var got []string
	for _, f := range fault.Fields(errs) {
		got = append(got, f.Pointer)
	}
	if want := "/colour /enabled /source /id /name /mode"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestSendBack shows that what the hub adds to a camera may be sent back to it.
func TestSendBack(t *testing.T) {
	d, errs := Decode(with(t, "status", `{"state":"live"}`))
	if errs.ErrorOrNil() != nil || d.Name != "Front door" {
		t.Errorf("got %+v, %v", d, errs)
	}
}

func TestNotAnObject(t *testing.T) {
	for _, text := range []string{`[]`, `null`, `"x"`, `7`} {
		if _, errs := Decode([]byte(text)); errs.ErrorOrNil() == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestSourceRoundTrip(t *testing.T) {
	for _, text := range []string{
		`{"kind":"mjpeg","headers":{"a":"b"},"url":"http://x/?a=1&b=2"}`,
		`{"kind":"emulated"}`,
	} {
		var s Source
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Source
		if err := json.Unmarshal(b, &again); err != nil || string(again.Options) != string(s.Options) || again.Kind != s.Kind {
			t.Errorf("%s became %s", text, b)
		}
	}
}

func TestSameRun(t *testing.T) {
	a, _ := Decode([]byte(good))
	b := a
	b.Name, b.Group, b.Revision = "Back door", "outside", 9
	if !a.SameRun(&b) {
		t.Error("a new name restarts the camera")
	}
	b.Source.Options = json.RawMessage(`{"fps":5}`)
	if a.SameRun(&b) {
		t.Error("a new source does not restart the camera")
	}
}
