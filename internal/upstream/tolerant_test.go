package upstream

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"camhub/internal/rawpeer"
)

const multi = "Content-Type: multipart/x-mixed-replace; boundary=frame\r\n"

// inChunks writes body in chunks of n bytes, each with a line end behind it.
func inChunks(body string, n int, lineEnd string) string {
	s := ""
	for len(body) > 0 {
		k := min(n, len(body))
		s += fmt.Sprintf("%x\r\n%s%s", k, body[:k], lineEnd)
		body = body[k:]
	}
	return s
}

// TestMalformedAnswers goes through what net/http refuses or cuts. Each camera
// is asked twice: at the second time one connection must do.
func TestMalformedAnswers(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	type answer struct {
		text   string
		quirks []string
	}
	tests := map[string]answer{
		"ICY":                     {"ICY 200 OK\r\n" + multi + "\r\n" + body, []string{MalformedStatusLine}},
		"no version":              {"HTTP 200 OK\r\n" + multi + "\r\n" + body, []string{MalformedStatusLine}},
		"lower case":              {"http/1.1 200 ok\r\n" + multi + "\r\n" + body, []string{MalformedStatusLine}},
		"no reason, dashes":       {"HTTP/1.1 200-OK\r\n" + multi + "\r\n" + body, []string{MalformedHTTP}},
		"status only":             {"200 OK\r\n" + multi + "\r\n" + body, []string{MalformedStatusLine}},
		"version of its own":      {"HTTP/1.x 200 OK\r\n" + multi + "\r\n" + body, []string{MalformedStatusLine}},
		"blank line first":        {"\r\n" + ok + multi + "\r\n" + body, []string{MalformedHTTP}},
		"headers first":           {multi + "\r\n" + body, []string{MissingStatusLine}},
		"HTTP/0.9":                {body, []string{MissingStatusLine}},
		"a bare picture":          {"\xff\xd8\xff\xe0\r\nJFIF", []string{MissingStatusLine}},
		"no colon":                {ok + "Server camera\r\n" + multi + "\r\n" + body, []string{MalformedHeader}},
		"a space behind a name":   {ok + "Server : x\r\n" + multi + "\r\n" + body, []string{MalformedHeader}},
		"a space before a colon":  {ok + "Content-Type : multipart/x-mixed-replace\r\n\r\n" + body, []string{MalformedHeader}},
		"no name":                 {ok + ": x\r\n" + multi + "\r\n" + body, []string{MalformedHeader}},
		"NUL in a value":          {ok + "X: a\x00b\r\n" + multi + "\r\n" + body, []string{MalformedHeader}},
		"NUL in a name":           {ok + "X\x00: a\r\n" + multi + "\r\n" + body, []string{MalformedHeader}},
		"no blank line":           {ok + multi + body, []string{MalformedHeader}},
		"folded":                  {ok + "X y\r\nContent-Type: multipart/x-mixed-replace;\r\n\tboundary=frame\r\n\r\n" + body, []string{MalformedHeader}},
		"length of letters":       {ok + "Content-Length: many\r\nContent-Type: image/jpeg\r\n\r\n" + body, []string{"malformed-content-length"}},
		"length negative":         {ok + "Content-Length: -1\r\nContent-Type: image/jpeg\r\n\r\n" + body, []string{"malformed-content-length"}},
		"lengths disagree":        {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + body, []string{"malformed-content-length"}},
		"stream of length 0":      {ok + "Content-Length: 0\r\n" + multi + "\r\n" + body, []string{StrayLength}},
		"stream of length 5":      {ok + "Content-Length: 5\r\n" + multi + "\r\n" + body, []string{StrayLength}},
		"stream of its length":    {fmt.Sprintf("%sContent-Length: %d\r\n%s\r\n%s", ok, len(body), multi, body), []string{StrayLength}},
		"stream of a huge length": {ok + "Content-Length: 2147483647\r\n" + multi + "\r\n" + body, []string{StrayLength}},
		"identity":                {ok + "Transfer-Encoding: identity\r\n" + multi + "\r\n" + body, []string{MalformedHTTP}},
		"no chunks":               {ok + "Transfer-Encoding: chunked\r\n" + multi + "\r\n" + body, []string{MalformedChunks}},
		"chunks in HTTP/1.0":      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + multi + "\r\n" + inChunks(body, 7, "\r\n") + "0\r\n\r\n", []string{MalformedChunks}},
		"chunks without CRLF":     {"ICY 200 OK\r\nTransfer-Encoding: chunked\r\n" + multi + "\r\n" + inChunks(body, 1000, "") + "0\r\n\r\n", []string{MalformedStatusLine}},
		"chunks, then none":       {"ICY 200 OK\r\nTransfer-Encoding: chunked\r\n" + multi + "\r\n" + inChunks("", 7, "") + body, []string{MalformedStatusLine, MalformedChunks}},
		"interim":                 {"HTTP/1.1 100 Go on\r\n\r\n" + ok + "X y\r\n" + multi + "\r\n" + body, []string{MalformedHeader}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { _, _ = io.WriteString(c, test.text) })
			cam := newCamera(t, Options{URL: p.URL + "/v?a%"})
			want := body
			if strings.HasPrefix(test.text, "\xff") {
				want = test.text
			}
			for i := range 2 {
				got, tr, err := get(t, cam, Request{})
				if got != want || err != nil || tr.Status != 200 || !tr.Tolerant {
					t.Errorf("got %q, %v, %+v", got, err, tr)
				}
				if i == 0 && !slices.Equal(tr.Quirks, test.quirks) {
					t.Errorf("quirks %q, want %q", tr.Quirks, test.quirks)
				}
				if n := p.Connections(); n != 2+i {
					t.Errorf("%d connections", n)
				}
			}
			asked := p.Requests()
			if len(asked) != 3 || asked[0] != asked[1] {
				t.Errorf("the tolerant client asks otherwise: %q", asked)
			}
		})
	}
}

func TestRefusedAnswers(t *testing.T) {
	long := strings.Repeat("x", 9000)
	for name, test := range map[string]struct{ text, code string }{
		"SSH":           {"SSH-2.0-OpenSSH_9.2\r\n", "not-a-camera"},
		"FTP":           {"220 ftp ready\r\n", "not-a-camera"},
		"RTSP":          {"RTSP/1.0 400 Bad Request\r\n\r\n", "not-a-camera"},
		"noise":         {strings.Repeat("\x01\x02\n", 99), "not-a-camera"},
		"blank lines":   {strings.Repeat("\r\n", 99), "not-a-camera"},
		"no status":     {"HTTP/1.1 OK\r\n\r\n", "not-a-camera"},
		"only interim":  {strings.Repeat("HTTP/1.1 100\r\nx y\r\n\r\n", 9), "not-a-camera"},
		"a long line":   {"ICY 200 OK\r\nX: " + long + "\r\n\r\n", "too-large"},
		"a long status": {"ICY 200 " + long + "\r\n\r\n", "too-large"},
		"a long head":   {"ICY 200 OK\r\n" + strings.Repeat("X: y\r\n", 20000), "too-large"},
		"cut head":      {"ICY 200 OK\r\nX: y\r\n", "connection-lost"},
		"status 404":    {"ICY 404 None\r\n\r\n", "not-found"},
		"status 401":    {"ICY 401 None\r\nWWW-Authenticate: Basic realm=x\r\n\r\n", "unauthorized"},
	} {
		p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) { _, _ = io.WriteString(c, test.text) })
		_, tr, err := get(t, newCamera(t, Options{URL: p.URL}), Request{})
		if got := code(t, err); got != test.code {
			t.Errorf("%s: code %q (%v), want %q", name, got, err, test.code)
		}
		if p.Connections() != 2 || !tr.Tolerant {
			t.Errorf("%s: %d connections, %+v", name, p.Connections(), tr)
		}
	}
}

// TestTolerantClientLogsIn has a camera whose every answer is malformed, that
// challenges, redirects, and wants both requests on one connection.
func TestTolerantClientLogsIn(t *testing.T) {
	text := fmt.Sprintf("X y\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	p := rawpeer.New(t, func(c *rawpeer.Conn, head string) {
		for n := 1; head != ""; n++ {
			switch {
			case strings.HasPrefix(head, "GET /moved "):
				c.Say("HTTP/1.1 302 Moved\r\nX y\r\nLocation: /v\r\nContent-Length: 0\r\n\r\n")
				return
			case n > 1 && strings.Contains(head, "\r\nAuthorization: Digest "):
				c.Say("HTTP/1.1 200 OK\r\n%s", text)
			default:
				c.Say("HTTP/1.1 401 Who\r\nX y\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nContent-Length: 3\r\n\r\nwho")
			}
			head = c.Next()
		}
	})
	cam := newCamera(t, Options{URL: p.URL + "/moved", Username: user, Password: password})
	c := cam.Client(nil)
	defer c.Close()
	for range 3 {
		a, err := c.Get(t.Context(), Request{KeepAlive: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(a.Body); string(got) != body || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		a.Body.Close()
	}
	// net/http, the redirect, the challenge, the answer, two more on the same.
	if n := p.Connections(); n != 3 || len(p.Requests()) != 6 {
		t.Errorf("%d connections, %d requests", n, len(p.Requests()))
	}
	if tr := c.Trace(); tr.Requests != 6 || tr.Connections != 3 || tr.Status != http.StatusOK || tr.URL != p.URL+"/v" ||
		!slices.Equal(tr.Redirects, []string{p.URL + "/v"}) || !slices.Equal(tr.Quirks, []string{MalformedHeader}) ||
		len(tr.Challenges) != 1 || tr.Challenges[0].Scheme != "Digest" {
		t.Errorf("%+v", tr)
	}
}

func TestIdleConnectionIsReplaced(t *testing.T) {
	p := rawpeer.New(t, func(c *rawpeer.Conn, _ string) {
		c.Say("HTTP/1.1 200 OK\r\nX y\r\nContent-Length: 2\r\n\r\nok") // and closes, though it said otherwise
	})
	c := newCamera(t, Options{URL: p.URL}).Client(nil)
	defer c.Close()
	for range 3 {
		a, err := c.Get(t.Context(), Request{KeepAlive: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(a.Body); string(got) != "ok" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		a.Body.Close()
	}
	if n := p.Connections(); n != 4 {
		t.Errorf("%d connections", n)
	}
}
