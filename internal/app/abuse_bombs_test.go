package app

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// many returns n lines or parts, of which each holds its number.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// headBombs are heads that are large or many: what follows the request line is
// "Host", or starts with one.
var headBombs = []struct {
	name, line, rest string
	want             []int
}{
	{"header of 1 MiB", "GET /healthz", "X: " + strings.Repeat("x", 1<<20) + "\r\n", []int{431}},
	{"10,000 headers", "GET /healthz", many(10_000, "X-%d: 1\r\n"), []int{431}},
	{"4,000 headers of one name", "GET /healthz", strings.Repeat("X: 1\r\n", 4000), []int{200}},
	{"header without an end", "GET /healthz", "X: " + strings.Repeat("x", 200<<10), []int{431}},
	{"URL of 1 MiB", "GET /" + strings.Repeat("x", 1<<20), "", []int{431}},
	{"URL of 60 KiB", "GET /" + strings.Repeat("x", 60<<10), "", []int{404}},
	{"30,000 segments", "GET " + strings.Repeat("/x", 30_000), "", []int{404}},
	{"100,000 parameters", "GET /api/v1/events?" + many(100_000, "a%d&"), "", []int{431}},
	{"30,000 parameters", "GET /api/v1/events?" + strings.Repeat("a&", 30_000), "", []int{400, 401, 422}},
	{"15,000 times the same parameter", "GET /cameras/a/snapshot.jpg?" + strings.Repeat("w=1&", 15_000), "", []int{401, 400}},
	{"6,000 cookies", "GET /api/v1/cameras", "Cookie: " + many(6000, "c%d=1; ") + "camhub=x\r\n", []int{401}},
	{"cookie of 60 KiB", "GET /api/v1/cameras", "Cookie: camhub=" + strings.Repeat("x", 60<<10) + "\r\n", []int{401}},
	{"token of 60 KiB", "GET /api/v1/cameras", "Authorization: Bearer " + strings.Repeat("x", 60<<10) + "\r\n", []int{401}},
	{"30,000 commas in Accept", "GET /login", "Accept: " + strings.Repeat(",", 30_000) + "text/html\r\n", []int{200}},
	{"15,000 languages", "GET /login", "Accept-Language: " + strings.Repeat("de,", 15_000) + "en\r\n", []int{200}},
	{"15,000 encodings", "GET /static/wall.js", "Accept-Encoding: " + strings.Repeat("x,", 15_000) + "gzip\r\n", []int{200}},
	{"20,000 tags", "GET /static/wall.js", "If-None-Match: " + strings.Repeat(`"",`, 20_000) + "\"x\"\r\n", []int{200}},
	{"tags that are none", "GET /static/wall.js", "If-None-Match: W/\"" + strings.Repeat(`x`, 60_000) + "\r\n", []int{200}},
	{"10,000 ranges", "GET /static/wall.js", "Range: bytes=" + strings.Repeat("0-0,", 10_000) + "1-1\r\n", []int{200}},
	{"16 times the whole", "GET /static/wall.js", "Range: bytes=" + strings.Repeat("0-,", 15) + "0-\r\n", []int{200, 206, 416}},
	{"range past the end", "GET /static/wall.js", "Range: bytes=99999999999999999999-\r\n", []int{416, 200}},
	{"ranges of nothing", "GET /static/wall.js", "Range: bytes=" + strings.Repeat(",", 10_000) + "\r\n", []int{200, 416}},
}

// TestHeadBombs sends them to a hub with users, as nobody.
func TestHeadBombs(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	h.own()
	heap := sampleHeap(t)
	for _, tt := range headBombs {
		t.Run(tt.name, func(t *testing.T) {
			a := h.exchange(t, tt.line+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"+tt.rest+"\r\n")[0]
			if !slices.Contains(tt.want, a.status) || len(a.body) > 256<<10 {
				t.Errorf("%d with %d bytes: %.200s", a.status, len(a.body), a.body)
			}
		})
	}
	if most := heap.stop(); most > 256<<20 {
		t.Errorf("the heap has grown to %d MiB", most>>20)
	}
}

// bodyBombs are bodies that are large, deep, or more than they seem.
var bodyBombs = []struct {
	name, header, body string
	status             int
}{
	{"lists in lists", "", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), 400},
	{"objects in objects", "", strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), 400},
	{"a deep field", "", `{"name":"A","source":{"kind":"emulated","x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}}", 422},
	{"a deep name", "", `{"name":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}", 422},
	{"a key twice", "", `{"name":"A","name":"B","source":{"kind":"emulated"}}`, 422},
	{"a key twice inside", "", `{"name":"A","source":{"kind":"emulated","kind":"mjpeg"}}`, 422},
	{"100,000 keys", "", `{` + many(60_000, `"k%d":1,`) + `"name":"A"}`, 422},
	{"100,000 keys inside", "", `{"name":"A","source":{` + many(60_000, `"k%d":1,`) + `"kind":"emulated"}}`, 422},
	{"a number of 500,000 digits", "", `{"name":"A","source":{"kind":"emulated","width":` + strings.Repeat("9", 500_000) + `}}`, 422},
	{"a huge exponent", "", `{"name":"A","source":{"kind":"emulated","fps":1e999999999}}`, 422},
	{"a tiny exponent", "", `{"name":"A","source":{"kind":"emulated","fps":1e-999999999}}`, 422},
	{"a name of 1 MB", "", `{"name":"` + strings.Repeat("x", 1_000_000) + `","source":{"kind":"emulated"}}`, 422},
	{"150,000 escapes", "", `{"name":"` + strings.Repeat(`\u0000`, 150_000) + `","source":{"kind":"emulated"}}`, 422},
	{"half a surrogate", "", `{"name":"\ud800","source":{"kind":"emulated","x":1}}`, 422},
	{"overlong UTF-8", "", "{\"name\":\"\xc0\xaf\"}", 400},
	{"UTF-16", "", "\xff\xfe{\x00}\x00", 400},
	{"a mark of the byte order", "", "\xef\xbb\xbf{}", 400},
	{"gzip", "Content-Encoding: gzip\r\n", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00", 415},
	{"a form", "Content-Type: application/x-www-form-urlencoded\r\n", "name=A", 415},
	{"a file", "Content-Type: multipart/form-data; boundary=x\r\n", "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../x\"\r\n\r\n{}\r\n--x--\r\n", 415},
	{"many parameters of a type", "Content-Type: application/json" + strings.Repeat(";a=b", 10_000) + "\r\n", "{}", 422},
}

// TestBodyBombs sends them where a camera is expected: each is refused, at a cost
// of memory that does not depend on what it says it is.
func TestBodyBombs(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	heap := sampleHeap(t)
	for _, tt := range bodyBombs {
		t.Run(tt.name, func(t *testing.T) {
			a := h.exchange(t, fmt.Sprintf("POST /api/v1/cameras HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s", tt.header, len(tt.body), tt.body))[0]
			if a.status != tt.status || a.header.Get("Content-Type") != "application/problem+json" || len(a.body) > 128<<10 {
				t.Errorf("%d with %d bytes: %.200s", a.status, len(a.body), a.body)
			}
		})
	}
	if h.ids() != "" {
		t.Errorf("stored: %s", h.ids())
	}
	if most := heap.stop(); most > 512<<20 {
		t.Errorf("the heap has grown to %d MiB", most>>20)
	}
}

// TestEndlessBodies sends 1 GiB, in chunks and announced: the hub stops to read
// after what a body may have.
func TestEndlessBodies(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.add("a")
	chunk := "10000\r\n" + strings.Repeat(" ", 1<<16) + "\r\n"
	var wg sync.WaitGroup
	for _, path := range []string{"POST /api/v1/cameras", "PATCH /api/v1/cameras/a", "POST /nothing", "GET /healthz", "DELETE /api/v1/cameras/b"} {
		for framing, piece := range map[string]string{"Transfer-Encoding: chunked": chunk, "Content-Length: 1073741824": chunk[7:]} {
			c := h.dialFrom(t, "127.0.0.1")
			wg.Go(func() {
				defer c.Close()
				_, err := fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n", path, framing)
				sent := 0
				for ; err == nil && sent < 1<<30; sent += len(piece) {
					_, err = io.WriteString(c, piece)
				}
				if sent > 64<<20 { // of which the sockets hold some
					t.Errorf("%s, %s: the hub has read %d MiB", path, framing, sent>>20)
				}
			})
		}
	}
	wg.Wait()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > 256<<20 {
		t.Errorf("the heap has %d MiB", m.HeapInuse>>20)
	}
	h.want(http.StatusOK, "GET", "/healthz", "")
}

// TestForgedPlaces asks for pages and messages from places that the hub never
// named.
func TestForgedPlaces(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	for _, place := range []string{"-1", "0", "00", "1e3", "18446744073709551615", "18446744073709551616", "%00", "'--", "%ff", "null", strings.Repeat("9", 10_000), strings.Repeat("x", 10_000)} {
		if a := h.do("GET", "/api/v1/events?cursor="+place, ""); a.status >= 500 {
			t.Errorf("cursor %.30s: %d %s", place, a.status, a.body)
		}
		head := "GET /api/v1/events/live HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + place + "\r\n\r\n"
		c := h.dialFrom(t, "127.0.0.1")
		_, _ = io.WriteString(c, head)
		line := make([]byte, len("HTTP/1.1 200"))
		if _, err := io.ReadFull(c, line); err != nil || !strings.Contains("200 400 422", string(line[9:])) {
			t.Errorf("Last-Event-ID %.30s: %s, %v", place, line, err)
		}
		c.Close()
	}
	h.want(http.StatusOK, "GET", "/healthz", "")
}
