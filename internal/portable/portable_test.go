package portable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camhub/internal/camera"
	"camhub/internal/event"
	"camhub/internal/foreign"
	"camhub/internal/retention"
	"camhub/internal/source"
	"camhub/internal/source/emulated"
	"camhub/internal/source/mjpeg"
	"camhub/internal/source/picamera"
	"camhub/internal/source/snapshot"
	"camhub/internal/source/v4l2"
	"camhub/store"
)

var kinds = source.Kinds{mjpeg.Kind, snapshot.Kind, emulated.Kind, v4l2.Kind, picamera.Kind}

// newHub returns the database of a hub that does not run, empty.
func newHub(t *testing.T) (Offline, *store.Store) {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "camhub.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return Offline{db}, db
}

// imported applies a file to a hub and returns the plan.
func imported(t *testing.T, hub Target, file string, replace bool) *Plan {
	t.Helper()
	f, err := Read("f.yaml", strings.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	return applied(t, hub, f, replace)
}

func applied(t *testing.T, hub Target, f *File, replace bool) *Plan {
	t.Helper()
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(f, s, kinds, replace)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(t.Context(), hub, func(string) {}); err != nil {
		t.Fatal(err)
	}
	return p
}

func exported(t *testing.T, hub Target, secrets bool) string {
	t.Helper()
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := Write(s, kinds, secrets)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func shown(t *testing.T, p *Plan) string {
	t.Helper()
	var b strings.Builder
	if err := p.Show(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const two = `camhub: 1
settings: {recordings: {keep_bytes: 5000000000}}
cameras:
  - id: front-door
    name: "Front door"
    source: {kind: mjpeg, url: "http://10.0.0.5/video?pwd=planted1", username: u, password: planted2, headers: {X-Key: planted3}}
    record: {mode: schedule, schedule: mon-fri 08:00-18:00, keep_days: 7}
  - id: desk
    name: Schreibtisch
    group: innen
    enabled: false
    mode: on_demand
    source: {kind: v4l2, device: 0, width: 640, height: 480}
`

// TestWrite shows a whole file.
func TestWrite(t *testing.T) {
	hub, _ := newHub(t)
	imported(t, hub, strings.Replace(two, "device: 0", `device: "0"`, 1), false)
	want := head + `camhub: 1
settings:
  recordings:
    keep_bytes: 5000000000
    min_free_bytes: 1073741824
cameras:
  - id: front-door
    name: Front door
    enabled: true
    mode: always
    idle_timeout: 10s
    source:
      kind: mjpeg
      max_frame_bytes: 16777216
      tls_insecure: false
      url: http://10.0.0.5/video?pwd=planted1
      username: u
    record:
      mode: schedule
      schedule: mon-fri 08:00-18:00
      max_fps: null
      keep_days: 7
      keep_bytes: null
  - id: desk
    name: Schreibtisch
    group: innen
    enabled: false
    mode: on_demand
    idle_timeout: 10s
    source:
      kind: v4l2
      controls: {}
      device: /dev/video0
      format: auto
      fps: 30
      height: 480
      quality: 80
      width: 640
    record:
      mode: "off"
      max_fps: null
      keep_days: null
      keep_bytes: null
`
	if got := exported(t, hub, false); got != want {
		t.Errorf("got\n%s", got)
	}
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, missing, err := Write(s, kinds, false)
	if err != nil || len(missing) != 1 || missing[0] != "front-door: headers, password" {
		t.Errorf("missing %v, %v", missing, err)
	}
	if got := exported(t, hub, true); !strings.Contains(got, "      password: planted2\n") || !strings.Contains(got, "        X-Key: planted3\n") {
		t.Errorf("with secrets\n%s", got)
	}
}

// TestRoundtrip takes the cameras of random hubs through a file into an empty hub, and
// out again: the bytes are the same.
func TestRoundtrip(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		hub, db := newHub(t)
		var entries []Entry
		for i := range r.IntN(6) {
			entries = append(entries, Entry{Camera: randomCamera(r, i), where: func(string) string { return "random" }})
		}
		applied(t, hub, &File{Entries: entries}, false)
		limit := int64(r.IntN(1<<40)) + 1<<20
		if err := db.SetRecordSettings(retention.Settings{KeepBytes: &limit, MinFreeBytes: r.Int64N(1 << 40)}); err != nil {
			t.Fatal(err)
		}
		for _, secrets := range []bool{true, false} {
			first := exported(t, hub, secrets)
			again, _ := newHub(t)
			imported(t, again, first, secrets)
			if second := exported(t, again, secrets); second != first {
				t.Fatalf("seed %d, secrets %v:\n%s\nbecame\n%s", seed, secrets, first, second)
			}
			if p := imported(t, hub, first, true); !p.Empty() {
				t.Fatalf("seed %d: a hub's own file changes it:\n%s", seed, shown(t, p))
			}
		}
	}
}

// words are what YAML may take for something else.
var words = []string{"yes", "off", "null", "~", "1", "0x1f", "1e3", "2026-01-02", "a: b", "- a", "#x", " x", "x ", "'", `"`, `\n`, "é", "Вход", "\U0001F4F7",
	"\ufeff", "&a", "*a", "!x", "%", "@", "`", "{", "[", "|", ">", "?", ":", "=", "<<", "---", "...", "true", ".inf", "x:y", "a #b", "\u00a0", "\u200b", "{}", "[]"}

func randomText(r *rand.Rand, most int) string {
	var b strings.Builder
	b.WriteString("x"[:r.IntN(2)])
	for range 1 + r.IntN(4) {
		if s := words[r.IntN(len(words))]; b.Len()+len(s) < most {
			b.WriteString(s)
		}
	}
	return b.String()
}

func randomCamera(r *rand.Rand, i int) camera.Definition {
	d := camera.Default()
	d.ID, d.Name = camera.ID(fmt.Sprintf("c%d", i)), "n"+randomText(r, 60)
	d.Group = randomText(r, 60)
	d.Enabled = r.IntN(2) == 0
	d.IdleTimeout = camera.Duration(time.Second * time.Duration(1+r.IntN(5000)))
	if r.IntN(2) == 0 {
		d.Mode = camera.OnDemand
		days, fps, bytes := r.Float64()*300+1e-9, r.Float64()*900+1e-7, r.Int64N(1<<50)+1<<20
		d.Record = camera.Record{Mode: camera.RecordAlways, KeepDays: &days, MaxFPS: &fps, KeepBytes: &bytes}
	}
	text := func() string { return strings.TrimSpace(randomText(r, 60)) }
	options := map[string]any{"url": "http://h" + fmt.Sprint(r.IntN(9)) + "/a?x=%&y#" + fmt.Sprint(r.IntN(9)), "username": strings.ReplaceAll(text(), ":", "")}
	if r.IntN(2) == 0 {
		options["password"] = text()
		options["headers"] = map[string]string{"X-A": text(), "True": text()}
	}
	d.Source.Kind = []string{"mjpeg", "snapshot"}[r.IntN(2)]
	if r.IntN(4) == 0 {
		d.Source.Kind, options = "v4l2", map[string]any{"device": "/dev/v4l/by-id/" + fmt.Sprint(r.Uint32()), "fps": 0.5 + float64(r.IntN(100))/3, "controls": map[string]int64{"gain": r.Int64N(255) - 100}}
	}
	d.Source.Options, _ = json.Marshal(options) // texts and numbers always marshal
	return d
}

func TestDiff(t *testing.T) {
	hub, _ := newHub(t)
	file := strings.Replace(two, "device: 0", `device: "0"`, 1)
	p := imported(t, hub, file, false)
	want := `+ front-door (Front door) added: mjpeg http://10.0.0.5/video?pwd=*** with a password
+ desk (Schreibtisch) added: v4l2 /dev/video0 (not enabled)
~ settings
    recordings.keep_bytes: null → 5000000000
2 added, 0 changed, 0 unchanged, 0 removed
`
	if got := shown(t, p); got != want {
		t.Errorf("got\n%s", got)
	}
	p = imported(t, hub, `camhub: 1
cameras:
  - {id: attic, name: Attic, source: {kind: emulated}}
  - {id: front-door, name: Front, source: {kind: mjpeg, url: "http://10.0.0.5/video?pwd=planted4", username: u, password: planted5, headers: null}}
`, true)
	want = `- desk (Schreibtisch) removed
+ attic (Attic) added: emulated clock
~ front-door (Front) changed
    name: "Front door" → "Front"
    record.keep_days: 7 → null
    record.mode: "schedule" → "off"
    record.schedule: "mon-fri 08:00-18:00" → ""
    source.headers.X-Key: (hidden) → (none)
    source.password: (hidden) → (another, hidden)
    source.url: "http://10.0.0.5/video?pwd=***" → "http://10.0.0.5/video?pwd=***" (another in what is hidden)
~ wall order: attic, front-door
1 added, 1 changed, 0 unchanged, 1 removed
`
	if got := shown(t, p); got != want {
		t.Errorf("got\n%s", got)
	}
	s, err := hub.State(t.Context())
	if err != nil || len(s.Cameras) != 2 || s.Cameras[0].ID != "attic" {
		t.Errorf("the hub has %+v, %v", s, err)
	}
}

// TestSecretsStay shows that a file without secrets leaves those of the hub alone, and
// does not take them to another host.
func TestSecretsStay(t *testing.T) {
	hub, _ := newHub(t)
	imported(t, hub, strings.Replace(two, "device: 0", `device: "0"`, 1), false)
	file := exported(t, hub, false)
	imported(t, hub, strings.Replace(file, "Front door", "Door", 1), true)
	if got := exported(t, hub, true); !strings.Contains(got, "planted2") || !strings.Contains(got, "name: Door") {
		t.Errorf("the password is gone:\n%s", got)
	}
	f, err := Read("f.yaml", strings.NewReader(strings.Replace(file, "http://10.0.0.5/", "http://10.0.0.6/", 1)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewPlan(f, s, kinds, false)
	if err == nil || !strings.Contains(err.Error(), "front-door: source.password is needed again for another host") {
		t.Errorf("got %v", err)
	}
}

func TestNotGood(t *testing.T) {
	cam := func(fields string) string { return "camhub: 1\ncameras:\n  - id: a\n    name: A\n" + fields }
	tests := []struct{ name, in, want string }{
		{"nothing", "", "f.yaml: must be an object"},
		{"another file", "streams: {}\n", "streams is not a known field"},
		{"no version", "cameras: []\n", "f.yaml:1: camhub must be 1"},
		{"newer", "camhub: 2\n", "f.yaml:1: camhub is a version that this camhub does not read"},
		{"syntax", "camhub: 1\ncameras: [\n", "f.yaml:"},
		{"settings", "camhub: 1\nsettings:\n  recordings:\n    keep_bytes: 1\n", "f.yaml:4: settings.recordings.keep_bytes must be at least"},
		{"unknown setting", "camhub: 1\nsettings:\n  x: 1\n", "f.yaml:3: settings.x is not a known field"},
		{"unknown field", cam("    colour: red\n    source: {kind: emulated}\n"), "f.yaml:5: a: colour is not a known field"},
		{"type", cam("    enabled: yes\n    source: {kind: emulated}\n"), "f.yaml:5: a: enabled must be true or false, not string"},
		{"option", cam("    source:\n      kind: emulated\n      fps: fast\n"), "f.yaml:7: a: source.fps must be a"},
		{"unknown option", cam("    source:\n      kind: emulated\n      colour: red\n"), "f.yaml:7: a: source.colour is not a known field"},
		{"url", cam("    source:\n      kind: mjpeg\n      url: rtsp://x/\n"), "f.yaml:7: a: source.url must begin with http:// or https://"},
		{"kind", cam("    source:\n      kind: webcam\n"), "f.yaml:6: a: source.kind must be one of"},
		{"no source", cam(""), "f.yaml:3: a: source is required"},
		{"no id", "camhub: 1\ncameras:\n  - name: A\n    source: {kind: emulated}\n", "f.yaml:3: id is required"},
		{"bad id", "camhub: 1\ncameras:\n  - id: ../a\n    name: A\n    source: {kind: emulated}\n", "f.yaml:3: id must be 1 to 63"},
		{"twice", cam("    source: {kind: emulated}\n  - id: a\n    name: B\n    source: {kind: emulated}\n"), `f.yaml:6: id "a" is that of another camera too, at f.yaml:3`},
		{"key twice", cam("    name: B\n"), `f.yaml:5: the key "name" is given twice`},
		{"too many", "camhub: 1\ncameras: [" + strings.Repeat("1,", maxCameras+1) + "]\n", "cameras must be at most"},
	}
	hub, _ := newHub(t)
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Read("f.yaml", strings.NewReader(tt.in))
			if err == nil {
				_, err = NewPlan(f, s, kinds, false)
			}
			if _, ok := errors.AsType[Problems](err); !ok || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// failing is a hub whose second change fails.
type failing struct {
	Target
	puts int
}

func (f *failing) Put(ctx context.Context, s *Step) error {
	if f.puts++; f.puts > 1 {
		return errors.New("the disk is full")
	}
	return f.Target.Put(ctx, s)
}

// TestApplySaysWhatWasDone stops at what fails, and the next import does the rest.
func TestApplySaysWhatWasDone(t *testing.T) {
	hub, _ := newHub(t)
	f, err := Read("f.yaml", strings.NewReader(strings.Replace(two, "device: 0", `device: "0"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := hub.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(f, s, kinds, false)
	if err != nil {
		t.Fatal(err)
	}
	var done []string
	err = p.Apply(t.Context(), &failing{Target: hub}, func(what string) { done = append(done, what) })
	if err == nil || err.Error() != "camera desk was not added: the disk is full" || !slices.Equal(done, []string{"front-door added"}) {
		t.Errorf("done %v, %v", done, err)
	}
	p = applied(t, hub, f, false)
	if p.Steps[0].What != Unchanged || p.Steps[1].What != Added {
		t.Errorf("the rest is %s", shown(t, p))
	}
}

// TestForeignKeepsTheRest imports the file of another program over cameras that were
// changed since: what that file knows nothing of stays.
func TestForeignKeepsTheRest(t *testing.T) {
	hub, db := newHub(t)
	r, err := foreign.Read(foreign.Go2rtc, "go2rtc.yaml", strings.NewReader(
		"streams:\n  Front Door: http://u:planted1@10.0.0.5/video\n  Übersicht: http://10.0.0.6/\n  front_door: http://10.0.0.7/\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := FromForeign(r)
	if err != nil {
		t.Fatal(err)
	}
	p := applied(t, hub, f, false)
	want := `+ front-door (Front Door) added: mjpeg http://10.0.0.5/video with a password
+ ubersicht (Übersicht) added: mjpeg http://10.0.0.6/
+ front-door-2 (front_door) added: mjpeg http://10.0.0.7/
3 added, 0 changed, 0 unchanged, 0 removed
`
	if got := shown(t, p); got != want {
		t.Errorf("got\n%s", got)
	}
	d, err := db.Camera("front-door")
	if err != nil {
		t.Fatal(err)
	}
	d.Group, d.Record.Mode = "outside", camera.RecordAlways
	if _, _, err := db.PutCamera(d, event.Event{Type: event.Changed}); err != nil {
		t.Fatal(err)
	}
	if p := applied(t, hub, f, false); !p.Empty() {
		t.Errorf("the same file again:\n%s", shown(t, p))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(two))
	f.Add([]byte("camhub: 1\ncameras: [{id: a, name: A, source: {kind: emulated, fps: 1e999}}]\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read("f", strings.NewReader(string(b)))
		if err != nil {
			return
		}
		p, err := NewPlan(file, &State{Settings: retention.Default()}, kinds, true)
		if err != nil {
			return
		}
		s := &State{Settings: retention.Default()}
		for _, step := range p.Steps {
			s.Cameras = append(s.Cameras, step.Camera)
		}
		out, _, err := Write(s, kinds, true)
		if err != nil {
			t.Fatalf("%q can't be written: %v", b, err)
		}
		again, err := Read("f", strings.NewReader(string(out)))
		if err != nil {
			t.Fatalf("%q became %q: %v", b, out, err)
		}
		if p, err := NewPlan(again, s, kinds, true); err != nil || !p.Empty() {
			t.Errorf("%q became %q: %v", b, out, err)
		}
	})
}
