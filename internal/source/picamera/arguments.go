package picamera

import (
	"strconv"
	"time"
)

// arguments returns those of rpicam-vid and libcamera-vid, which are the same
// programs by two names. An option that has its default is left out, since an
// older program may not know it.
func (o *options) arguments() []string {
	l := list{
		"--camera", strconv.Itoa(o.Camera), "-t", "0", "-n", "--codec", "mjpeg", "-q", strconv.Itoa(o.Quality),
		"--width", strconv.Itoa(o.Width), "--height", strconv.Itoa(o.Height), "--framerate", decimal(o.FPS),
		"--flush", "-v", "0",
	}
	d := defaults()
	if o.Rotation != 0 {
		l.add("--rotation", strconv.Itoa(o.Rotation))
	}
	l.flag("--hflip", o.HFlip)
	l.flag("--vflip", o.VFlip)
	l.word("--exposure", o.Exposure, d.Exposure)
	if o.Shutter != 0 {
		l.add("--shutter", strconv.FormatInt(time.Duration(o.Shutter).Microseconds(), 10))
	}
	l.number("--gain", o.Gain, d.Gain)
	l.number("--ev", o.EV, d.EV)
	l.word("--metering", o.Metering, d.Metering)
	l.word("--awb", o.AWB, d.AWB)
	l.number("--brightness", o.Brightness, d.Brightness)
	l.number("--contrast", o.Contrast, d.Contrast)
	l.number("--saturation", o.Saturation, d.Saturation)
	l.number("--sharpness", o.Sharpness, d.Sharpness)
	l.word("--denoise", o.Denoise, d.Denoise)
	l.word("--hdr", o.HDR, d.HDR)
	l.word("--roi", o.ROI.String(), "")
	l.word("--autofocus-mode", o.AutofocusMode, d.AutofocusMode)
	if o.LensPosition != nil {
		l.add("--lens-position", decimal(*o.LensPosition))
	}
	return append(l, "-o", "-")
}

// list is a list of arguments that grows.
type list []string

func (l *list) add(args ...string) { *l = append(*l, args...) }

func (l *list) flag(name string, on bool) {
	if on {
		l.add(name)
	}
}

func (l *list) word(name, v, standard string) {
	if v != standard {
		l.add(name, v)
	}
}

// number writes a value in one word with its name, since a negative one would
// look like an option.
func (l *list) number(name string, v, standard float64) {
	if v != standard {
		l.add(name + "=" + decimal(v))
	}
}
