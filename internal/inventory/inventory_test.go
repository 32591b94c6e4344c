package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"camhub/internal/camera"
	"camhub/internal/device"
	"camhub/internal/source"
)

// cameras are those of the hub.
type cameras []camera.Definition

// List implements Cameras.
func (c cameras) List() ([]camera.Definition, error) {
	if c == nil {
		return nil, errors.New("the store is closed")
	}
	return c, nil
}

type list = func(context.Context) ([]device.Device, error)

// kind is one whose devices l lists.
func kind(name string, l list) source.Kind {
	return source.Kind{Name: name, Local: &source.Local{Option: "device", List: l}}
}

// some returns a list of devices, found after a while.
func some(after time.Duration, names ...string) list {
	return func(ctx context.Context) ([]device.Device, error) {
		select {
		case <-time.After(after):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		var ds []device.Device
		for _, name := range names {
			ds = append(ds, device.Device{Kind: "v", Device: name, Paths: []string{name + "-path"}})
		}
		return ds, nil
	}
}

func encode(t *testing.T, f Found) string {
	t.Helper()
	var devices [][]string
	for _, d := range f.Devices {
		devices = append(devices, append([]string{d.Device}, d.InUseBy...))
	}
	b, err := json.Marshal(map[string]any{"d": devices, "p": f.Problems})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDevicesHaveTheirUsers(t *testing.T) {
	all := cameras{
		{ID: "one", Source: camera.Source{Kind: "v", Options: json.RawMessage(`{"device":"a"}`)}},
		{ID: "two", Source: camera.Source{Kind: "v", Options: json.RawMessage(`{"device":"a-path"}`)}},
		{ID: "other", Source: camera.Source{Kind: "w", Options: json.RawMessage(`{"device":"b"}`)}},
	}
	i := New(source.Kinds{{Name: "net"}, {Name: "bare", Local: &source.Local{}}, kind("v", some(0, "a", "b"))}, all)
	defer i.Close()
	found, err := i.Devices(t.Context())
	if got := encode(t, found); err != nil || got != `{"d":[["a","one","two"],["b"]],"p":[]}` {
		t.Errorf("%s, %v", got, err)
	}
}

// TestNothingIsAnEmptyList is for those who read it as JSON.
func TestNothingIsAnEmptyList(t *testing.T) {
	i := New(source.Kinds{{Name: "net"}}, cameras{})
	defer i.Close()
	found, err := i.Devices(t.Context())
	if b, _ := json.Marshal(found); err != nil || string(b) != `{"devices":[],"problems":[]}` {
		t.Errorf("%s, %v", b, err)
	}
}

// TestOneThatFailsHidesNoOther has kinds that fail and that hang, also without
// regard for their context.
func TestOneThatFailsHidesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := New(source.Kinds{
			kind("w", func(context.Context) ([]device.Device, error) { return nil, source.Errorf("x", "Install it.") }),
			kind("x", func(context.Context) ([]device.Device, error) { return nil, errors.New("no luck") }),
			kind("y", some(time.Hour, "y")),
			kind("v", some(time.Second, "a")),
			kind("z", func(context.Context) ([]device.Device, error) { time.Sleep(8 * time.Second); return nil, nil }),
		}, cameras{})
		began := time.Now()
		found, err := i.Devices(t.Context())
		want := `{"d":[["a"]],"p":[{"kind":"w","message":"Install it."},{"kind":"x","message":"no luck"},` +
			`{"kind":"y","message":"A device does not answer."},{"kind":"z","message":"A device does not answer."}]}`
		if got := encode(t, found); err != nil || got != want {
			t.Errorf("%s, %v", got, err)
		}
		if took := time.Since(began); took != lookFor {
			t.Errorf("it took %v", took)
		}
		if err := i.Close(); err == nil {
			t.Error("Close says nothing of the one that holds it up")
		}
		time.Sleep(10 * time.Second) // it ends
	})
}

// TestManyAskAndOneLooks has a page that polls, and several of them.
func TestManyAskAndOneLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks, atOnce, most atomic.Int32
		i := New(source.Kinds{kind("v", func(ctx context.Context) ([]device.Device, error) {
			looks.Add(1)
			most.Store(max(most.Load(), atOnce.Add(1)))
			defer atOnce.Add(-1)
			return some(time.Second, "a")(ctx)
		})}, cameras{})
		defer i.Close()
		ask := func() {
			found, err := i.Devices(t.Context())
			if err != nil || len(found.Devices) != 1 {
				t.Errorf("%+v, %v", found, err)
			}
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(ask)
		}
		wg.Wait()
		if looks.Load() != 1 {
			t.Errorf("20 at once: %d looks", looks.Load())
		}
		for range 60 { // for half a minute
			time.Sleep(500 * time.Millisecond)
			ask()
		}
		if n := looks.Load(); n < 5 || n > 11 || most.Load() != 1 {
			t.Errorf("%d looks, %d at once", n, most.Load())
		}
	})
}

// TestWhoAsksIsFreeToLeave and takes nothing from those who stay.
func TestWhoAsksIsFreeToLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := New(source.Kinds{kind("v", some(time.Second, "a"))}, cameras{})
		defer i.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := i.Devices(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if found, err := i.Devices(t.Context()); err != nil || len(found.Devices) != 1 {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

// TestAnswersAreTheirOwn shows that who asks can't spoil what others are told.
func TestAnswersAreTheirOwn(t *testing.T) {
	i := New(source.Kinds{kind("v", some(0, "a"))}, cameras{})
	defer i.Close()
	first, _ := i.Devices(t.Context())
	first.Devices[0].Device = "spoilt"
	if second, _ := i.Devices(t.Context()); second.Devices[0].Device != "a" {
		t.Errorf("got %+v", second)
	}
}

func TestBrokenStore(t *testing.T) {
	i := New(source.Kinds{kind("v", some(0, "a"))}, cameras(nil))
	defer i.Close()
	if _, err := i.Devices(t.Context()); err == nil {
		t.Error("no error")
	}
}
