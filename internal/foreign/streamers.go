package foreign

import (
	"net"
	"path"
	"strings"
)

// flag is one option of a command line with its value.
type flag struct{ name, value string }

// flags reads options as getopt_long does: "-d x", "-dx", "--device x", "--device=x".
// bare are those that take no value; long maps long names to short ones. With single,
// long names may have one dash, as those of mjpg-streamer's plugins.
func flags(words []string, bare string, long map[string]string, single bool) (out []flag) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		if len(w) < 2 || w[0] != '-' {
			continue
		}
		name, value, has := strings.Cut(strings.TrimLeft(w, "-"), "=")
		short := long[name]
		switch {
		case strings.HasPrefix(w, "--") || single && short != "":
			if name = short; name == "" {
				continue // one that says nothing of the camera
			}
		case !has && len(name) > 1: // "-dx"
			name, value, has = name[:1], name[1:], true
		}
		if !has && !strings.Contains(bare, name) && i+1 < len(words) {
			i++
			value = words[i]
		}
		out = append(out, flag{name, value})
	}
	return out
}

// mjpgStreamer reads the arguments of mjpg_streamer: an input plugin with its own
// arguments for each camera.
func mjpgStreamer(r *Result, c Camera, words []string) {
	found := false
	for _, f := range flags(words, "hvb", map[string]string{"input": "i", "output": "o"}, false) {
		if f.name != "i" {
			continue
		}
		found = true
		plugin, ok := split(f.value)
		if !ok || len(plugin) == 0 {
			r.skip(c, "has an input that can't be read")
			continue
		}
		c.Name = strings.TrimSuffix(path.Base(plugin[0]), ".so")
		inputPlugin(r, c, plugin[1:])
	}
	if !found {
		r.skip(c, "has no input (-i)")
	}
}

// inputPlugin reads the arguments of an input plugin; see plugins/*/README.md of
// mjpg-streamer.
func inputPlugin(r *Result, c Camera, words []string) {
	options := map[string]any{}
	switch c.Name {
	case "input_uvc":
		long := map[string]string{"device": "d", "resolution": "r", "fps": "f", "quality": "q", "yuv": "y"}
		addDevice(r, c, flags(words, "ynu", long, true))
	case "input_raspicam":
		long := map[string]string{"x": "x", "width": "x", "y": "y", "height": "y", "fps": "f", "quality": "q", "rot": "R", "vf": "V", "hf": "H"}
		for _, f := range flags(words, "VH", long, true) {
			name, isNumber := map[string]string{"x": "width", "y": "height", "f": "fps", "q": "quality", "R": "rotation"}[f.name]
			switch {
			case f.name == "V":
				options["vflip"] = true
			case f.name == "H":
				options["hflip"] = true
			case isNumber && !setNumber(options, name, f.value):
				r.note(c, "%s is no number and is not taken", name)
			}
		}
		c.Name = "Raspberry Pi camera"
		r.add(c, "picamera", options)
	case "input_http":
		host, port := "localhost", "8080"
		for _, f := range flags(words, "", map[string]string{"host": "H", "port": "p"}, true) {
			switch f.name {
			case "H":
				host = f.value
			case "p":
				port = f.value
			}
		}
		c.Name = host
		r.add(c, "mjpeg", map[string]any{"url": "http://" + net.JoinHostPort(host, port) + "/?action=stream"})
	default:
		r.skip(c, "is a plugin that camhub has nothing for")
	}
}

// uStreamer reads the arguments of ustreamer.
func uStreamer(r *Result, c Camera, words []string) {
	long := map[string]string{"device": "d", "resolution": "r", "desired-fps": "f", "quality": "q", "format": "m"}
	addDevice(r, c, flags(words, "TnKlhv", long, false))
}

// formats are the pixel formats that camhub knows by another name or the same.
var formats = map[string]string{"MJPEG": "MJPG", "JPEG": "MJPG", "YUYV": "YUYV", "UYVY": "UYVY", "NV12": "NV12", "GREY": "GREY"}

// captureFlags takes what a local camera is asked for.
func captureFlags(r *Result, c Camera, options map[string]any, fs []flag) {
	for _, f := range fs {
		good := true
		switch f.name {
		case "r":
			good = setSize(options, f.value)
		case "f":
			if good = setNumber(options, "fps", f.value); options["fps"] == uint64(0) {
				delete(options, "fps") // as many as the camera gives
			}
		case "q":
			good = setNumber(options, "quality", f.value)
		case "y":
			options["format"] = "YUYV"
		case "m":
			if format := formats[strings.ToUpper(f.value)]; format != "" {
				options["format"] = format
			} else {
				r.note(c, "the format %.20q is not taken: camhub chooses one", f.value)
			}
		}
		if !good {
			r.note(c, "the value of -%s is not taken: it is not one that camhub has", f.name)
		}
	}
}

// addDevice adds a local camera; both programs read /dev/video0 when they are told none.
func addDevice(r *Result, c Camera, fs []flag) {
	options := map[string]any{"device": "/dev/video0"}
	for _, f := range fs {
		if f.name == "d" {
			options["device"] = device(f.value)
		}
	}
	c.Name = path.Base(options["device"].(string))
	captureFlags(r, c, options, fs)
	r.note(c, "one program at a time can read a device: stop the other before camhub is to read it")
	r.add(c, "v4l2", options)
}
