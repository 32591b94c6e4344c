package foreign

import (
	"bytes"
	"encoding/json"
	"strings"

	"camhub/internal/yamldoc"
)

// detect returns whose file it is, or "".
func detect(b []byte) Format {
	if doc, err := yamldoc.Parse(b); err == nil {
		var top map[string]json.RawMessage
		if json.Unmarshal(doc.JSON, &top) == nil {
			if _, ok := top["streams"]; ok {
				return Go2rtc
			}
		}
	}
	known := 0
	for line := range bytes.Lines(b) {
		text := strings.TrimSpace(string(line))
		if name, _, ok := directive(text); ok && (name == "name" || name == "enabled" || name == "id" || name == "proto") {
			return MotionEye
		}
		if onlyMotion(option(text)) {
			known++
		}
		switch words, _ := split(text); programOf(words) {
		case "mjpg_streamer":
			return MJPGStream
		case "ustreamer":
			return UStreamer
		case "url":
			if known == 0 {
				return MJPGStream
			}
		}
	}
	if known > 0 {
		return Motion
	}
	return ""
}

// onlyMotion reports whether an option is one that nothing but motion has: what its words
// alone say, such as camera and width, stands in any text.
func onlyMotion(name, value string) bool {
	switch name {
	case "camera", "thread":
		return strings.HasSuffix(value, ".conf") && !strings.ContainsAny(value, " \t")
	case "width", "height", "framerate", "rotate":
		return false
	}
	return motionKeys[name]
}
