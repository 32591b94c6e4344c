package picamera

import (
	"regexp"
	"strconv"
	"strings"

	"camhub/internal/device"
)

// maxCameras bounds what is taken from a listing.
const maxCameras = 16

// The lines of a listing, as all versions since 2021 write them:
//
//	0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)
//	    Modes: 'SRGGB10_CSI2P' : 640x480 [103.33 fps - (1000, 752)/1280x960 crop]
//	                             1640x1232 [41.85 fps - (0, 0)/3280x2464 crop]
//	           'SRGGB8' : 640x480 [103.33 fps - (1000, 752)/1280x960 crop]
//
// The first ones name no rates, or write (103.33 fps).
var (
	cameraLine = regexp.MustCompile(`^(\d{1,2}) : (\S+)\s*(?:\[[^\]]*\])?\s*\((.*)\)\s*$`)
	modeLine   = regexp.MustCompile(`^ +(?:Modes:|'|\d)`)
	modeName   = regexp.MustCompile(`'([^']+)'\s*:`)
	modeSize   = regexp.MustCompile(`(?:^|[\s:])([1-9]\d{1,4})x([1-9]\d{1,4})(?:\s*[\[(]([0-9.]+) fps)?`)
)

// parseListing returns the cameras that a program has listed. It passes over
// what it doesn't know.
func parseListing(text string) []device.Device {
	var list []device.Device
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := cameraLine.FindStringSubmatch(line); m != nil {
			if len(list) == maxCameras {
				break
			}
			d := newDevice(m[1], readable(m[2]))
			if id := readable(m[3]); id != "" {
				d.Bus, d.Paths = id, []string{id}
			}
			list = append(list, d)
			continue
		}
		if len(list) > 0 && modeLine.MatchString(line) {
			addModes(&list[len(list)-1], line)
		}
	}
	return list
}

// addModes adds the modes of one line to a camera.
func addModes(d *device.Device, line string) {
	if m := modeName.FindStringSubmatchIndex(line); m != nil {
		name := readable(line[m[2]:m[3]])
		d.Formats = append(d.Formats, device.Format{FourCC: name, Name: describeMode(name), Supported: true, Sizes: []device.Size{}})
		line = line[m[1]:]
	}
	if len(d.Formats) == 0 {
		return
	}
	f := &d.Formats[len(d.Formats)-1]
	for _, m := range modeSize.FindAllStringSubmatch(line, -1) {
		width, _ := strconv.Atoi(m[1]) // up to five digits
		height, _ := strconv.Atoi(m[2])
		size := device.Size{Width: width, Height: height, Rates: []float64{}}
		if fps, err := strconv.ParseFloat(m[3], 64); err == nil && fps > 0 {
			size.Rates = append(size.Rates, fps)
		}
		f.Sizes = append(f.Sizes, size)
	}
}

// bayer takes a sensor's format apart, such as SRGGB10_CSI2P or R10_CSI2P.
var bayer = regexp.MustCompile(`^S?([RGB]{1,4}?)(\d{1,2})(?:_.*)?$`)

// describeMode says a sensor's format in words.
func describeMode(name string) string {
	m := bayer.FindStringSubmatch(name)
	switch {
	case m == nil:
		return name
	case m[1] == "R":
		return m[2] + "-bit monochrome"
	}
	return m[2] + "-bit " + m[1]
}

// products are the cameras with these sensors, by the beginning of the name
// that the listing has.
var products = []struct{ sensor, name string }{
	{"ov5647", "Camera Module 1"},
	{"imx219", "Camera Module 2"},
	{"imx708", "Camera Module 3"},
	{"imx477", "High Quality Camera"},
	{"imx296", "Global Shutter Camera"},
	{"imx500", "AI Camera"},
}

// newDevice returns the camera of that number with that sensor, or "" when it
// is not known.
func newDevice(number, sensor string) device.Device {
	d := device.Device{
		Kind: name, Device: number, Name: "Raspberry Pi camera", Driver: sensor,
		Formats: []device.Format{}, Controls: []device.Control{}, InUseBy: []string{},
	}
	if sensor != "" {
		d.Name = "Raspberry Pi camera " + sensor
	}
	for _, p := range products {
		if strings.HasPrefix(sensor, p.sensor) {
			d.Name = "Raspberry Pi " + p.name + " (" + sensor + ")"
		}
	}
	return d
}
