package simulator

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDefectsAreOnTheWire looks at the bytes of some of the cameras.
func TestDefectsAreOnTheWire(t *testing.T) {
	addr := startServer(t)
	for name, want := range map[string]string{
		"plain":        "^HTTP/1.1 200 OK\r\nServer: .*\r\n" + multipart + "\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \\d{4}\r\n\r\n\xff\xd8\xff\xfe",
		"bnd_double":   "\r\n\r\n--frame\r\n--frame\r\nContent-Type",
		"bnd_none":     "boundary=frame\r\n\r\n\xff\xd8\xff",
		"lf_only":      "\r\n\r\n--frame\nContent-Type: image/jpeg\nContent-Length: \\d+\n\n\xff\xd8\xff",
		"cl_evil":      "Content-Length: -1\r\n",
		"chunked":      "\r\n\r\n5\r\n--fra\r\n[0-9a-f]{3}\r\nme\r\nContent",
		"status_icy":   "^ICY 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n--frame",
		"status_none":  "^Content-Type: multipart",
		"head_none":    "^\r\n--frame\r\n",
		"not_http":     "^SSH-2.0",
		"cl_overflow":  "Content-Length: (\\d{1,4}|[1-6]\\d{4})\r\n",
		"endless_head": "^HTTP/1.1 200 OK\r\n(X-More: of this\r\n){100}",
	} {
		v := dial(t, addr)
		v.ask("/"+name, "User-Agent: test")
		b := make([]byte, 2000)
		n, err := io.ReadFull(v, b)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%s: %v", name, err)
		}
		if !regexp.MustCompile("(?s)" + escapeBytes(want)).Match(b[:n]) {
			t.Errorf("%s sends %.300q, want %q", name, b[:n], want)
		}
		v.Close()
	}
}

// escapeBytes puts any byte in place of those above ASCII, since an
// expression works on runes.
func escapeBytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] < 0x80 {
			b.WriteByte(s[i])
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func TestAllFixturesAreDescribed(t *testing.T) {
	if len(fixtures) < 200 {
		t.Errorf("%d fixtures", len(fixtures))
	}
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for i := range fixtures {
		f := &fixtures[i]
		switch {
		case !name.MatchString(f.Name), lookup(f.Name) != f:
			t.Errorf("name %q", f.Name)
		case !strings.HasSuffix(f.Doc, ".") || strings.ToUpper(f.Doc[:1]) != f.Doc[:1]:
			t.Errorf("%s: sentence %q", f.Name, f.Doc)
		case f.Want.Pictures == (len(f.Want.Codes) > 0), !f.Want.Pictures && len(f.Want.Quirks) > 0:
			t.Errorf("%s: wants %+v", f.Name, f.Want)
		case f.handler == nil, (&request{target: f.target}).name() != f.Name:
			t.Errorf("%s: handler %v, target %s", f.Name, f.handler, f.target)
		}
	}
}

func TestIndexLinksAll(t *testing.T) {
	addr := startServer(t)
	v := dial(t, addr)
	v.ask("/")
	resp, body := v.answer()
	if resp.StatusCode != 200 || !strings.Contains(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%d, %v", resp.StatusCode, resp.Header)
	}
	for i := range fixtures {
		if f := &fixtures[i]; !strings.Contains(body, ">"+f.Name+"</a>") {
			t.Errorf("%s is not on the page", f.Name)
		}
	}
	if !strings.Contains(body, `href="http://`+addr+`/plain"`) {
		t.Errorf("no link to http://%s/plain", addr)
	}
	v.ask("/no_such") // on the same connection
	if resp, _ := v.answer(); resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	addr := startServer(t)
	for name, text := range map[string]string{
		"no HTTP":   "hello\r\n\r\n",
		"version 2": "GET / HTTP/2.0\r\n\r\n",
		"no colon":  "GET / HTTP/1.1\r\nHost\r\n\r\n",
		"long":      "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", maxRequest),
		"cut":       "GET / HT",
	} {
		v := dial(t, addr)
		_, _ = io.WriteString(v, text)
		if name == "cut" {
			v.Close()
			continue
		}
		if b, err := io.ReadAll(v); len(b) > 0 || err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: answered %q, %v", name, b, err)
		}
	}
}

// TestSingleCountsConnections opens a camera twice at once, and then again.
func TestSingleCountsConnections(t *testing.T) {
	addr := startServer(t)
	first := dial(t, addr)
	first.ask("/single")
	first.until("--frame\r\n")
	second := dial(t, addr)
	second.ask("/single", "Connection: close")
	if resp, _ := second.answer(); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the second viewer gets %d", resp.StatusCode)
	}
	first.Close()
	second.Close()
	for range 20 { // one after the other is not at once
		v := dial(t, addr)
		v.ask("/bnd_quoted")
		v.until("--frame\r\n")
		v.Close()
	}
	third := dial(t, addr)
	third.ask("/single")
	if head := third.until("\r\n\r\n"); !strings.Contains(head, " 200 ") {
		t.Errorf("the third viewer gets %s", head)
	}
	if c := fetchCounts(t, addr, "single"); c.Connections != 3 || c.MostAtOnce != 2 || c.Refused != 1 || c.Open != 1 || c.Requests != 3 {
		t.Errorf("counts %+v", c)
	}
	if c := fetchCounts(t, addr, "bnd_quoted"); c.Connections != 20 || c.MostAtOnce != 1 {
		t.Errorf("counts %+v", c)
	}
}

// TestServeEndsWithViewers is for the cameras that wait, and those that send.
func TestServeEndsWithViewers(t *testing.T) {
	addr := startServer(t) // its cleanup looks at the end
	for _, name := range []string{"plain", "stall", "stall_body", "drip", "gap", "endless_picture", "split_every_byte"} {
		v := dial(t, addr)
		v.ask("/" + name)
	}
	idle := dial(t, addr)
	idle.ask("/html")
	idle.answer()
	dial(t, addr) // says nothing
}

func TestTLSIsOnTheSamePort(t *testing.T) {
	addr := startServer(t)
	secure := func(f *Fixture, config *tls.Config) error {
		v := dial(t, addr)
		v.ask("/fixtures.json", "Connection: close")
		_, body := v.answer()
		url := regexp.MustCompile(`"url": "https://([^/"]*)/` + f.Name + `"`).FindStringSubmatch(body)
		if url == nil {
			t.Fatalf("no https address of %s", f.Name)
		}
		conn, err := tls.Dial("tcp", url[1], config)
		if err != nil {
			return err
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\n\r\n", f.Name)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if line != "HTTP/1.1 200 OK\r\n" {
			t.Errorf("%s answers %q, %v", f.Name, line, err)
		}
		return nil
	}
	if err := secure(lookup("tls"), &tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Error(err)
	}
	if err := secure(lookup("tls_strict"), nil); err == nil {
		t.Error("the certificate is trusted")
	}
	if err := secure(lookup("tls_old"), &tls.Config{InsecureSkipVerify: true}); err == nil {
		t.Error("tls_old speaks TLS 1.2")
	}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	if err := secure(lookup("tls_old"), old); err != nil {
		t.Error(err)
	}
}

// TestForeignViewer lets ffmpeg read cameras that it can read.
func TestForeignViewer(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip(err)
	}
	addr := startServer(t)
	for _, name := range []string{"plain", "chunked", "http10", "lf_only", "progressive", "restart", "no_dht", "fill"} {
		began := time.Now()
		out, err := exec.CommandContext(t.Context(), ffmpeg, "-v", "error", "-xerror", "-f", "mpjpeg",
			"-i", "http://"+addr+"/"+name, "-frames:v", "4", "-f", "null", "-").CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: after %v: %v\n%s", name, time.Since(began), err, out)
		}
	}
}
