package route

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"camhub/internal/fault"
)

func TestRepeatedKeys(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1,"a":1}`:                           "/a",
		`{"a":1,"\u0061":2}`:                      "/a",
		`{"a":{"b":[{},{"c":{},"c":{}}]},"a":1}`:  "/a/b/1/c",
		`[[],[1,2],{"x/y~":1,"z":2,"x/y~":3}]`:    "/2/x~1y~0",
		`{"":1,"":2}`:                             "/",
		`{"a":"a","b":{"a":1},"c":[{"a":1},"a"]}`: "none",
		`{"a":1,"A":2}`:                           "none",
		`"a"`:                                     "none",
		`[]`:                                      "none",
		`{"a":1e999,"b":{},"b":1}`:                "/b",
	} {
		got, found := repeated([]byte(in))
		if !found {
			got = "none"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestBodiesOfTwoMeanings sends what a program in front could read as something
// else.
func TestBodiesOfTwoMeanings(t *testing.T) {
	read := func(body string, header ...string) error {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		_, err := ReadJSON(httptest.NewRecorder(), r, TypeJSON)
		return err
	}
	if err := read(`{"a":1}`, "Content-Encoding", "identity"); err != nil {
		t.Error(err)
	}
	for _, coding := range []string{"gzip", "deflate", "br", "zstd", "identity, gzip", "x"} {
		if err := read(`{}`, "Content-Encoding", coding); fault.KindOf(err) != fault.MediaType {
			t.Errorf("%s: %v", coding, err)
		}
	}
	if err := read(`{}`, "Content-Encoding", "identity", "Content-Encoding", "gzip"); fault.KindOf(err) != fault.MediaType {
		t.Errorf("in two lines: %v", err)
	}
	err := read(`{"role":"viewer","role":"admin"}`)
	if fs := fault.Fields(err); fault.KindOf(err) != fault.Invalid || len(fs) != 1 || fs[0].Pointer != "/role" {
		t.Errorf("got %v", err)
	}
}

// FuzzReadJSON reads bodies: what is taken is JSON that says everything once.
func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":null}],"c":"\u0000"}`, `{"a":1,"a":2}`, `[[[[`, `1e999`, "\xff", `"\ud800"`, ` {} `, `{}{}`} {
		f.Add([]byte(seed), TypeJSON)
	}
	f.Add([]byte(`{}`), `application/json; charset="`)
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		b, err := ReadJSON(httptest.NewRecorder(), r, TypeJSON)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil && !strings.Contains(err.Error(), "cannot unmarshal number") {
			t.Errorf("%q is taken: %v", body, err)
		}
		if at, found := repeated(b); found {
			t.Errorf("%q is taken with %s twice", body, at)
		}
	})
}
