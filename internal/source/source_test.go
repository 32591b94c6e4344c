package source

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/camera"
	"camhub/internal/fault"
	"camhub/internal/strict"
)

// options is a kind with a secret text and secret headers.
type options struct {
	URL      string            `json:"url"`
	Password string            `json:"password"`
	Headers  map[string]string `json:"headers"`
}

func (options) Open(Env) Source { return nil }

var kinds = Kinds{{
	Name: "net", Secrets: []string{"password", "headers"},
	Parse: func(b json.RawMessage) (Config, *multierror.Error) {
		o := options{URL: "http://default/", Headers: map[string]string{}}
		return o, strict.Object(b, &o, "/source")
	},
}}

func decode(t *testing.T, text string) camera.Source {
	t.Helper()
	var s camera.Source
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func encode(t *testing.T, s camera.Source) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRedact(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"set", `{"kind":"net","url":"u","password":"secret","headers":{"X-Key":"secret","A":"secret"}}`,
			`{"kind":"net","headers_set":["A","X-Key"],"password_set":true,"url":"u"}`},
		{"empty", `{"kind":"net","password":"","headers":{}}`, `{"kind":"net","headers_set":[],"password_set":false}`},
		{"absent", `{"kind":"net"}`, `{"kind":"net","headers_set":false,"password_set":false}`},
		{"unknown kind", `{"kind":"x","password":"secret"}`, `{"kind":"x"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := encode(t, kinds.Redact(decode(t, tt.in))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestInherit(t *testing.T) {
	old := `{"kind":"net","url":"u","password":"old","headers":{"A":"1"}}`
	tests := []struct{ name, in, old, want string }{
		{"left out is kept", `{"kind":"net","url":"v"}`, old, `{"kind":"net","headers":{"A":"1"},"password":"old","url":"v"}`},
		{"given wins", `{"kind":"net","password":"new"}`, old, `{"kind":"net","headers":{"A":"1"},"password":"new"}`},
		{"empty wins", `{"kind":"net","password":"","headers":{}}`, old, `{"kind":"net","headers":{},"password":""}`},
		{"null removes", `{"kind":"net","password":null}`, old, `{"kind":"net","headers":{"A":"1"}}`},
		{"what was shown comes back", `{"kind":"net","password_set":true,"headers_set":["A"]}`, old, `{"kind":"net","headers":{"A":"1"},"password":"old"}`},
		{"nothing to keep", `{"kind":"net"}`, `{"kind":"x"}`, `{"kind":"net"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := encode(t, kinds.Inherit(decode(t, tt.in), decode(t, tt.old))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestNormalize(t *testing.T) {
	got, errs := kinds.Normalize(decode(t, `{"password":"p","kind":"net"}`))
	if want := `{"kind":"net","headers":{},"password":"p","url":"http://default/"}`; errs != nil || encode(t, got) != want {
		t.Errorf("got %s, %v", encode(t, got), errs)
	}
	_, errs = kinds.Normalize(decode(t, `{"kind":"net","url":1,"colour":"red"}`))
	if fs := fault.Fields(errs); len(fs) != 2 || fs[0].Pointer != "/source/colour" || fs[1].Pointer != "/source/url" {
		t.Errorf("got %v", fs)
	}
	_, errs = kinds.Normalize(decode(t, `{"kind":"nope"}`))
	if fs := fault.Fields(errs); len(fs) != 1 || fs[0].Pointer != "/source/kind" {
		t.Errorf("got %v", fs)
	}
}
