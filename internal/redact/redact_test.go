package redact

import (
	"fmt"
	"strings"
	"testing"
)

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"http://10.0.0.5/video":                      "http://10.0.0.5/video",
		"http://u:p@10.0.0.5:81/video":               "http://***@10.0.0.5:81/video",
		"http://u:p@ss/w@10.0.0.5/":                  "http://***@10.0.0.5/",
		"http://u:p@s@10.0.0.5/":                     "http://***@10.0.0.5/",
		"rtsp://u:p@h":                               "rtsp://***@h",
		"http://h/x?usr=a&pwd=b":                     "http://h/x?usr=***&pwd=***",
		"http://h/x?Video?Acc=U?Pwd=P":               "http://h/x?***?Acc=***?Pwd=***",
		"http://h?s3cret":                            "http://h?***",
		"http://h/x?a=&b;c=d#token":                  "http://h/x?a=&***;c=***#***",
		"http://h/x?a=b=c":                           "http://h/x?a=***",
		"/cgi?pwd=x":                                 "/cgi?pwd=***",
		"u:p@h/x":                                    "***@h/x",
		"":                                           "",
		"http://[::1]:80/@x":                         "http://[::1]:80/@x",
		"http://10.0.0.5:81/@x?a=b@c":                "http://10.0.0.5:81/@x?a=***",
		"http://u:se/cret@h/x@y":                     "http://***@y",
		"http://u:se/cret@h:80/v":                    "http://***@h:80/v",
		"http://u:12/34@h":                           "http://***@h",
		"http://to/ken@h":                            "http://***@h",
		"http://u:se?cr/et@h/v":                      "http://***",
		"http://u:se#cr/et@h/v":                      "http://***",
		"http://u:se/cr?et@h/v":                      "http://***",
		"http://h:80/x?mail=a@b":                     "http://h:80/x?mail=***",
		"http://h/x?mail=a@b#c@d":                    "http://h/x?mail=***#***",
		"http://h/x?url=http://u:p@other/?pwd=again": "http://h/x?url=***?pwd=***",
	} {
		if got := URL(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	for in, want := range map[string]string{
		"http://cam.local:81/v": "cam.local:81", "http://u:p@10.0.0.5/v": "10.0.0.5", "http://u:se/cret@h/v": "h", "http://h?x": "h",
		"http://u:se?cret@h/v": "", "http://[::1]:80/@x": "[::1]:80", "cam/x": "", "": "",
	} {
		if got := Host(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	in := `dial "http://u:secret1@h/a?pwd=secret2": no answer (rtsp://secret3@x/y).`
	want := `dial "http://***@h/a?pwd=***": no answer (rtsp://***@x/y).`
	if got := Text(in); got != want {
		t.Errorf("got %s", got)
	}
}

// TestQuotationMarks hides what stands behind them in an address.
func TestQuotationMarks(t *testing.T) {
	for in, want := range map[string]string{
		`Get "http://h/?pwd=a'secret1": refused`:            `Get "http://h/?pwd=***": refused`,
		fmt.Sprintf("Get %q: refused", `http://h/?a=b"c`):   `Get "http://h/?a=***": refused`,
		`u:secret1@h is no address, http://u:a'b@h/ is one`: `u:secret1@h is no address, http://***@h/ is one`,
	} {
		if got := Text(in); got != want {
			t.Errorf("%s becomes %s", in, got)
		}
	}
	for in, want := range map[string]string{
		`http://h/v?pwd=a"b'c<d>e f&x=1`: "http://h/v?pwd=***&x=***", "see http://u:p@h/": "see http://***@h/", "/dev/video0": "/dev/video0",
	} {
		if got := Value(in); got != want {
			t.Errorf("%s becomes %s", in, got)
		}
	}
}

func FuzzURL(f *testing.F) {
	f.Add("http://u:", "p", "@h/x?a=")
	f.Fuzz(func(t *testing.T, before, _, after string) {
		const planted = "plantedsecret"
		if strings.ContainsAny(before, "/?#@:") || strings.ContainsAny(after, "/?#@ ") {
			return
		}
		for _, in := range []string{
			"http://u:" + planted + "@" + after + "/x", "http://h/" + before + "?a=" + planted + after, "http://h/x#" + planted,
		} {
			if got := URL(in); strings.Contains(got, planted) {
				t.Errorf("%q became %q", in, got)
			}
		}
	})
}
