package v4l2

import (
	"path"
	"strings"
	"unicode"
)

// Where udev keeps the stable names.
const (
	byIDDir   = "/dev/v4l/by-id/"
	byPathDir = "/dev/v4l/by-path/"
)

// cleanDevice returns the path that a user's name for a device means: a number
// alone is that of /dev/videoN. Else it says what is wrong with the name.
func cleanDevice(name string) (clean, fault string) {
	const maxName = 255
	switch {
	case name == "":
		return name, `is required: a path in /dev, such as "/dev/video0"`
	case len(name) > maxName:
		return name, "must have at most 255 bytes"
	case strings.ContainsFunc(name, unicode.IsControl):
		return name, "must not hold control characters"
	}
	if isNumber(name) {
		return "/dev/video" + canonicalNumber(name), ""
	}
	if !strings.HasPrefix(name, "/dev/") || path.Clean(name) != name || strings.HasPrefix(name, "/dev/fd/") {
		return name, `must be a path in /dev without . and .., such as "/dev/video0", or a number`
	}
	switch name + "/" {
	case "/dev/v4l/", byIDDir, byPathDir:
		return name, "is a folder"
	}
	return name, ""
}

func isNumber(s string) bool {
	return len(s) <= 6 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// canonicalNumber strips leading zeros.
func canonicalNumber(s string) string {
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

// idPart writes one part of a by-id name as udev does: blanks at the ends are
// cut and others become one underscore, and so does each character that is
// neither a letter, a digit, one of #+-.:=@_ nor beyond ASCII.
func idPart(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }), "_")
	return strings.Map(func(r rune) rune {
		if r >= 0x80 && r != unicode.ReplacementChar || r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("#+-.:=@_", r)) {
			return r
		}
		return '_'
	}, s)
}

// usbID is the udev name of a USB device, without what stands before and behind
// it: maker, model, serial number. Where the device does not say what it is,
// its numbers stand.
func usbID(attr func(string) string) string {
	part := func(text, number string) string {
		if s := idPart(attr(text)); s != "" {
			return s
		}
		return attr(number)
	}
	id := part("manufacturer", "idVendor") + "_" + part("product", "idProduct")
	serial := attr("serial")
	if strings.ContainsFunc(serial, func(r rune) bool { return r < 0x20 || r > 0x7f || r == ',' }) {
		serial = "" // udev does not believe such a number either
	}
	if serial = idPart(serial); serial != "" {
		id += "_" + serial
	}
	return id
}

// sameName compares two stable names. Newer versions of udev name the version
// of the bus in by-path names, older ones don't.
func sameName(a, b string) bool {
	plain := strings.NewReplacer("-usbv1-", "-usb-", "-usbv2-", "-usb-", "-usbv3-", "-usb-").Replace
	return plain(a) == plain(b)
}
