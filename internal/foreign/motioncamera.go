package foreign

import (
	"path/filepath"
	"strings"
)

// convert adds the camera to the result, or why it can't be read.
func (c *motionCamera) convert(r *Result) {
	out := Camera{Name: c.name(), Enabled: c.options["@enabled"] != "off", File: c.file, Line: c.line}
	if proto := c.options["@proto"]; proto == "motioneye" {
		r.skip(out, "is a camera of another motionEye; add the address of its stream there")
		return
	} else if proto == "mjpeg" {
		c.convertURL(r, out, c.options["@url"], c.options["@username"], c.options["@password"])
		return
	}
	user, password, _ := strings.Cut(c.options["netcam_userpass"], ":")
	switch {
	case c.first("mmalcam_name", "libcam_device", "libcam_name") != "":
		options := map[string]any{}
		c.picture(r, out, options)
		r.add(out, "picamera", options)
	case c.options["netcam_url"] != "":
		c.convertURL(r, out, c.options["netcam_url"], user, password)
	case c.first("video_device", "videodevice", "v4l2_device") != "":
		c.convertDevice(r, out, c.first("video_device", "videodevice", "v4l2_device"))
	default:
		r.skip(out, "names neither an address (netcam_url) nor a device (video_device)")
	}
}

// name returns what the camera is called: else the name of its file.
func (c *motionCamera) name() string {
	if name := c.first("@name", "camera_name"); name != "" {
		return name
	}
	return strings.TrimSuffix(filepath.Base(c.file), ".conf")
}

func (c *motionCamera) convertURL(r *Result, out Camera, url, user, password string) {
	if v := variable(url + user + password); v != "" {
		r.skip(out, "holds %s, which is not expanded; put its value there", v)
		return
	}
	switch schemeOf(url) {
	case "http", "https":
	case "v4l2":
		c.convertDevice(r, out, strings.TrimPrefix(url[len("v4l2:"):], "//"))
		return
	case "":
		r.skip(out, "has no address of a camera")
		return
	default:
		r.skip(out, "is read over %.20s, and camhub reads MJPEG over http and https; many cameras have such an address too", schemeOf(url))
		return
	}
	if why := notMJPEG(url); why != "" {
		r.skip(out, "%s", why)
		return
	}
	options := map[string]any{"url": url}
	if user != "" {
		options["username"] = user
	}
	if password != "" {
		options["password"] = password
	}
	if c.first("netcam_high_url", "netcam_highres") != "" {
		r.note(out, "the second address (netcam_high_url) is not taken: camhub shows and records one stream")
	}
	r.add(out, kindOf(url), options)
}

func (c *motionCamera) convertDevice(r *Result, out Camera, name string) {
	options := map[string]any{"device": device(name)}
	c.picture(r, out, options)
	r.add(out, "v4l2", options)
}

// picture takes size and rate of a local camera.
func (c *motionCamera) picture(r *Result, out Camera, options map[string]any) {
	for _, name := range [][2]string{{"width", "width"}, {"height", "height"}, {"framerate", "fps"}} {
		if text := c.options[name[0]]; text != "" && !setNumber(options, name[1], text) {
			r.note(out, "%s is no number and is not taken", name[0])
		}
	}
	if rotate := c.options["rotate"]; rotate != "" && rotate != "0" {
		r.note(out, "is turned by %.10s degrees in motion, which is not taken over", rotate)
	}
}
