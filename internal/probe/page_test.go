package probe

import (
	"slices"
	"strings"
	"testing"
)

func TestReadPage(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // likeliest first
	}{
		{"picture before link", `<a href="/video.html">v</a><a href="stream.mjpg">s</a><img src="live.mjpg">`,
			[]string{"http://h/a/live.mjpg", "http://h/a/stream.mjpg", "http://h/video.html"}},
		{"another host", `<img src="http://evil/x.mjpg"><img src="//evil/x.mjpg"><img src="http://h@evil/x.mjpg"><img src="http://h.evil/x.mjpg">`, nil},
		{"another port of the host", `<img src="http://h:81/stream">`, []string{"http://h:81/stream"}},
		{"another scheme", `<img src="javascript:mjpg"><img src="data:image/jpeg;base64,mjpg"><img src="file:///x.mjpg"><img src="ftp://h/x.mjpg">`, nil},
		{"user name in it", `<img src="http://u:p@h/x.mjpg">`, []string{"http://h/x.mjpg"}},
		{"query byte for byte", `<img src="/x.mjpg?a=100%&amp;b=%zz&&&c">`, []string{"http://h/x.mjpg?a=100%&b=%zz&&&c"}},
		{"base", `<base href="/other/"><img src="x.mjpg">`, []string{"http://h/other/x.mjpg"}},
		{"base of another host", `<base href="http://evil/"><img src="x.mjpg">`, []string{"http://h/a/x.mjpg"}},
		{"script", `<script>var a="/cam.mjpeg"; img.src = '/get?action=stream&n=1'; x = "jpeg images are nice"</script>`,
			[]string{"http://h/get?action=stream&n=1", "http://h/cam.mjpeg"}},
		{"what does something", `<a href="/stream/reboot">x</a><img src="/logout?stream"><a href="/camera/delete">x</a>`, nil},
		{"decoration", `<img src="logo.jpg"><img src="cam.png"><script src="mjpeg.js"></script><link href="stream.css">`, nil},
		{"cut", `<img src="x.mjpg"><img src="y.mj`, []string{"http://h/a/x.mjpg"}},
		{"twice", `<img src="x.mjpg"><a href="x.mjpg#top">x</a>`, []string{"http://h/a/x.mjpg"}},
		{"bad addresses", `<img src="http://[::1/x.mjpg"><img src="/%zz.mjpg"><img src="` + strings.Repeat("mjpg", 1000) + `">`, nil},
	}
	for _, tt := range tests {
		var got []string
		for _, l := range readPage("http://h/a/b", []byte(tt.text)).links {
			got = append(got, l.url)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	p := readPage("http://h/", []byte("<title>\n A  \xff camera "+strings.Repeat("x", 500)+"</title><form><INPUT TYPE=Password>"))
	if !p.login || !strings.HasPrefix(p.title, "A camera x") || len(p.title) != maxTitle {
		t.Errorf("%+v", p)
	}
	if p := readPage("http://h/%zz", []byte(`<img src="x.mjpg">`)); p.links != nil {
		t.Errorf("an address that can't be taken apart: %+v", p)
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add("http://h/", []byte(`<base href=x><img src="a.mjpg"><script>"b.mjpg"</script><iframe src=c>`))
	f.Fuzz(func(t *testing.T, address string, text []byte) {
		for _, l := range readPage(address, text).links {
			if got, want := parseTarget(l.url).host, parseTarget(address).host; got == "" || !strings.HasPrefix(l.url, "http") || strings.Contains(got, "@") {
				t.Errorf("%q in %q, of %q", l.url, address, want)
			}
		}
	})
}

func TestTargets(t *testing.T) {
	tests := []struct{ in, first, covered, not string }{
		{"cam", "http://cam/", "https://cam/x", "http://cam2/"},
		{"cam:81", "http://cam:81/", "https://cam:81/x", "http://cam/"},
		{"cam:443", "https://cam/", "https://cam/x", "http://cam/x"},
		{"CAM/a?b", "http://cam/a?b", "http://cam:8080/", "http://other/"},
		{"//cam/a", "http://cam/a", "http://cam/", "http://other/"},
		{"u:p@cam:81/a@b", "http://cam:81/a@b", "http://cam:81/", "http://cam/"},
		{"[::1]:81", "http://[::1]:81/", "http://[::1]:81/", "http://[::1]/"},
		{"[fe80::1]", "http://[fe80::1]/", "http://[fe80::1]:8080/", "http://[fe80::2]/"},
		{"http://cam", "http://cam/", "http://CAM:80/x", "https://cam/"},
		{"https://cam/x", "https://cam/x", "https://cam:443/", "http://cam:443/"},
		{"http://cam:8080/x?y=http://z/", "http://cam:8080/x?y=http://z/", "http://cam:8080", "http://z/"},
	}
	for _, tt := range tests {
		target := parseTarget(tt.in)
		if got := target.starts()[0]; got != tt.first {
			t.Errorf("%s: begins with %s, want %s", tt.in, got, tt.first)
		}
		if !target.covers(tt.covered) || target.covers(tt.not) {
			t.Errorf("%s: covers %s: %v, %s: %v", tt.in, tt.covered, target.covers(tt.covered), tt.not, target.covers(tt.not))
		}
	}
}

func TestMask(t *testing.T) {
	m := masker{strings.NewReplacer("hunter2", hidden)}
	for in, want := range map[string]string{
		"http://h/v":                          "http://h/v",
		"http://h/v?usr=a&pwd=b&x=1":          "http://h/v?usr=a&pwd=***&x=1",
		"http://h/S?Video?Acc=U?Pwd=P?w=R":    "http://h/S?Video?Acc=U?Pwd=***?w=R",
		"http://h/v?token=a=b;API_KEY=c&&&pw": "http://h/v?token=***;API_KEY=***&&&pw",
		"http://h/hunter2/v?a=hunter2":        "http://h/***/v?a=***",
		"http://h/v?":                         "http://h/v?",
	} {
		if got := m.url(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestDevices holds the table to its rules: addresses that can be asked, and
// marks that can be met.
func TestDevices(t *testing.T) {
	names := make(map[string]bool)
	for _, d := range devices {
		if names[d.name] || len(d.marks) == 0 || len(d.streams)+len(d.snapshots) == 0 && d.advice == "" {
			t.Errorf("%s", d.name)
		}
		names[d.name] = true
		for _, mark := range d.marks {
			if mark != strings.ToLower(mark) || len(mark) < 3 {
				t.Errorf("%s: the mark %q", d.name, mark)
			}
		}
		p := newPlan()
		p.addDevice(parseTarget("cam"), "http://cam/", &d, true)
		if len(p.queue) != len(d.streams)+len(d.snapshots) {
			t.Errorf("%s: %d addresses of %d: one is given twice", d.name, len(p.queue), len(d.streams)+len(d.snapshots))
		}
		for _, c := range p.queue {
			in, errs := decodeAddress([]byte(`{"url":"` + c.url + `"}`))
			if errs.ErrorOrNil() != nil || in.options.URL != c.url || namesSecret(c.url) {
				t.Errorf("%s: %s: %v", d.name, c.url, errs)
			}
		}
	}
}
