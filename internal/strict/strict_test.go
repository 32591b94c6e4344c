package strict

import (
	"encoding/json"
	"strings"
	"testing"

	"camhub/internal/fault"
)

func TestObject(t *testing.T) {
	type target struct {
		Text   string            `json:"text"`
		Count  int               `json:"count"`
		Ratio  float64           `json:"ratio"`
		On     bool              `json:"on"`
		Labels map[string]string `json:"labels"`
		List   []string          `json:"list"`
		Maybe  *int              `json:"maybe"`
		Hidden string            `json:"-"`
	}
	tests := []struct{ name, in, want string }{
		{"good", `{"text":"a","count":1,"ratio":0.5,"on":true,"labels":{"a":"b"},"list":["x"],"maybe":null}`, ""},
		{"nothing", `{}`, ""},
		{"not an object", `[1]`, "/at must be an object"},
		{"null", `null`, "/at must be an object"},
		{"unknown", `{"Text":"case counts"}`, "/at/Text is not a known field; known are count, labels, list, maybe, on, ratio, text"},
		{"hidden", `{"Hidden":"x"}`, "/at/Hidden is not a known field; known are count, labels, list, maybe, on, ratio, text"},
		{"string", `{"text":1}`, "/at/text must be a string, not number"},
		{"whole", `{"count":1.5}`, "/at/count must be a whole number, not number 1.5"},
		{"too large", `{"count":99999999999999999999}`, "/at/count must be a whole number, not number 99999999999999999999"},
		{"far too large", `{"count":` + strings.Repeat("9", 1000) + `}`, "/at/count must be a whole number, not number " + strings.Repeat("9", 33) + "…"},
		{"number", `{"ratio":"x"}`, "/at/ratio must be a number, not string"},
		{"bool", `{"on":"x"}`, "/at/on must be true or false, not string"},
		{"map", `{"labels":[]}`, "/at/labels must be an object, not array"},
		{"map value", `{"labels":{"a":1}}`, "/at/labels must be a string, not number"},
		{"list", `{"list":{}}`, "/at/list must be a list, not object"},
		{"no null", `{"text":null}`, "/at/text must not be null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v target
			fs := fault.Fields(Object([]byte(tt.in), &v, "/at"))
			got := ""
			for _, f := range fs {
				got += f.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestKeepsDefaults shows that absent and faulty keys leave the defaults alone.
func TestKeepsDefaults(t *testing.T) {
	v := struct {
		A int `json:"a"`
		B int `json:"b"`
	}{A: 1, B: 2}
	errs := Object([]byte(`{"b":"x","c":1}`), &v, "")
	if len(fault.Fields(errs)) != 2 || v.A != 1 || v.B != 2 {
		t.Errorf("got %+v, %v", v, errs)
	}
}

// Shared is options that several kinds have.
type Shared struct {
	URL    string `json:"url"`
	Name   string `json:"name"`
	hidden string
}

// TestEmbedded shows that the fields of an embedded struct are the struct's
// own, for this package as for encoding/json.
func TestEmbedded(t *testing.T) {
	type target struct {
		Shared
		Name  string `json:"name"`
		Count int    `json:"count"`
	}
	v := target{Shared: Shared{hidden: "kept"}}
	errs := Object([]byte(`{"url":"u","name":"n","count":1}`), &v, "")
	if errs.ErrorOrNil() != nil || v.URL != "u" || v.Name != "n" || v.Shared.Name != "" || v.Count != 1 || v.hidden != "kept" {
		t.Errorf("got %+v, %v", v, errs)
	}
	errs = Object([]byte(`{"url":1,"Shared":{},"hidden":"x"}`), &v, "/at")
	want := []string{"/at/Shared is not a known field; known are count, name, url",
		"/at/hidden is not a known field; known are count, name, url", "/at/url must be a string, not number"}
	for i, f := range fault.Fields(errs) {
		if i >= len(want) || f.Error() != want[i] {
			t.Errorf("fault %d: %v", i, f)
		}
	}
	if len(fault.Fields(errs)) != len(want) {
		t.Errorf("got %v", errs)
	}
}

// FuzzObject decodes objects: what is taken is what encoding/json takes, and every
// fault has a pointer below the given one.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{`{"text":"a","list":["x"]}`, `{"Text":1}`, `{"a/b~c":{}}`, `null`, `[`, `{"count":1e3}`, `{"labels":{"a":null}}`, `{"maybe":null,"text":null}`} {
		f.Add([]byte(seed))
	}
	type target struct {
		Text   string            `json:"text"`
		Count  int               `json:"count"`
		Labels map[string]string `json:"labels"`
		List   []string          `json:"list"`
		Maybe  *int              `json:"maybe"`
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v, plain target
		errs := Object(b, &v, "/at")
		if errs == nil {
			if err := json.Unmarshal(b, &plain); err != nil {
				t.Errorf("%q is taken: %v", b, err)
			}
			return
		}
		for _, fd := range fault.Fields(errs) {
			if !strings.HasPrefix(fd.Pointer, "/at") || fd.Detail == "" {
				t.Errorf("%q: fault %+v", b, fd)
			}
		}
	})
}
