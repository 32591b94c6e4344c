package foreign

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// motionKeys are the options of motion that say something of a camera, by all names
// that versions 3.2 to 5 have for them. All others are left alone.
var motionKeys = map[string]bool{
	"camera": true, "thread": true, "camera_dir": true, "camera_name": true,
	"video_device": true, "videodevice": true, "v4l2_device": true,
	"netcam_url": true, "netcam_userpass": true, "netcam_high_url": true, "netcam_highres": true,
	"mmalcam_name": true, "libcam_device": true, "libcam_name": true,
	"width": true, "height": true, "framerate": true, "rotate": true,
}

// option returns the name and the value of a line of motion's, or "". Names and values
// are separated by blanks or an equals sign; a value may be in quotes.
func option(line string) (name, value string) {
	if line = strings.TrimSpace(line); line == "" || line[0] == '#' || line[0] == ';' {
		return "", ""
	}
	end := strings.IndexAny(line, " \t=")
	if end < 0 {
		return strings.ToLower(line), ""
	}
	name, value = line[:end], strings.TrimLeft(line[end:], " \t=")
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		value = value[1 : n-1]
	}
	return strings.ToLower(name), value
}

// directive returns the name and the value of a line of motionEye's own, "# @name value".
func directive(line string) (name, value string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
	if !ok {
		return "", "", false
	}
	if rest, ok = strings.CutPrefix(strings.TrimSpace(rest), "@"); !ok {
		return "", "", false
	}
	name, value, _ = strings.Cut(rest, " ")
	return strings.ToLower(name), strings.TrimSpace(value), true
}

// motionCamera is what is known of one camera.
type motionCamera struct {
	file    string
	line    int
	options map[string]string // of motion; those of motionEye have an @ before the name
}

// motionReader reads a file with those that it includes.
type motionReader struct {
	result  *Result
	open    func(string) ([]byte, error)
	main    motionCamera
	late    map[string]int // how many cameras there were when main last set an option
	cameras []*motionCamera
	skipped int // camera files that could not be read
}

// readMotion reads motion.conf or a camera file. As in motion, the files that it includes
// take what stands before them, and what stands behind them wins over what they say; a
// file that includes none is a camera itself.
func readMotion(r *Result, name string, b []byte, open func(string) ([]byte, error)) error {
	m := &motionReader{result: r, open: open, late: map[string]int{}}
	m.main = motionCamera{file: name, line: 1, options: map[string]string{}}
	if err := m.readMain(b); err != nil {
		return err
	}
	for i, c := range m.cameras {
		for option, cameras := range m.late {
			if cameras > i {
				c.options[option] = m.main.options[option]
			}
		}
	}
	if len(m.cameras)+m.skipped == 0 {
		m.cameras = append(m.cameras, &m.main)
	}
	for _, c := range m.cameras {
		c.convert(r)
	}
	return nil
}

func (m *motionReader) readMain(b []byte) error {
	number := 0
	for raw := range bytes.Lines(b) {
		number++
		line := string(raw)
		if name, value, ok := directive(line); ok {
			m.main.options["@"+name] = value
			continue
		}
		name, value := option(line)
		switch {
		case (name == "camera" || name == "thread") && value != "":
			if len(m.cameras)+m.skipped >= maxIncludes {
				return fmt.Errorf("%s:%d: more than %d camera files", m.main.file, number, maxIncludes)
			}
			m.include(value, number)
		case name == "camera_dir" && value != "":
			m.skip(number, value, "camera_dir is not followed; import the folder itself")
		case motionKeys[name]:
			m.main.options[name], m.late[name] = value, len(m.cameras)
		}
	}
	return nil
}

// include reads a camera file, as it is named or, when this is a copy of a folder, the
// one of that name beside the main file.
func (m *motionReader) include(path string, line int) {
	beside := filepath.Join(filepath.Dir(m.main.file), filepath.Base(path))
	tries := []string{path, beside}
	if !filepath.IsAbs(path) {
		tries = []string{filepath.Join(filepath.Dir(m.main.file), path), beside}
	}
	var first error
	for _, try := range slices.Compact(tries) {
		b, err := m.open(try)
		if err == nil {
			m.cameras = append(m.cameras, m.readCamera(try, b))
			return
		}
		if first == nil {
			first = err
		}
	}
	m.skip(line, path, first.Error())
}

func (m *motionReader) skip(line int, what, why string) {
	m.skipped++
	m.result.skip(Camera{Name: what, File: m.main.file, Line: line}, "%s", why)
}

// readCamera reads a camera file over what the main file has said so far.
func (m *motionReader) readCamera(path string, b []byte) *motionCamera {
	c := &motionCamera{file: path, line: 1, options: maps.Clone(m.main.options)}
	maps.DeleteFunc(c.options, func(name, _ string) bool { return strings.HasPrefix(name, "@") })
	number := 0
	for raw := range bytes.Lines(b) {
		number++
		if name, value, ok := directive(string(raw)); ok {
			c.options["@"+name] = value
		} else if name, value := option(string(raw)); motionKeys[name] && name != "camera" && name != "thread" {
			c.options[name] = value
			if strings.HasPrefix(name, "netcam_url") || strings.HasPrefix(name, "video") {
				c.line = number
			}
		}
	}
	return c
}

// first returns the first of the options that says something.
func (c *motionCamera) first(names ...string) string {
	for _, name := range names {
		if v := c.options[name]; v != "" {
			return v
		}
	}
	return ""
}
