package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// order is what a program is asked for.
type order struct {
	list          bool
	camera        int
	width, height int
	fps           float64
	quality       int
}

// known are the options of rpicam-vid that take a value, with the short form.
var known = map[string]string{
	"camera": "", "timeout": "t", "codec": "", "quality": "q", "width": "", "height": "", "framerate": "",
	"verbose": "v", "output": "o", "rotation": "", "exposure": "", "shutter": "", "gain": "", "ev": "",
	"metering": "", "awb": "", "brightness": "", "contrast": "", "saturation": "", "sharpness": "", "denoise": "",
	"hdr": "", "roi": "", "autofocus-mode": "", "lens-position": "",
}

// flags are those that take none.
var flags = []string{"nopreview", "flush", "hflip", "vflip", "list-cameras"}

// parse reads arguments as rpicam-vid does.
func parse(args []string) (order, error) {
	given := make(map[string]string)
	for i := 0; i < len(args); i++ {
		name, value, has := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		switch {
		case args[i] == "-n":
			name = "nopreview"
		case !strings.HasPrefix(args[i], "--"):
			name = long(name)
		}
		if slices.Contains(flags, name) {
			given[name] = "true"
			continue
		}
		if _, ok := known[name]; !ok {
			return order{}, fmt.Errorf("unrecognised option '%s'", args[i])
		}
		if !has {
			if i++; i == len(args) {
				return order{}, fmt.Errorf("the required argument for option '--%s' is missing", name)
			}
			value = args[i]
		}
		given[name] = value
	}
	if given["list-cameras"] != "" {
		return order{list: true}, nil
	}
	return newOrder(given)
}

func long(short string) string {
	for name, s := range known {
		if s == short {
			return name
		}
	}
	return short
}

// newOrder reads the values, and insists on those without which the real
// program would end, show a window, or write something else.
func newOrder(given map[string]string) (order, error) {
	if given["timeout"] != "0" || given["codec"] != "mjpeg" || given["output"] != "-" || given["nopreview"] == "" || given["flush"] == "" {
		return order{}, errors.New("it is not asked for what a camera needs")
	}
	o := order{quality: 50, fps: 30}
	return o, errors.Join(
		number(given, "camera", &o.camera), number(given, "width", &o.width), number(given, "height", &o.height),
		number(given, "quality", &o.quality), rate(given["framerate"], &o.fps),
	)
}

func number(given map[string]string, name string, to *int) error {
	text, ok := given[name]
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("the argument ('%s') for option '--%s' is invalid", text, name)
	}
	*to = n
	return nil
}

func rate(text string, to *float64) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 {
		return fmt.Errorf("the argument ('%s') for option '--framerate' is invalid", text)
	}
	*to = v
	return nil
}

// usage is an error in the words of raspivid.
type usage string

// Error implements error.
func (u usage) Error() string { return string(u) }

// legacy are the options of raspivid with a value, and those without.
var (
	legacyValues = []string{"-cs", "-t", "-cd", "-b", "-w", "-h", "-fps", "-rot", "-ex", "-ss", "-mm", "-awb", "-ag", "-dg", "-ev", "-br", "-co", "-sa", "-sh", "-roi", "-o"}
	legacyFlags  = []string{"-n", "-fl", "-hf", "-vf"}
)

// parseLegacy reads arguments as raspivid does.
func parseLegacy(args []string) (order, error) {
	given := make(map[string]string)
	for i := 0; i < len(args); i++ {
		switch {
		case slices.Contains(legacyFlags, args[i]):
			given[args[i]] = "true"
		case slices.Contains(legacyValues, args[i]) && i+1 < len(args):
			given[args[i]] = args[i+1]
			i++
		default:
			return order{}, usage("Invalid command line option (" + args[i] + ")")
		}
	}
	if given["-t"] != "0" || given["-cd"] != "MJPEG" || given["-o"] != "-" || given["-n"] == "" || given["-fl"] == "" {
		return order{}, errors.New("it is not asked for what a camera needs")
	}
	o := order{quality: 50}
	return o, errors.Join(
		number(given, "-cs", &o.camera), number(given, "-w", &o.width), number(given, "-h", &o.height), rate(given["-fps"], &o.fps),
	)
}
