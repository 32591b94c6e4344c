package upstream

import "testing"

func TestResolve(t *testing.T) {
	from := address{"http", "h:81", "/a/b.cgi?x=/y"}
	for location, want := range map[string]string{
		"https://o/v?a%&&": "https://o/v?a%&&",
		"//o:8080/v":       "http://o:8080/v",
		"/v?q":             "http://h:81/v?q",
		"v?q=http://x/":    "http://h:81/a/v?q=http://x/",
		"?q":               "http://h:81/a/b.cgi?q",
		"http://u:p@o":     "http://o/",
		"#x":               "http://h:81/a/b.cgi",
		"":                 "",
		"ftp://o/":         "",
		"file:///etc":      "",
		"javascript:x":     "",
		"http://o/\r\nX:":  "",
	} {
		got, err := from.resolve(location)
		if want == "" && err == nil || want != "" && (err != nil || got.String() != want) {
			t.Errorf("%q: %s, %v, want %q", location, got, err, want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("http://u:p@h:80/a%?b?c#d")
	f.Add("https://[::1]?x")
	f.Fuzz(func(t *testing.T, raw string) {
		a, _, err := parseAddress(raw)
		if err != nil {
			return
		}
		b, userinfo, err := parseAddress(a.String())
		if err != nil || a != b || userinfo != nil {
			t.Fatalf("%q becomes %q, then %q, %v, %v", raw, a, b, userinfo, err)
		}
		if a.host == "" || a.target[0] != '/' {
			t.Fatalf("%+v", a)
		}
	})
}
