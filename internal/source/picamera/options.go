package picamera

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/strict"
)

// options are what a user writes. The words and ranges are those of rpicam-vid.
type options struct {
	Command  string  `json:"command"`
	Camera   int     `json:"camera"` // as the program counts them
	Width    int     `json:"width"`
	Height   int     `json:"height"`
	FPS      float64 `json:"fps"`
	Quality  int     `json:"quality"`
	Rotation int     `json:"rotation"`
	HFlip    bool    `json:"hflip"`
	VFlip    bool    `json:"vflip"`

	Exposure string          `json:"exposure"`
	Shutter  camera.Duration `json:"shutter"` // 0: automatic
	Gain     float64         `json:"gain"`    // 0: automatic
	EV       float64         `json:"ev"`      // stops brighter than automatic
	Metering string          `json:"metering"`
	AWB      string          `json:"awb"`

	Brightness float64 `json:"brightness"`
	Contrast   float64 `json:"contrast"`
	Saturation float64 `json:"saturation"`
	Sharpness  float64 `json:"sharpness"`
	Denoise    string  `json:"denoise"`
	HDR        string  `json:"hdr"`
	ROI        roi     `json:"roi"` // the part of the sensor that is shown

	AutofocusMode string   `json:"autofocus_mode"`
	LensPosition  *float64 `json:"lens_position,omitempty"` // 1/m: 0 is far away; nil: as the program has it
}

// defaults are those of the programs, but for size, rate and quality.
func defaults() options {
	return options{
		Command: auto, Width: 1280, Height: 720, FPS: 15, Quality: 80,
		Exposure: "normal", Metering: "centre", AWB: "auto",
		Contrast: 1, Saturation: 1, Sharpness: 1, Denoise: "auto", HDR: "off",
		AutofocusMode: "default",
	}
}

// auto is the command that stands for whichever program is installed.
const auto = "auto"

// checker gathers faults.
type checker struct{ errs *multierror.Error }

func (c *checker) bad(field, format string, args ...any) {
	c.errs = multierror.Append(c.errs, fault.Fieldf("/source/"+field, format, args...))
}

// number checks a range. What is no number is in none.
func (c *checker) number(field string, v, low, high float64) {
	if !(v >= low && v <= high) {
		c.bad(field, "must be from %v to %v", low, high)
	}
}

func (c *checker) word(field, v string, words ...string) {
	if !slices.Contains(words, v) {
		c.bad(field, "must be one of %s", strings.Join(words, ", "))
	}
}

// side checks one side of a picture. Its colours have half the resolution.
func (c *checker) side(field string, v, high int) {
	if v < 64 || v > high || v%2 != 0 {
		c.bad(field, "must be an even number from 64 to %d", high)
	}
}

// parse checks options and fills in the defaults.
func parse(b json.RawMessage) (options, *multierror.Error) {
	if len(b) == 0 {
		b = json.RawMessage("{}")
	}
	o := defaults()
	c := checker{strict.Object(b, &o, "/source")}
	c.word("command", o.Command, append([]string{auto}, commands...)...)
	c.number("camera", float64(o.Camera), 0, 15)
	c.side("width", o.Width, 9600)
	c.side("height", o.Height, 7200)
	c.number("fps", o.FPS, 0.1, 240)
	c.number("quality", float64(o.Quality), 1, 100)
	if o.Rotation != 0 && o.Rotation != 180 {
		c.bad("rotation", "must be 0 or 180")
	}
	o.checkImage(&c)
	o.checkFocus(&c)
	if o.Command == raspivid && c.errs == nil {
		for _, f := range o.legacyFaults() {
			c.errs = multierror.Append(c.errs, f)
		}
	}
	return o, c.errs
}

// checkImage checks what makes a picture light or dark, and its looks.
func (o *options) checkImage(c *checker) {
	c.word("exposure", o.Exposure, "normal", "sport", "long")
	c.word("metering", o.Metering, "centre", "spot", "average")
	c.word("awb", o.AWB, "auto", "incandescent", "tungsten", "fluorescent", "indoor", "daylight", "cloudy")
	c.word("denoise", o.Denoise, "auto", "off", "cdn_off", "cdn_fast", "cdn_hq")
	c.word("hdr", o.HDR, "off", "auto", "sensor", "single-exp")
	if o.Gain != 0 {
		c.number("gain", o.Gain, 1, 64)
	}
	c.number("ev", o.EV, -8, 8)
	c.number("brightness", o.Brightness, -1, 1)
	c.number("contrast", o.Contrast, 0, 15.99)
	c.number("saturation", o.Saturation, 0, 15.99)
	c.number("sharpness", o.Sharpness, 0, 15.99)
	switch shutter := time.Duration(o.Shutter); {
	case shutter == 0:
	case shutter < time.Microsecond || shutter > 10*time.Second:
		c.bad("shutter", `must be "0s" or from 1us to 10s`)
	case o.FPS > 0 && shutter.Seconds() > 1/o.FPS:
		c.bad("shutter", "is longer than a picture takes at this fps")
	}
}

func (o *options) checkFocus(c *checker) {
	c.word("autofocus_mode", o.AutofocusMode, "default", "manual", "auto", "continuous")
	if o.LensPosition == nil {
		return
	}
	c.number("lens_position", *o.LensPosition, 0, 32)
	if o.AutofocusMode == "auto" || o.AutofocusMode == "continuous" {
		c.bad("lens_position", "can't be set while autofocus_mode is %q", o.AutofocusMode)
	}
}

// between returns the time from one picture to the next.
func (o *options) between() time.Duration { return time.Duration(float64(time.Second) / o.FPS) }
