package snapshot

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"camhub/internal/fault"
	"camhub/internal/source"
)

func TestParse(t *testing.T) {
	tests := map[string]string{
		Kind.Example:             `{"url":"http://10.0.0.5/snapshot.jpg","username":"u","password":"p","tls_insecure":false,"headers":{},"max_frame_bytes":16777216,"interval":"1s"}`,
		`{"url":"http://a:b@h"}`: `{"url":"http://h/","username":"a","password":"b","tls_insecure":false,"headers":{},"max_frame_bytes":16777216,"interval":"1s"}`,
		`{"url":"http://h","interval":"60m","max_frame_bytes":65536}`: `{"url":"http://h/","username":"","password":"","tls_insecure":false,"headers":{},"max_frame_bytes":65536,"interval":"1h0m0s"}`,
	}
	for in, want := range tests {
		for range 2 { // its own form means the same
			cfg, errs := Kind.Parse([]byte(in))
			if errs.ErrorOrNil() != nil {
				t.Fatalf("%s: %v", in, errs)
			}
			got, err := json.Marshal(cfg)
			if err != nil || string(got) != want {
				t.Errorf("%s:\n got %s %v\nwant %s", in, got, err, want)
			}
			in = string(got)
		}
	}
}

func TestParseReportsAllFaults(t *testing.T) {
	tests := map[string][]string{
		`{}`:                                     {"/source/url"},
		`{"url":"http://h","interval":"49ms"}`:   {"/source/interval"},
		`{"url":"http://h","interval":"1h0.1s"}`: {"/source/interval"},
		`{"url":"http://h","interval":1}`:        {"/source/interval"},
		`{"url":"x","interval":"0s","colour":1,"headers":{"Host":"x"}}`: {
			"/source/colour", "/source/url", "/source/headers/Host", "/source/interval"},
	}
	for in, want := range tests {
		cfg, errs := Kind.Parse([]byte(in))
		var got []string
		for _, f := range fault.Fields(errs.ErrorOrNil()) {
			got = append(got, f.Pointer)
		}
		if !slices.Equal(got, want) || cfg != nil {
			t.Errorf("%s: faults at %q, want %q", in, got, want)
		}
	}
}

func TestPatience(t *testing.T) {
	cfg, errs := Kind.Parse([]byte(`{"url":"http://h","interval":"1m"}`))
	if errs.ErrorOrNil() != nil {
		t.Fatal(errs)
	}
	if p, ok := cfg.Open(source.Env{}).(source.Patient); !ok || p.Patience() != time.Minute {
		t.Error("no patience")
	}
}
