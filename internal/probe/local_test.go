package probe

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/hub"
	"camhub/internal/media"
	"camhub/internal/rawpeer"
	"camhub/internal/source"
)

// socket is a device that one at a time can read.
type socket struct {
	t      *testing.T
	cam    *oneCamera
	opened int
	gives  error // what it gives after its first picture; nil: it goes on
	opens  chan bool
}

// Open implements source.Config.
func (s *socket) Open(source.Env) source.Source { return s }

// MarshalJSON implements json.Marshaler.
func (s *socket) MarshalJSON() ([]byte, error) { return []byte(`{"device":"d"}`), nil }

// Run implements source.Source.
func (s *socket) Run(ctx context.Context, out source.Sink) error {
	s.opened++
	if s.cam.def.ID != "" && s.cam.holders() != 1 {
		s.t.Errorf("it is opened while %d hold the hub's camera", s.cam.holders())
	}
	if s.gives != nil {
		return s.gives
	}
	if s.opens != nil {
		s.opens <- true
		<-ctx.Done()
		return ctx.Err()
	}
	for ctx.Err() == nil {
		out.Write(&media.Packet{Track: &media.Track{Codec: media.JPEG, Width: 160, Height: 120}, Key: true, Arrived: time.Now(), Data: []byte(rawpeer.Picture(s.t, "420"))})
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// holders returns how many hold the camera.
func (o *oneCamera) holders() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.held
}

// newSocket returns a rig with a device d.
func newSocket(t *testing.T) (*rig, *socket) {
	r := newRig(t)
	s := &socket{t: t, cam: r.cam}
	r.cfg.Kinds = append(r.cfg.Kinds, source.Kind{
		Name: "socket", Local: &source.Local{Option: "device"},
		Parse: func(json.RawMessage) (source.Config, *multierror.Error) { return s, nil },
	})
	return r, s
}

// use makes the hub's camera one that reads the device.
func (s *socket) use() {
	s.cam.def = camera.Definition{ID: "a", Name: "Door", Enabled: true, Source: camera.Source{Kind: "socket", Options: json.RawMessage(`{"device":"d"}`)}}
}

func TestLocalDeviceIsWatched(t *testing.T) {
	for name, used := range map[string]bool{"nobody reads it": false, "a camera waits for it": true} {
		t.Run(name, func(t *testing.T) {
			r, s := newSocket(t)
			if used {
				s.use()
			}
			res := r.probe(object{"kind": "socket", "device": "d"})
			if !res.Works || res.Connected || res.Width != 160 || res.FPS == 0 || res.Preview == "" || res.Source.Kind != "socket" || s.opened != 1 {
				t.Errorf("%+v, opened %d times", res, s.opened)
			}
			if r.cam.holders() != 0 {
				t.Error("the hub's camera is still held")
			}
		})
	}
}

// TestLocalDeviceInUse has a camera that is connected to the device.
func TestLocalDeviceInUse(t *testing.T) {
	r, s := newSocket(t)
	s.use()
	r.cam.connected = true
	r.cam.status = hub.Status{State: hub.Live, Codec: media.JPEG, Width: 640, Height: 360, FPS: 12, Quirks: []string{}}
	r.cam.out.Write(&media.Packet{Track: &media.Track{}, Key: true, Arrived: time.Now(), Data: []byte("jpeg")})
	res := r.probe(object{"kind": "socket", "device": "d"})
	if !res.Works || !res.Connected || res.Preview == "" || res.Width != 640 || s.opened != 0 || !strings.Contains(res.Explanation, `"Door"`) ||
		res.Source.Kind != "socket" || len(res.Advice) == 0 {
		t.Errorf("%+v, opened %d times", res, s.opened)
	}
	// The camera of another device is nobody's business.
	r.cam.def.Source.Options = json.RawMessage(`{"device":"e"}`)
	s.cam.def.ID = ""
	if res := r.probe(object{"kind": "socket", "device": "d"}); !res.Works || res.Connected || s.opened != 1 {
		t.Errorf("%+v, opened %d times", res, s.opened)
	}
}

func TestLocalDeviceThatFails(t *testing.T) {
	r, s := newSocket(t)
	s.gives = source.Errorf("in-use", "Another program uses the camera.")
	if res := r.probe(object{"kind": "socket", "device": "d"}); res.Works || res.Answer != Failed || res.Explanation != "Another program uses the camera." {
		t.Errorf("%+v", res)
	}
}

// TestLocalDeviceIsOpenedOnce has two people look at it at the same time.
func TestLocalDeviceIsOpenedOnce(t *testing.T) {
	r, s := newSocket(t)
	s.opens = make(chan bool, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan bool)
	go func() {
		defer close(done)
		_, _ = r.Probe(ctx, []byte(`{"kind":"socket","device":"d"}`), func(Progress) {})
	}()
	<-s.opens
	if _, err := r.Probe(t.Context(), []byte(`{"kind":"socket","device":"d"}`), func(Progress) {}); fault.KindOf(err) != fault.TooMany {
		t.Errorf("got %v", err)
	}
	cancel()
	<-done
	if s.opened != 1 {
		t.Errorf("opened %d times", s.opened)
	}
}
