package foreign

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// placeholder is a variable, as shells and go2rtc know them; it may have a default.
var placeholder = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// variable returns the first variable in a text, without its default, or "".
func variable(s string) string {
	m := placeholder.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	return "${" + m[1] + m[2] + "}"
}

// schemeOf returns what stands before the first colon, in lower case.
func schemeOf(s string) string {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok {
		return ""
	}
	return strings.ToLower(scheme)
}

// kindOf returns the kind of source for an address: one that is known to give a
// single picture is a snapshot. For all others "mjpeg" finds out.
func kindOf(url string) string {
	rest, query, _ := strings.Cut(url, "?")
	switch strings.ToLower(path.Base(rest)) {
	case "snapshot", "snapshot.cgi", "snapshot.jpg", "snapshot.jpeg", "snap", "snap.cgi", "snap.jpg", "snap.jpeg",
		"shot.jpg", "image.jpg", "image.jpeg", "frame.jpeg", "photo.jpg", "capture", "capture.jpg", "picture":
		return "snapshot"
	}
	if strings.Contains(query, "action=snapshot") || strings.Contains(query, "cmd=Snap") {
		return "snapshot"
	}
	return "mjpeg"
}

// notMJPEG says why an address can't give MJPEG by its name, or "".
func notMJPEG(url string) string {
	rest, _, _ := strings.Cut(url, "?")
	switch strings.ToLower(path.Ext(rest)) {
	case ".m3u8":
		return "is HLS, and camhub reads MJPEG; many cameras have a snapshot or MJPEG address too"
	case ".flv", ".mp4", ".ts", ".mkv", ".aac", ".mp3":
		return "is a file or stream of another format than MJPEG"
	}
	return ""
}

// device returns the name of a local device that camhub knows.
func device(name string) string {
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < 1000 {
		return "/dev/video" + strconv.Itoa(n)
	}
	return name
}

// sizes are the names that mjpg-streamer has for sizes.
var sizes = map[string]string{
	"QQVGA": "160x120", "QCIF": "176x144", "CGA": "320x200", "QVGA": "320x240", "CIF": "352x288", "PAL": "720x576",
	"VGA": "640x480", "SVGA": "800x600", "XGA": "1024x768", "HD": "1280x720", "SXGA": "1280x1024", "UXGA": "1600x1200",
}

// setSize sets width and height from "1280x720", and reports whether it is a size.
func setSize(options map[string]any, size string) bool {
	if named, ok := sizes[strings.ToUpper(size)]; ok {
		size = named
	}
	w, h, ok := strings.Cut(strings.ToLower(size), "x")
	return ok && setNumber(options, "width", w) && setNumber(options, "height", h)
}

// setNumber sets a whole number that is not negative, and reports whether it is one.
func setNumber(options map[string]any, name, text string) bool {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err == nil {
		options[name] = n
	}
	return err == nil
}
