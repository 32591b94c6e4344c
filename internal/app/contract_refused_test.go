package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// unreadableBodies sends what is no JSON, of another type, or too much, to
// every operation that takes a body.
func unreadableBodies(t *testing.T, h *testHub) {
	h.add("a")
	before := h.do("GET", "/api/v1/cameras", "").body
	tests := []struct {
		status             int
		kind, body, detail string
	}{
		{400, "", `{"name":}`, "at byte 9"},
		{400, "", `{"name":"A"`, "at byte 11"},
		{400, "", `{"name":"A"} {}`, "at byte 14"},
		{400, "", `{'name':1}`, "at byte 2"},
		{400, "", "{\"name\":\"\x00\"}", "at byte 10"},
		{400, "", "{\"name\":\"K\xfcche\"}", "at byte 11"},
		{400, "", " ", "at byte 1"},
		{400, "", strings.Repeat("[", 20000), "at byte 10001"},
		{413, "", strings.Repeat(" ", 1<<20+1), "1048576 bytes"},
		{415, "text/plain", `{}`, "text/plain"},
		{415, "application/x-www-form-urlencoded", `name=A`, "application/x-www-form-urlencoded"},
		{415, "application/problem+json", `{}`, "application/problem+json"},
		{415, "what is this", `{}`, "what is this"},
		{422, "", `[]`, ""},
		{422, "", `null`, ""},
		{422, "", `"name"`, ""},
		{422, "application/json; charset=utf-8", `5`, ""},
	}
	for _, o := range h.contract.operations() {
		if o.spec["requestBody"] == nil {
			continue
		}
		for _, tt := range tests {
			header := []string{"Content-Type", tt.kind}
			if tt.kind == "" {
				header = nil
			}
			a := h.want(tt.status, o.method, o.path("a"), tt.body, header...)
			if detail := decode[struct{ Detail string }](t, a).Detail; !strings.Contains(detail, tt.detail) {
				t.Errorf("%s %s %.30q: %s, want %s", o.method, o.template, tt.body, detail, tt.detail)
			}
		}
	}
	if after := h.do("GET", "/api/v1/cameras", "").body; string(after) != string(before) {
		t.Errorf("something changed: %s", after)
	}
	whole := `{"name":"A","source":{"kind":"emulated"}}`
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", whole+strings.Repeat(" ", 1<<20-len(whole)))
}

// wrongValues are values that no camera can have, as JSON, by the kind of
// source and the place. A star before a value says that the document has no
// words for what is wrong with it, but for people.
var wrongValues = []struct {
	kind, pointer string
	values        []string
}{
	{"emulated", "/id", []string{`"../x"`, `"A"`, `"-a"`, `"a b"`, `"a/b"`, `"é"`, `"a\u0000"`, `"a\n"`, `5`, `null`, `["a"]`, text(64)}},
	{"emulated", "/name", []string{`""`, `"  "`, `*"\u00a0"`, `"a\u0000b"`, `"a\nb"`, `"\u001b[31m"`, `"a\u2028"`, `"\u0085"`, `5`, `null`, `{}`, text(101)}},
	{"emulated", "/group", []string{`"a\tb"`, `"a\u2029"`, `5`, `null`, `[]`, text(101)}},
	{"emulated", "/enabled", []string{`"true"`, `1`, `null`}},
	{"emulated", "/mode", []string{`""`, `"Always"`, `"sometimes"`, `5`, `null`}},
	{"emulated", "/idle_timeout", []string{`10`, `"10"`, `""`, `"-10s"`, `"soon"`, `null`, `*"999ms"`, `*"24h0m1s"`, `*"9999999h"`}},
	{"emulated", "/colour", []string{`"red"`, `null`}},
	{"emulated", "/Name", []string{`"A"`}},
	{"emulated", "/a~1b~0c", []string{`1`}},
	{"emulated", "/source", []string{`"emulated"`, `null`, `[]`, `5`}},
	{"emulated", "/source/kind", []string{`""`, `"Emulated"`, `"rtsp"`, `null`, `5`}},
	{"emulated", "/source/url", []string{`"http://10.0.0.5/"`}},
	{"emulated", "/source/pattern", []string{`""`, `"bars"`, `5`, `null`}},
	{"emulated", "/source/width", []string{`15`, `1921`, `-1`, `640.5`, `1e99`, `"640"`, `null`}},
	{"emulated", "/source/height", []string{`15`, `1081`, `0`, `99999999999999999999`, `"480"`, `null`}},
	{"emulated", "/source/fps", []string{`0.4`, `61`, `0`, `-1`, `1e999`, `"10"`, `null`}},
	{"emulated", "/source/folder", []string{`"/etc"`, `"a/"`, `"a//b"`, `"a\\b"`, `"a\u0000"`, `5`, `null`, text(256), `*".."`, `*"../../etc"`, `*"a/../b"`}},
	{"mjpeg", "/source/url", []string{`""`, `5`, `null`, `"10.0.0.5/video"`, `"//10.0.0.5/"`, `"ftp://h/"`, `"rtsp://h/"`, `"file:///etc/passwd"`,
		`"javascript:alert(1)"`, `"http://"`, `"http:///video"`, `"http://?x"`, `"http://h ost/"`, `*"http://h/\u0000"`, `"http://h/a b"`, `"http://h/\r\nX: y"`,
		`*"http://:80/"`, `*"http://u:p@/"`, `*"http://h:0/"`, `*"http://h:65536/"`, `*"http://h:/"`, `*"http://[::1/"`, `"http://h/` + strings.Repeat("a", 2048) + `"`}},
	{"mjpeg", "/source/username", []string{`"a:b"`, `"a\nb"`, `5`, `null`, text(257)}},
	{"mjpeg", "/source/password", []string{`"a\u0000b"`, `5`, `["p"]`, text(257)}},
	{"mjpeg", "/source/tls_insecure", []string{`"yes"`, `0`, `null`}},
	{"mjpeg", "/source/headers", []string{`"X: y"`, `[]`, `{"X":5}`, headers(33)}},
	{"mjpeg", "/source/headers/", []string{`"y"`}},
	{"mjpeg", "/source/headers/a b", []string{`"y"`}},
	{"mjpeg", "/source/headers/Host", []string{`*"y"`}},
	{"mjpeg", "/source/headers/X", []string{`"a\r\nY: z"`, `*" a"`, text(4097)}},
	{"mjpeg", "/source/max_frame_bytes", []string{`65535`, `67108865`, `-1`, `1.5`, `"1 MB"`, `null`}},
	{"mjpeg", "/source/width", []string{`640`}},
	{"picamera", "/source/command", []string{`""`, `"/bin/sh"`, `"rpicam-vid; reboot"`, `"rpicam-hello"`, `5`, `null`}},
	{"picamera", "/source/camera", []string{`-1`, `16`, `1.5`, `"0"`, `null`}},
	{"picamera", "/source/width", []string{`0`, `62`, `641`, `1000000`, `"640"`, `null`}},
	{"picamera", "/source/height", []string{`63`, `7202`, `-480`, `1e9`}},
	{"picamera", "/source/fps", []string{`0`, `0.05`, `241`, `1e999`, `"15"`, `null`}},
	{"picamera", "/source/quality", []string{`0`, `101`, `80.5`}},
	{"picamera", "/source/rotation", []string{`90`, `-180`, `"0"`}},
	{"picamera", "/source/hflip", []string{`1`, `"yes"`, `null`}},
	{"picamera", "/source/vflip", []string{`0`}},
	{"picamera", "/source/exposure", []string{`""`, `"night"`, `5`}},
	{"picamera", "/source/shutter", []string{`20`, `"20"`, `"-1ms"`, `*"1ns"`, `*"11s"`, `*"100ms"`}},
	{"picamera", "/source/gain", []string{`0.5`, `-1`, `65`, `"2"`}},
	{"picamera", "/source/ev", []string{`-8.1`, `9`}},
	{"picamera", "/source/metering", []string{`"matrix"`}},
	{"picamera", "/source/awb", []string{`"custom"`}},
	{"picamera", "/source/brightness", []string{`-1.1`, `2`}},
	{"picamera", "/source/contrast", []string{`-1`, `16`}},
	{"picamera", "/source/saturation", []string{`-1`, `16`}},
	{"picamera", "/source/sharpness", []string{`-1`, `16`}},
	{"picamera", "/source/denoise", []string{`"on"`, `true`}},
	{"picamera", "/source/hdr", []string{`"on"`, `true`}},
	{"picamera", "/source/roi", []string{`"0,0,1"`, `"0,0,1,1 --config x"`, `"a,b,c,d"`, `[0,0,1,1]`, `null`, `*"0,0,0,1"`, `*"0.5,0,0.6,1"`, `*"-0.1,0,1,1"`}},
	{"picamera", "/source/autofocus_mode", []string{`"on"`}},
	{"picamera", "/source/lens_position", []string{`-1`, `33`, `"near"`}},
	{"picamera", "/source/device", []string{`"/dev/video0"`}},
	{"picamera", "/source/controls", []string{`{"brightness":1}`}},
}

// text returns a JSON string of n letters.
func text(n int) string { return `"` + strings.Repeat("a", n) + `"` }

// headers returns a JSON object of n headers.
func headers(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"X-%d":"y"`, i))
	}
	return "{" + strings.Join(list, ",") + "}"
}

// wrongFields sends each of the wrong values in a POST, a PUT and a PATCH, and
// expects the fault at its place, nothing stored, and a document that knew.
func wrongFields(t *testing.T, h *testHub) {
	input := readContract(t, false)
	h.add("emulated")
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"mjpeg","name":"M","enabled":false,"source":{"kind":"mjpeg","url":"http://127.0.0.1:9/"}}`)
	h.want(http.StatusCreated, "POST", "/api/v1/cameras", `{"id":"picamera","name":"P","enabled":false,"source":{"kind":"picamera"}}`)
	list, events := h.do("GET", "/api/v1/cameras", "").body, h.do("GET", "/api/v1/events", "").body
	for _, w := range wrongValues {
		for _, value := range w.values {
			value, beyond := strings.CutPrefix(value, "*")
			body := withValue(t, map[string]any{
				"name": "A", "source": map[string]any{"kind": w.kind, "url": "http://127.0.0.1:9/"},
			}, w.kind, w.pointer, value)
			if err := validateText(input, "CameraInput", body); (err == nil) != beyond {
				t.Errorf("%s: the document says %v", body, err)
			}
			h.refused(t, "POST", "/api/v1/cameras", body, w.pointer)
			h.refused(t, "PUT", "/api/v1/cameras/new", body, w.pointer)
			patch := withValue(t, map[string]any{}, "", w.pointer, value)
			if value != "null" || w.pointer == "/source" || w.pointer == "/source/kind" || w.pointer == "/name" {
				h.refused(t, "PATCH", "/api/v1/cameras/"+w.kind, patch, w.pointer)
			}
		}
	}
	if after := h.do("GET", "/api/v1/cameras", "").body; string(after) != string(list) {
		t.Errorf("cameras changed: %s", after)
	}
	if after := h.do("GET", "/api/v1/events", "").body; string(after) != string(events) {
		t.Errorf("there are new events: %s", after)
	}
}

// refused sends a body and expects faults at the pointers only.
func (h *testHub) refused(t *testing.T, method, path, body, pointer string) {
	t.Helper()
	a := h.want(http.StatusUnprocessableEntity, method, path, body)
	if got := pointers(t, a); got != pointer {
		t.Errorf("%s %.200s: faults at %q, want %q: %s", method, body, got, pointer, a.body)
	}
}

// withValue returns m as JSON with a value at a pointer. Only mjpeg has an url.
func withValue(t *testing.T, m map[string]any, kind, pointer, value string) string {
	t.Helper()
	if source, ok := m["source"].(map[string]any); ok && kind != "mjpeg" {
		delete(source, "url")
	}
	tokens := strings.Split(pointer[1:], "/")
	at := m
	for _, token := range tokens[:len(tokens)-1] {
		next, ok := at[token].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[token] = next
		}
		at = next
	}
	last := strings.NewReplacer("~1", "/", "~0", "~").Replace(tokens[len(tokens)-1])
	at[last] = json.RawMessage(value)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// validateText checks a JSON text against a schema of the document.
func validateText(c *contract, schema, body string) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	return c.validate("#/components/schemas/"+schema, v)
}

// allFaults sends one body with everything wrong.
func allFaults(t *testing.T, h *testHub) {
	a := h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/cameras", `{"id":"-","name":"","enabled":1,"mode":"x",
		"idle_timeout":5,"group":"\n","x":1,"source":{"kind":"emulated","width":1,"height":"2","fps":99,"folder":"/","y":2}}`)
	want := strings.Fields("/enabled /group /id /idle_timeout /mode /name /source/folder /source/fps /source/height /source/width /source/y /x")
	if got := strings.Fields(pointers(t, a)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	a = h.want(http.StatusUnprocessableEntity, "POST", "/api/v1/cameras", `{}`)
	if got := pointers(t, a); got != "/name /source" {
		t.Errorf("of nothing: %s", got)
	}
	a = h.want(http.StatusUnprocessableEntity, "PUT", "/api/v1/order", `{"cameras":[`+strings.Repeat(`"",`, 300_000)+`""]}`)
	if len(a.body) > 64<<10 {
		t.Errorf("the answer to 300,001 faults has %d bytes", len(a.body))
	}
	if h.ids() != "" || len(h.changes()) != 0 {
		t.Error("something is stored")
	}
}
