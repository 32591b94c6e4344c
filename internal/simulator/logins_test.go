package simulator

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// TestForeignLogin lets curl log in to all cameras that ask for it in a way
// that curl knows, and checks that it must.
func TestForeignLogin(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip(err)
	}
	const full = "/dev/full" // takes no picture, so that curl ends at the first one
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	addr := startServer(t)
	ask := func(target, user string) string {
		out, err := exec.CommandContext(t.Context(), curl, "-s", "-g", "--path-as-is", "--anyauth", "-u", user, "-o", full, "-m", "60", "-w", "%{http_code}", "http://"+addr+target).Output()
		if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
			t.Error(err)
		}
		return string(out)
	}
	var wg sync.WaitGroup
	for _, name := range []string{
		"basic", "digest", "digest_noqop", "digest_authint", "digest_opaque", "digest_sha256", "digest_md5sess",
		"digest_sha256sess", "digest_case", "digest_unquoted", "digest_query", "digest_stale", "digest_conn", "digest_close",
	} {
		wg.Go(func() {
			target := lookup(name).target
			if got := ask(target, userName+":wrong"); got != "401" {
				t.Errorf("%s with a wrong password: %s", name, got)
			}
			if got := ask(target, userName+":"+password); got != "200" {
				t.Errorf("%s: %s", name, got)
			}
		})
	}
	wg.Wait()
}

// TestNoncesAreCounted replays a login, which must not work.
func TestNoncesAreCounted(t *testing.T) {
	v := dial(t, startServer(t))
	v.ask("/digest_snapshots")
	resp, _ := v.answer()
	nonce := regexp.MustCompile(`nonce="(\w+)"`).FindStringSubmatch(resp.Header.Get("WWW-Authenticate"))
	if nonce == nil {
		t.Fatalf("challenge %q", resp.Header)
	}
	ask := func(count int) (status int, stale bool) {
		p := map[string]string{"nonce": nonce[1], "uri": "/digest_snapshots", "nc": fmt.Sprintf("%08x", count), "cnonce": "c", "qop": "auth"}
		v.ask(p["uri"], fmt.Sprintf(`Authorization: Digest username=%q, realm="camera", nonce=%q, uri=%q, nc=%s, cnonce="c", qop=auth, response=%q`,
			userName, p["nonce"], p["uri"], p["nc"], digest{qop: "auth"}.response("GET", p)))
		resp, _ := v.answer()
		return resp.StatusCode, strings.Contains(resp.Header.Get("WWW-Authenticate"), "stale=true")
	}
	for i, step := range []struct {
		count, status int
	}{{1, 200}, {1, 401}, {2, 200}, {7, 200}, {8, 401}} { // good for three
		if status, stale := ask(step.count); status != step.status || stale != (status == 401) {
			t.Errorf("step %d, count %d: %d, stale %v", i, step.count, status, stale)
		}
	}
}

// TestDigestResponse is the example of RFC 2617 3.5, with our user: the last
// hash is the one of the method and the address.
func TestDigestResponse(t *testing.T) {
	p := map[string]string{"uri": "/dir/index.html", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "nc": "00000001", "cnonce": "0a4f113b", "qop": "auth"}
	d := digest{qop: "auth"}
	want := d.hash(d.hash(userName+":camera:"+password) + ":dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:0a4f113b:auth:" + "39aff3a2bab6126f332b942af96d3366")
	if got := d.response("GET", p); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParameters(t *testing.T) {
	p := parameters(`username="a\"b, c", realm=x, URI="/a?b=c,d" , nc=00000001,response=""`)
	for name, want := range map[string]string{"username": `a"b, c`, "realm": "x", "uri": "/a?b=c,d", "nc": "00000001", "response": ""} {
		if p[name] != want {
			t.Errorf("%s is %q, want %q", name, p[name], want)
		}
	}
	for _, s := range []string{"", "x", `x="`, `x="\`, "=,=", `x="a`} {
		parameters(s) // ends
	}
}

func TestSnapshotsHaveConditions(t *testing.T) {
	v := dial(t, startServer(t))
	for _, test := range []struct{ name, header, condition string }{
		{"snap_etag", "ETag", "If-None-Match"}, {"snap_modified", "Last-Modified", "If-Modified-Since"},
	} {
		got304 := false
		for range 5 { // the picture may change between two requests
			v.ask("/" + test.name)
			resp, body := v.answer()
			if camera, _, err := Read([]byte(body)); camera != test.name || err != nil {
				t.Fatalf("%s: %q, %v", test.name, camera, err)
			}
			v.ask("/"+test.name, test.condition+": "+resp.Header.Get(test.header))
			if resp, body := v.answer(); resp.StatusCode == http.StatusNotModified && body == "" {
				got304 = true
				break
			}
		}
		if !got304 {
			t.Errorf("%s never answers 304", test.name)
		}
	}
	v.ask("/snap_etag", `If-None-Match: "picture-0"`)
	if resp, _ := v.answer(); resp.StatusCode != http.StatusOK {
		t.Errorf("an old picture: %d", resp.StatusCode)
	}
}

// TestRedirectsKeepCredentialsHome counts a viewer that sends its login to
// another port.
func TestRedirectsKeepCredentialsHome(t *testing.T) {
	addr := startServer(t)
	v := dial(t, addr)
	v.ask("/redirect_port", "Connection: close")
	resp, _ := v.answer()
	there, err := resp.Location()
	if err != nil || there.Host == addr {
		t.Fatalf("%v, %v", there, err)
	}
	v.Close()
	leaky := dial(t, there.Host)
	leaky.ask("/redirect_port", "Authorization: Basic eDp5", "Connection: close")
	if _, body := leaky.answer(); strings.Contains(body, "--frame") {
		t.Error("it gets pictures")
	}
	leaky.Close()
	good := dial(t, there.Host)
	good.ask("/redirect_port")
	good.until("--frame\r\n")
	if c := fetchCounts(t, addr, "redirect_port"); c.Leaks != 1 || c.MostAtOnce != 1 || c.Connections != 3 {
		t.Errorf("counts %+v", c)
	}
}
