//go:build linux && cgo

package v4l2

import (
	"testing"

	"camhub/internal/device"
)

// The numbers are those of linux/v4l2-controls.h.
const (
	cidAutoWhiteBalance = 0x0098090c
	cidAutogain         = 0x00980912
	cidGain             = 0x00980913
	cidTemperature      = 0x0098091a
	cidExposureAuto     = 0x009a0901
	cidExposureAbsolute = 0x009a0902
	cidFocusAbsolute    = 0x009a090a
)

func TestControlsAreGroupedByNumber(t *testing.T) {
	for id, want := range map[uint32]string{
		0x00980900: device.GroupImage, 0x00980918: device.GroupExposure, cidTemperature: device.GroupWhiteBalance,
		cidExposureAbsolute: device.GroupExposure, cidFocusAbsolute: device.GroupLens, 0x009a090d: device.GroupLens,
		0x0098f000: device.GroupOther, 0: device.GroupOther,
	} {
		if got := groupOf(id); got != want {
			t.Errorf("%#x is in %q, want %q", id, got, want)
		}
	}
}

func TestInactiveControlsNameWhatDecides(t *testing.T) {
	inactive := func(id uint32, name string) control {
		return control{id: id, Control: device.Control{Name: name, Inactive: true}}
	}
	all := []control{
		inactive(cidGain, "gain"), inactive(cidExposureAbsolute, "exposure_time_absolute"),
		inactive(cidFocusAbsolute, "focus_absolute"), inactive(0x0098f000, "own"),
		{id: cidTemperature, Control: device.Control{Name: "white_balance_temperature"}},
		{id: cidExposureAuto, Control: device.Control{Name: "auto_exposure"}},
		{id: cidAutoWhiteBalance, Control: device.Control{Name: "white_balance_automatic"}},
	}
	explainInactive(all)
	want := []string{"auto_exposure", "auto_exposure", "", "", "", "", ""}
	for i, c := range all {
		if c.DecidedBy != want[i] {
			t.Errorf("%s is decided by %q, want %q", c.Name, c.DecidedBy, want[i])
		}
	}
	all = append(all, control{id: cidAutogain, Control: device.Control{Name: "gain_automatic"}})
	if explainInactive(all); all[0].DecidedBy != "gain_automatic" {
		t.Errorf("the gain is decided by %q", all[0].DecidedBy)
	}
}
