//go:build v4l2

package v4l2

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"camhub/internal/device"
	"camhub/internal/fault"
)

func TestControlsAsListed(t *testing.T) {
	dev := vivid(t, 0)
	want := device.Control{Name: "brightness", Label: "Brightness", Type: "integer", Max: 255, Step: 1, Default: 128, Value: 128}
	if got := controlOf(t, dev, "brightness"); got.Menu != nil || got.Name != want.Name || got.Label != want.Label || got.Type != want.Type ||
		got.Min != 0 || got.Max != 255 || got.Step != 1 || got.Default != 128 || got.Value != 128 || got.ReadOnly || got.Inactive {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := controlOf(t, dev, "test_pattern"); got.Type != "menu" || got.Menu[0] != (device.Item{Value: 0, Label: "75% Colorbar"}) || len(got.Menu) < 10 {
		t.Errorf("got %+v", got)
	}
	if got := controlOf(t, dev, "horizontal_flip"); got.Type != "boolean" {
		t.Errorf("got %+v", got)
	}
	if got := controlOf(t, dev, "disconnect"); got.Type != "button" {
		t.Errorf("got %+v", got)
	}
	if got := controlOf(t, dev, "read_only_integer_32_bits"); !got.ReadOnly {
		t.Errorf("got %+v", got)
	}
	all, err := Controls(t.Context(), dev)
	must(t, err)
	for _, c := range all {
		if c.Name == "string" || c.Name == "bitmask" || c.Name == "integer_64_bits" {
			t.Errorf("%s is listed, and has no number", c.Name)
		}
	}
}

func TestControlsAreSetWhileOthersStream(t *testing.T) {
	leakless(t)
	dev := vivid(t, 0)
	film2(t, options(dev, small), func() {
		must(t, SetControls(t.Context(), dev, map[string]int64{"brightness": 200, "test_pattern": 1}))
	})
	if b, p := controlOf(t, dev, "brightness").Value, controlOf(t, dev, "test_pattern").Value; b != 200 || p != 1 {
		t.Errorf("brightness %d, pattern %d", b, p)
	}
	plugIn(t, "-serial", "B")
	press(t, usbName("B"), "brightness", 99)
	if got := controlOf(t, usbName("B"), "brightness").Value; got != 99 {
		t.Errorf("the USB camera has %d", got)
	}
}

func TestWrongControls(t *testing.T) {
	leakless(t)
	dev := vivid(t, 0)
	values := map[string]int64{
		"brightness": 256, "contrast": -1, "test_pattern": 99, "read_only_integer_32_bits": 1, "zoom": 1, "saturation": 7, "a/b": 1,
	}
	err := SetControls(t.Context(), dev, values)
	got := pointers(err)
	slices.Sort(got)
	want := []string{"/controls/a~1b", "/controls/brightness", "/controls/contrast", "/controls/read_only_integer_32_bits", "/controls/test_pattern", "/controls/zoom"}
	if !slices.Equal(got, want) || fault.KindOf(err) != fault.Invalid {
		t.Errorf("faults at %v, want %v", got, want)
	}
	if !strings.Contains(err.Error(), "/controls/test_pattern must be one of 0 (75% Colorbar), 1 (") {
		t.Errorf("got %v", err)
	}
	if got := controlOf(t, dev, "saturation").Value; got == 7 {
		t.Error("the right one was set, though others are wrong")
	}
	for _, err := range []error{
		SetControls(t.Context(), "/dev/video99", map[string]int64{"brightness": 1}),
		func() error { _, err := Controls(t.Context(), "/dev/video99"); return err }(),
	} {
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "unplugged") {
			t.Errorf("a camera that is not there: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Controls(ctx, dev); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

// TestExposureOfItsOwn has a USB camera that exposes by itself: its driver takes
// no time then, and says so by a flag alone.
func TestExposureOfItsOwn(t *testing.T) {
	leakless(t)
	plugIn(t, "-serial", "E")
	dev, mode, shutter := usbName("E"), "auto_exposure", "exposure_time_absolute"
	const manual, aperture = 1, 3
	if c := controlOf(t, dev, shutter); !c.Inactive || c.DecidedBy != mode || c.Group != device.GroupExposure || c.Default != 250 {
		t.Fatalf("got %+v", c)
	}
	if c := controlOf(t, dev, mode); c.Inactive || c.Value != aperture || len(c.Menu) != 2 {
		t.Fatalf("got %+v", c)
	}
	err := SetControls(t.Context(), dev, map[string]int64{shutter: 100})
	if !slices.Equal(pointers(err), []string{"/controls/" + shutter}) || !strings.Contains(err.Error(), "another control decides it") {
		t.Errorf("while the camera decides it: %v", err)
	}
	must(t, SetControls(t.Context(), dev, map[string]int64{shutter: 100, mode: manual}))
	if c := controlOf(t, dev, shutter); c.Value != 100 || c.Inactive || c.DecidedBy != "" {
		t.Errorf("got %+v", c)
	}
	// All go back to their defaults, by which one of them can't be set any more.
	must(t, SetControls(t.Context(), dev, map[string]int64{shutter: 250, mode: aperture}))
	if c := controlOf(t, dev, shutter); !c.Inactive {
		t.Errorf("got %+v", c)
	}
	err = SetControls(t.Context(), dev, map[string]int64{shutter: 7, mode: aperture})
	if !slices.Equal(pointers(err), []string{"/controls/" + shutter}) {
		t.Errorf("a value that the camera decides: %v", err)
	}
}

// TestControlsAreSetAtEachOpen also sets some that can't be.
func TestControlsAreSetAtEachOpen(t *testing.T) {
	dev := vivid(t, 0)
	out, capture := film(t, options(dev, small+`,"controls":{"brightness":77,"zoom":1,"contrast":300,"disconnect":1}`), 2)
	if got := controlOf(t, dev, "brightness").Value; got != 77 {
		t.Errorf("brightness is %d", got)
	}
	if got := slices.Sorted(maps.Keys(capture.Refused)); !slices.Equal(got, []string{"contrast", "zoom"}) || !slices.Contains(out.quirks, RefusedControl) {
		t.Errorf("refused %v, quirks %v", capture.Refused, out.quirks)
	}
	press(t, dev, "brightness", 1)
	film(t, options(dev, small+`,"controls":{"brightness":77}`), 1)
	if got := controlOf(t, dev, "brightness").Value; got != 77 {
		t.Errorf("after it was opened again brightness is %d", got)
	}
}
