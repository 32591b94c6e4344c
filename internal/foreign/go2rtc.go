package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"camhub/internal/yamldoc"
)

// readGo2rtc reads the streams of go2rtc.yaml. Of a stream with several sources the
// first is taken that camhub can read.
func readGo2rtc(r *Result, name string, b []byte) error {
	doc, err := yamldoc.Parse(b)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var top struct {
		Streams json.RawMessage `json:"streams"`
	}
	if err := json.Unmarshal(doc.JSON, &top); err != nil || top.Streams == nil {
		return fmt.Errorf("%s: this file has no streams of go2rtc", name)
	}
	return members(top.Streams, func(key string, value json.RawMessage) {
		at := "/streams/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
		stream(r, Camera{Name: key, Enabled: true, File: name, Line: doc.Line(at)}, value)
	})
}

// members calls f with each member of an object, in the order of the text.
func members(object json.RawMessage, f func(key string, value json.RawMessage)) error {
	dec := json.NewDecoder(bytes.NewReader(object))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		if err == nil && open == nil {
			return nil // null: none
		}
		return errors.New("streams must be an object of names and sources")
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		f(fmt.Sprint(key), value)
	}
	return nil
}

// stream adds one stream.
func stream(r *Result, c Camera, value json.RawMessage) {
	var sources []string
	var one string
	var object struct {
		URL json.RawMessage `json:"url"`
	}
	switch {
	case json.Unmarshal(value, &one) == nil:
		sources = []string{one}
	case json.Unmarshal(value, &sources) == nil:
	case json.Unmarshal(value, &object) == nil && json.Unmarshal(object.URL, &one) == nil:
		sources = []string{one}
	}
	if len(sources) == 0 || len(sources) == 1 && sources[0] == "" {
		r.skip(c, "has no source")
		return
	}
	var reasons []string
	for i, source := range sources {
		kind, options, why := go2rtcSource(source)
		if why != "" {
			reasons = append(reasons, why)
			continue
		}
		if len(sources) > 1 {
			r.note(c, "has %d sources, of which number %d is taken", len(sources), i+1)
		}
		if _, parameters, ok := strings.Cut(source, "#"); ok && !strings.HasPrefix(parameters, "header=") {
			r.note(c, "what stands behind # (how go2rtc converts it) is not taken")
		}
		r.add(c, kind, options)
		return
	}
	r.skip(c, "%s", strings.Join(reasons, "; "))
}

// unread says of schemes why camhub does not read them.
var unread = map[string]string{
	"rtsp": "is RTSP, and camhub reads MJPEG over HTTP; many cameras have such an address too", "rtsps": "is RTSP, and camhub reads MJPEG over HTTP",
	"rtspx": "is RTSP, and camhub reads MJPEG over HTTP", "rtmp": "is RTMP, and camhub reads MJPEG over HTTP",
	"exec": "is a command, and camhub never runs a command of a definition", "echo": "is a command, and camhub never runs a command of a definition",
	"expr": "is a program of its own, which camhub does not run", "onvif": "is found by ONVIF, which camhub does not speak; give the camera's address for MJPEG",
}

// go2rtcSource returns the source that camhub has for one of go2rtc's, or why it has
// none. See go2rtc's internal/{http,ffmpeg,v4l2}/README.md.
func go2rtcSource(s string) (kind string, options map[string]any, why string) {
	if v := variable(s); v != "" {
		return "", nil, fmt.Sprintf("holds %s, which is not expanded; put its value there", v)
	}
	address, parameters, _ := strings.Cut(s, "#")
	scheme := schemeOf(address)
	if scheme == "ffmpeg" {
		address = address[len("ffmpeg:"):]
		if strings.HasPrefix(address, "device?") {
			scheme = "v4l2"
			address = "v4l2:" + address
		} else if scheme = schemeOf(address); scheme == "" {
			return "", nil, "is a file or another stream, converted by ffmpeg"
		}
	}
	switch scheme {
	case "http", "https", "httpx":
		if why := notMJPEG(address); why != "" {
			return "", nil, why
		}
		options = map[string]any{"url": address}
		if scheme == "httpx" {
			options["url"], options["tls_insecure"] = "https"+address[len("httpx"):], true
		}
		setHeaders(options, parameters)
		return kindOf(address), options, ""
	case "v4l2":
		return localDevice(address)
	}
	if why, ok := unread[scheme]; ok {
		return "", nil, why
	}
	return "", nil, fmt.Sprintf("is of a kind (%.20q) that camhub does not read: it reads MJPEG over HTTP, and local cameras", scheme)
}

// setHeaders takes the headers of "header=Name: value#header=…".
func setHeaders(options map[string]any, parameters string) {
	headers := map[string]string{}
	for p := range strings.SplitSeq(parameters, "#") {
		if text, ok := strings.CutPrefix(p, "header="); ok {
			if name, value, ok := strings.Cut(text, ":"); ok {
				headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
		}
	}
	if len(headers) > 0 {
		options["headers"] = headers
	}
}

// localDevice reads "v4l2:device?video=/dev/video0&video_size=1280x720&framerate=30".
func localDevice(address string) (kind string, options map[string]any, why string) {
	_, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil || values.Get("video") == "" {
		return "", nil, "names no video device"
	}
	options = map[string]any{"device": device(values.Get("video"))}
	if size := values.Get("video_size"); size != "" && !setSize(options, size) {
		return "", nil, "has a video_size that is no size"
	}
	if fps := values.Get("framerate"); fps != "" && !setNumber(options, "fps", fps) {
		return "", nil, "has a framerate that is no number"
	}
	switch values.Get("input_format") {
	case "mjpeg":
		options["format"] = "MJPG"
	case "yuyv422":
		options["format"] = "YUYV"
	case "", "auto":
	case "h264", "hevc", "h265":
		return "", nil, "asks the device for H.264 or H.265, and camhub for MJPEG; leave input_format out"
	}
	return "v4l2", options, ""
}
