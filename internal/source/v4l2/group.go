//go:build linux && cgo

package v4l2

/*
#include <linux/videodev2.h>
*/
import "C"

import "camhub/internal/device"

// groupOf says where a control belongs for people, by its number, which says
// the same with every driver; names differ between kernels.
func groupOf(id uint32) string {
	switch id {
	case C.V4L2_CID_BRIGHTNESS, C.V4L2_CID_CONTRAST, C.V4L2_CID_SATURATION, C.V4L2_CID_HUE, C.V4L2_CID_HUE_AUTO,
		C.V4L2_CID_GAMMA, C.V4L2_CID_SHARPNESS, C.V4L2_CID_HFLIP, C.V4L2_CID_VFLIP, C.V4L2_CID_ROTATE,
		C.V4L2_CID_COLORFX, C.V4L2_CID_AUTOBRIGHTNESS, C.V4L2_CID_CHROMA_AGC, C.V4L2_CID_CHROMA_GAIN,
		C.V4L2_CID_COLOR_KILLER, C.V4L2_CID_IMAGE_STABILIZATION:
		return device.GroupImage
	case C.V4L2_CID_AUTO_WHITE_BALANCE, C.V4L2_CID_DO_WHITE_BALANCE, C.V4L2_CID_RED_BALANCE, C.V4L2_CID_BLUE_BALANCE,
		C.V4L2_CID_WHITE_BALANCE_TEMPERATURE, C.V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE:
		return device.GroupWhiteBalance
	case C.V4L2_CID_EXPOSURE, C.V4L2_CID_EXPOSURE_AUTO, C.V4L2_CID_EXPOSURE_ABSOLUTE, C.V4L2_CID_EXPOSURE_AUTO_PRIORITY,
		C.V4L2_CID_AUTO_EXPOSURE_BIAS, C.V4L2_CID_EXPOSURE_METERING, C.V4L2_CID_AUTOGAIN, C.V4L2_CID_GAIN,
		C.V4L2_CID_IRIS_ABSOLUTE, C.V4L2_CID_IRIS_RELATIVE, C.V4L2_CID_ISO_SENSITIVITY, C.V4L2_CID_ISO_SENSITIVITY_AUTO,
		C.V4L2_CID_WIDE_DYNAMIC_RANGE, C.V4L2_CID_SCENE_MODE, C.V4L2_CID_BACKLIGHT_COMPENSATION,
		C.V4L2_CID_POWER_LINE_FREQUENCY, C.V4L2_CID_3A_LOCK:
		return device.GroupExposure
	case C.V4L2_CID_FOCUS_ABSOLUTE, C.V4L2_CID_FOCUS_RELATIVE, C.V4L2_CID_FOCUS_AUTO, C.V4L2_CID_AUTO_FOCUS_START,
		C.V4L2_CID_AUTO_FOCUS_STOP, C.V4L2_CID_AUTO_FOCUS_RANGE, C.V4L2_CID_ZOOM_ABSOLUTE, C.V4L2_CID_ZOOM_RELATIVE,
		C.V4L2_CID_ZOOM_CONTINUOUS, C.V4L2_CID_PAN_ABSOLUTE, C.V4L2_CID_PAN_RELATIVE, C.V4L2_CID_PAN_RESET,
		C.V4L2_CID_PAN_SPEED, C.V4L2_CID_TILT_ABSOLUTE, C.V4L2_CID_TILT_RELATIVE, C.V4L2_CID_TILT_RESET,
		C.V4L2_CID_TILT_SPEED, C.V4L2_CID_PRIVACY:
		return device.GroupLens
	}
	return device.GroupOther
}

// deciders returns the controls that can decide another one, the likeliest
// first. Drivers say that one is inactive, and not why.
func deciders(id uint32) []uint32 {
	switch id {
	case C.V4L2_CID_BRIGHTNESS:
		return []uint32{C.V4L2_CID_AUTOBRIGHTNESS}
	case C.V4L2_CID_HUE:
		return []uint32{C.V4L2_CID_HUE_AUTO}
	case C.V4L2_CID_CHROMA_GAIN:
		return []uint32{C.V4L2_CID_CHROMA_AGC}
	case C.V4L2_CID_RED_BALANCE, C.V4L2_CID_BLUE_BALANCE, C.V4L2_CID_WHITE_BALANCE_TEMPERATURE, C.V4L2_CID_DO_WHITE_BALANCE:
		return []uint32{C.V4L2_CID_AUTO_WHITE_BALANCE, C.V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE}
	case C.V4L2_CID_GAIN:
		return []uint32{C.V4L2_CID_AUTOGAIN, C.V4L2_CID_EXPOSURE_AUTO}
	case C.V4L2_CID_EXPOSURE:
		return []uint32{C.V4L2_CID_EXPOSURE_AUTO, C.V4L2_CID_AUTOGAIN}
	case C.V4L2_CID_EXPOSURE_ABSOLUTE, C.V4L2_CID_IRIS_ABSOLUTE, C.V4L2_CID_IRIS_RELATIVE:
		return []uint32{C.V4L2_CID_EXPOSURE_AUTO}
	case C.V4L2_CID_ISO_SENSITIVITY:
		return []uint32{C.V4L2_CID_ISO_SENSITIVITY_AUTO}
	case C.V4L2_CID_FOCUS_ABSOLUTE, C.V4L2_CID_FOCUS_RELATIVE:
		return []uint32{C.V4L2_CID_FOCUS_AUTO}
	}
	return nil
}

// explainInactive names, for each control of all that is inactive, the one that
// decides it, when all has such a one.
func explainInactive(all []control) {
	names := make(map[uint32]string, len(all))
	for _, c := range all {
		names[c.id] = c.Name
	}
	for i := range all {
		if !all[i].Inactive {
			continue
		}
		for _, id := range deciders(all[i].id) {
			if all[i].DecidedBy = names[id]; all[i].DecidedBy != "" {
				break
			}
		}
	}
}
