package mjpeg

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"camhub/internal/fault"
)

func TestParseFillsDefaults(t *testing.T) {
	tests := map[string]string{
		`{"url":"http://h/video"}`: `{"url":"http://h/video","username":"","password":"","tls_insecure":false,"headers":{},"max_frame_bytes":16777216}`,
		`{"url":"HTTP://h"}`:       `{"url":"http://h/","username":"","password":"","tls_insecure":false,"headers":{},"max_frame_bytes":16777216}`,
		// Credentials never stay in the URL.
		`{"url":"https://us%20er:p%40ss:w@h:8443/v?a=b","tls_insecure":true}`: `{"url":"https://h:8443/v?a=b","username":"us er","password":"p@ss:w","tls_insecure":true,"headers":{},"max_frame_bytes":16777216}`,
		`{"url":"http://a@b:c@d@[::1]/","password":"old"}`:                    `{"url":"http://[::1]/","username":"a@b","password":"c@d","tls_insecure":false,"headers":{},"max_frame_bytes":16777216}`,
		// Paths and queries stay as they were typed.
		`{"url":"http://h:81/m?x1=100%&y1=100%&a b"}`:               ``,
		`{"url":"http://h/cgi-bin/Stream?Video?Acc=U?Pwd=P?w=R0%"}`: `{"url":"http://h/cgi-bin/Stream?Video?Acc=U?Pwd=P?w=R0%","username":"","password":"","tls_insecure":false,"headers":{},"max_frame_bytes":16777216}`,
		`{"url":"http://h/x@y/a%zz/../b//c?10&10&&&10"}`:            `{"url":"http://h/x@y/a%zz/../b//c?10\u002610\u0026\u0026\u002610","username":"","password":"","tls_insecure":false,"headers":{},"max_frame_bytes":16777216}`,
		`{"url":"http://h?action=stream","headers":{"X-A":"b"}}`:    `{"url":"http://h/?action=stream","username":"","password":"","tls_insecure":false,"headers":{"X-A":"b"},"max_frame_bytes":16777216}`,
	}
	for in, want := range tests {
		cfg, errs := Kind.Parse([]byte(in))
		if want == "" {
			if errs.ErrorOrNil() == nil {
				t.Errorf("%s: accepted", in)
			}
			continue
		}
		if errs.ErrorOrNil() != nil {
			t.Errorf("%s: %v", in, errs)
			continue
		}
		got, err := json.Marshal(cfg)
		if err != nil || string(got) != want {
			t.Errorf("%s:\n got %s %v\nwant %s", in, got, err, want)
		}
		again, errs := Kind.Parse(got)
		if errs.ErrorOrNil() != nil {
			t.Errorf("%s: its own form is refused: %v", in, errs)
			continue
		}
		if b, _ := json.Marshal(again); string(b) != want {
			t.Errorf("%s: its own form becomes %s", in, b)
		}
	}
}

func TestParseReportsAllFaults(t *testing.T) {
	long := strings.Repeat("x", 5000)
	tests := map[string][]string{
		`[]`:                             {"/source", "/source/url"},
		`{}`:                             {"/source/url"},
		`{"url":5}`:                      {"/source/url"},
		`{"url":"video"}`:                {"/source/url"},
		`{"url":"rtsp://h/"}`:            {"/source/url"},
		`{"url":"http://"}`:              {"/source/url"},
		`{"url":"http:///video"}`:        {"/source/url"},
		`{"url":"http://:80/"}`:          {"/source/url"},
		`{"url":"http://h:0/"}`:          {"/source/url"},
		`{"url":"http://h:65536/"}`:      {"/source/url"},
		`{"url":"http://h:/"}`:           {"/source/url"},
		`{"url":"http://h:a/"}`:          {"/source/url"},
		`{"url":"http://h/a b"}`:         {"/source/url"},
		`{"url":"http://h/\r\nX: y"}`:    {"/source/url"},
		`{"url":"http://h/\u0000"}`:      {"/source/url"},
		`{"url":"http://` + long + `/"}`: {"/source/url"},
		`{"url":"http://h/","username":"a\nb","password":"a\u007fb","max_frame_bytes":1}`: {"/source/username", "/source/password", "/source/max_frame_bytes"},
		`{"url":"http://h/","username":"a:b"}`:                                            {"/source/username"},
		`{"url":"http://u%0a:p@h/"}`:                                                      {"/source/username"},
		`{"url":"http://h/","password":"` + long + `"}`:                                   {"/source/password"},
		`{"url":"http://h/","max_frame_bytes":67108865}`:                                  {"/source/max_frame_bytes"},
		`{"url":"http://h/","max_frame_bytes":1.5}`:                                       {"/source/max_frame_bytes"},
		`{"url":"http://h/","tls_insecure":"yes"}`:                                        {"/source/tls_insecure"},
		`{"url":"http://h/","colour":1,"headers":{"Host":"x","a/b c":"x","X-A":"1","x-a":"2","B":"x\ny","C":" x"}}`: {
			"/source/colour", "/source/headers/B", "/source/headers/C", "/source/headers/Host", "/source/headers/a~1b c", "/source/headers/x-a"},
		`{"url":"http://h/","headers":{"content-length":"5"}}`: {"/source/headers/content-length"},
		`{"url":"http://h/","headers":{"":"5"}}`:               {"/source/headers/"},
		`{"url":"http://h/","headers":{"X":"` + long + `"}}`:   {"/source/headers/X"},
		`{"url":"http://h/","headers":[]}`:                     {"/source/headers"},
	}
	for in, want := range tests {
		cfg, errs := Kind.Parse([]byte(in))
		var got []string
		for _, f := range fault.Fields(errs.ErrorOrNil()) {
			got = append(got, f.Pointer)
			if strings.ContainsAny(f.Detail, "\r\n\x00") || len(f.Detail) > 200 {
				t.Errorf("%.60s: detail %q", in, f.Detail)
			}
		}
		if !slices.Equal(got, want) || cfg != nil {
			t.Errorf("%.60s: faults at %q, want %q", in, got, want)
		}
	}
}

func TestKindExampleIsAccepted(t *testing.T) {
	if _, errs := Kind.Parse([]byte(Kind.Example)); errs.ErrorOrNil() != nil {
		t.Error(errs)
	}
}
