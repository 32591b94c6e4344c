package picamera

import (
	"math"
	"strconv"
	"time"

	"camhub/internal/fault"
)

// raspivid is the program of Raspberry Pi OS up to version 10. It has other
// options than its successors, and fewer.
const raspivid = "raspivid"

// What raspivid calls the words of rpicam-vid that it has at all.
var (
	legacyExposure = map[string]string{"normal": "auto", "sport": "sports", "long": "verylong"}
	legacyMetering = map[string]string{"centre": "average", "spot": "spot", "average": "matrix"}
	legacyAWB      = map[string]string{
		"auto": "auto", "incandescent": "incandescent", "tungsten": "tungsten", "fluorescent": "fluorescent",
		"daylight": "sun", "cloudy": "cloud",
	}
)

// legacyFaults returns what raspivid can't do of the options, which are valid.
func (o *options) legacyFaults() []fault.Field {
	var fs []fault.Field
	refuse := func(field string, refused bool, detail string) {
		if refused {
			fs = append(fs, fault.Fieldf("/source/"+field, "%s", detail))
		}
	}
	const unknown = "is not known to raspivid"
	refuse("fps", o.FPS != math.Trunc(o.FPS) || o.FPS < 2 || o.FPS > 90, "must be a whole number from 2 to 90 for raspivid")
	refuse("awb", legacyAWB[o.AWB] == "", "is "+o.AWB+", which raspivid doesn't know")
	refuse("contrast", o.Contrast > 2, "must be at most 2 for raspivid")
	refuse("saturation", o.Saturation > 2, "must be at most 2 for raspivid")
	refuse("sharpness", o.Sharpness > 2, "must be at most 2 for raspivid")
	refuse("ev", math.Abs(o.EV) > 4, "must be from -4 to 4 for raspivid")
	refuse("denoise", o.Denoise != "auto", unknown)
	refuse("hdr", o.HDR != "off", unknown)
	refuse("autofocus_mode", o.AutofocusMode != "default", unknown)
	refuse("lens_position", o.LensPosition != nil, unknown)
	return fs
}

// legacyArguments returns those of raspivid, for options without legacyFaults.
func (o *options) legacyArguments() []string {
	l := list{
		"-cs", strconv.Itoa(o.Camera), "-t", "0", "-n", "-cd", "MJPEG", "-b", strconv.Itoa(o.bitrate()),
		"-w", strconv.Itoa(o.Width), "-h", strconv.Itoa(o.Height), "-fps", strconv.Itoa(int(o.FPS)), "-fl",
	}
	if o.Rotation != 0 {
		l.add("-rot", strconv.Itoa(o.Rotation))
	}
	l.flag("-hf", o.HFlip)
	l.flag("-vf", o.VFlip)
	l.word("-ex", legacyExposure[o.Exposure], "auto")
	if o.Shutter != 0 {
		l.add("-ss", strconv.FormatInt(time.Duration(o.Shutter).Microseconds(), 10))
	}
	l.word("-mm", legacyMetering[o.Metering], "average")
	l.word("-awb", legacyAWB[o.AWB], "auto")
	if o.Gain != 0 {
		l.add("-ag", decimal(o.Gain), "-dg", "1")
	}
	whole := func(name string, v float64, standard int) {
		if n := int(math.Round(v)); n != standard {
			l.add(name, strconv.Itoa(n))
		}
	}
	whole("-ev", 6*o.EV, 0) // sixths of a stop
	whole("-br", 50+50*o.Brightness, 50)
	whole("-co", 100*(o.Contrast-1), 0)
	whole("-sa", 100*(o.Saturation-1), 0)
	whole("-sh", 100*(o.Sharpness-1), 0)
	l.word("-roi", o.ROI.String(), "")
	return append(l, "-o", "-")
}

// bitrate returns the bits a second that give about the quality, since raspivid
// can be told nothing else: 0.6 bits a pixel at 50, 1.2 at 80, 1.8 at 100. It
// takes no more than 25 Mbit/s.
func (o *options) bitrate() int {
	q := float64(o.Quality)
	bits := (0.2 + q*q/6400) * float64(o.Width*o.Height) * o.FPS
	return int(min(max(bits, 500_000), 25_000_000))
}
