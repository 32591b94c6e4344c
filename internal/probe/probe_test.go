package probe

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/jpegstream"
	"camhub/internal/media"
	"camhub/internal/source"
	"camhub/internal/source/emulated"
	"camhub/internal/source/mjpeg"
	"camhub/internal/source/snapshot"
	"camhub/internal/stream"
	"camhub/internal/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// oneCamera is a registry and a hub with at most one camera.
type oneCamera struct {
	def       camera.Definition
	connected bool
	status    hub.Status
	out       *stream.Stream

	mu        sync.Mutex // guards what follows
	held      int
	restarted int
}

func (o *oneCamera) Whole(id camera.ID) (camera.Definition, error) {
	if o.def.ID != id {
		return camera.Definition{}, fault.New(fault.NotFound, "There is no camera %q.", id)
	}
	return o.def, nil
}

func (o *oneCamera) List() ([]camera.Definition, error) { return []camera.Definition{o.def}, nil }

func (o *oneCamera) Hold(context.Context, camera.ID) (func(), error) {
	if o.connected {
		return nil, hub.ErrConnected
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held++
	return sync.OnceFunc(func() { o.mu.Lock(); defer o.mu.Unlock(); o.held-- }), nil
}

func (o *oneCamera) Restart(camera.ID) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held != 0 {
		return errors.New("restarted while it is held")
	}
	o.restarted++
	return nil
}

func (o *oneCamera) Status(camera.ID) (hub.Status, error)     { return o.status, nil }
func (o *oneCamera) Stream(camera.ID) (*stream.Stream, error) { return o.out, nil }

// rig is a Prober with what it knows of the program.
type rig struct {
	*Prober
	t     *testing.T
	cam   *oneCamera
	log   strings.Builder
	mu    sync.Mutex // guards steps
	steps []Progress
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, cam: &oneCamera{out: stream.New()}}
	r.Prober = New(Config{
		Cameras: r.cam, Hub: r.cam, Kinds: source.Kinds{mjpeg.Kind, snapshot.Kind, emulated.Kind}, DataDir: t.TempDir(),
		Quirks: []map[string]string{jpegstream.Quirks, upstream.Quirks},
		Log:    slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	t.Cleanup(func() { r.Close() })
	return r
}

// probe looks at body, which is JSON or what encodes as JSON.
func (r *rig) probe(body any) *Result {
	r.t.Helper()
	b, ok := body.([]byte)
	if !ok {
		var err error
		if b, err = json.Marshal(body); err != nil {
			r.t.Fatal(err)
		}
	}
	res, err := r.Probe(r.t.Context(), b, func(p Progress) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.steps = append(r.steps, p)
	})
	if err != nil {
		r.t.Fatalf("%s: %v", b, err)
	}
	if res.Explanation == "" || !strings.HasSuffix(res.Explanation, ".") || res.TookMS > 15000 || res.Requests > maxRequests {
		r.t.Errorf("%s: %+v", b, res)
	}
	if !res.Works && res.Preview == "" && len(res.Advice) == 0 && res.Answer != Failed {
		r.t.Errorf("%s: no advice: %+v", b, res)
	}
	return res
}

// told returns all that a client and the log were told of res, but for what a
// client adds as a camera.
func (r *rig) told(res *Result) string {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	steps, err := json.Marshal(r.steps)
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := json.Marshal(res)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(steps) + string(b) + r.log.String()
}

type object map[string]any

func TestFaultsHavePointers(t *testing.T) {
	r := newRig(t)
	tests := map[string]string{
		`[]`:                                         "",
		`{}`:                                         "/url",
		`{"url":""}`:                                 "/url",
		`{"url":5}`:                                  "/url",
		`{"url":"a b"}`:                              "/url",
		`{"url":"rtsp://h/"}`:                        "/url",
		`{"url":"file:///etc/passwd"}`:               "/url",
		`{"url":"javascript://h"}`:                   "/url",
		`{"url":"h:99999"}`:                          "/url",
		`{"url":"h","colour":1}`:                     "/colour",
		`{"url":"h","username":"a:b"}`:               "/username",
		`{"url":"h","password":"\u0000"}`:            "/password",
		`{"url":"h","headers":{"Host":"x"}}`:         "/headers/Host",
		`{"url":"h","max_frame_bytes":70000}`:        "/max_frame_bytes",
		`{"camera":"A"}`:                             "/camera",
		`{"camera":"a","url":"h"}`:                   "/url",
		`{"kind":"nope"}`:                            "/kind",
		`{"kind":5}`:                                 "/kind",
		`{"kind":"mjpeg"}`:                           "/url",
		`{"kind":"mjpeg","url":"h"}`:                 "/url",
		`{"kind":"mjpeg","url":"http://h/","fps":1}`: "/fps",
		`{"kind":"emulated","fps":99}`:               "/fps",
	}
	for body, want := range tests {
		_, err := r.Probe(t.Context(), []byte(body), func(Progress) { t.Error("progress of what is wrong") })
		fs := fault.Fields(err)
		if fault.KindOf(err) != fault.Invalid || len(fs) != 1 || fs[0].Pointer != want {
			t.Errorf("%s: %v, want one fault at %q", body, err, want)
		}
	}
	if _, err := r.Probe(t.Context(), []byte(`{"camera":"a"}`), func(Progress) {}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("unknown camera: %v", err)
	}
}

func TestEmulatedCameraIsWatched(t *testing.T) {
	res := newRig(t).probe(object{"kind": "emulated", "width": 320, "height": 180, "fps": 20})
	if res.Answer != Stream || !res.Works || res.Width != 320 || res.FPS < 5 || res.FPS > 40 || res.Bitrate == 0 ||
		!strings.HasPrefix(res.Preview, "data:image/jpeg;base64,") || res.Source == nil || res.Source.Kind != "emulated" {
		t.Errorf("%+v", res)
	}
}

// TestConnectedCameraIsNotAsked has a camera that the hub is connected to: its
// address must not be asked.
func TestConnectedCameraIsNotAsked(t *testing.T) {
	r := newRig(t)
	r.cam.def = camera.Definition{ID: "a", Name: "Door", Enabled: true,
		Source: camera.Source{Kind: "mjpeg", Options: json.RawMessage(`{"url":"http://127.0.0.1:9/","password":"planted-secret"}`)}}
	r.cam.connected = true
	age := int64(12345)
	r.cam.status = hub.Status{State: hub.Live, Codec: media.JPEG, Width: 640, Height: 360, FPS: 12, Quirks: []string{"no-boundary"}, FrameAgeMS: &age}
	r.cam.out.Write(&media.Packet{Track: &media.Track{}, Key: true, Arrived: time.Now(), Data: []byte("jpeg")})
	res := r.probe(object{"camera": "a"})
	if res.Answer != Stream || !res.Works || !res.Connected || res.Requests != 0 || res.FPS != 12 || res.Width != 640 ||
		res.Preview != "data:image/jpeg;base64,anBlZw==" || len(res.Quirks) != 1 || res.Quirks[0].Text == "" {
		t.Errorf("%+v", res)
	}
	if told := r.told(res); strings.Contains(told, "planted-secret") || !strings.Contains(told, `"password_set":true`) {
		t.Errorf("told: %s", told)
	}
	r.cam.status.State = hub.Stale
	if res := r.probe(object{"camera": "a"}); res.Answer != Nothing || res.Works || !strings.Contains(res.Explanation, "12s ago") {
		t.Errorf("%+v", res)
	}
}

// TestOfflineCameraIsHeld has a camera whose stored source needs its password.
func TestOfflineCameraIsHeld(t *testing.T) {
	r := newRig(t)
	cam := serve(t, r, func(w http.ResponseWriter, req *http.Request) {
		r.cam.mu.Lock()
		defer r.cam.mu.Unlock()
		if r.cam.held != 1 {
			t.Error("asked and not held")
		}
		if _, password, _ := req.BasicAuth(); password != "planted-secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="c"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		stillPicture(w)
	})
	options, _ := json.Marshal(object{"url": cam + "/pic", "username": "u", "password": "planted-secret"})
	r.cam.def = camera.Definition{ID: "a", Name: "Door", Enabled: true, Source: camera.Source{Kind: "mjpeg", Options: options}}
	res := r.probe(object{"camera": "a"})
	if res.Answer != Snapshot || !res.Works || res.Name != "Door" || r.cam.held != 0 || r.cam.restarted != 1 ||
		!strings.HasPrefix(res.Explanation, "It works now.") {
		t.Errorf("%+v, held %d, restarted %d", res, r.cam.held, r.cam.restarted)
	}
	if len(res.Secrets) != 1 || res.Secrets[0] != "password" || strings.Contains(r.told(res), "planted-secret") {
		t.Errorf("told: %s", r.told(res))
	}
}
