package upstream

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"camhub/internal/header"
)

// FuzzReadHead checks what holds for every head: its bounds, that nothing in
// the result could break a line, that it does not depend on how the bytes
// arrive, and that what net/http takes without complaint is read alike.
func FuzzReadHead(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 5\r\n\r\nhello",
		"ICY 200 OK\r\nX y\r\nA : b\x00\r\n c\r\n--frame\r\n", "\r\n\nhttp 404\n\n", "--frame\r\n\r\n", "\xff\xd8\xff\xe0",
		"Content-Type: multipart/x-mixed-replace;boundary=x\r\n\r\n--x", "HTTP/1.0 401 \r\nWWW-Authenticate: Digest a=\"\r\n\r\n",
		"200 OK\n\xff\xd8\xff", "SSH-2.0-x\r\n", "HTTP/1.1 100\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		read := func(r io.Reader) (h rawHead, rest []byte, quirks []string, err error) {
			br := bufio.NewReaderSize(r, maxLine)
			h, err = readHead(br, func(q string) { quirks = append(quirks, q) })
			rest, _ = io.ReadAll(br)
			return h, rest, quirks, err
		}
		h, rest, quirks, err := read(bytes.NewReader(b))
		h2, rest2, quirks2, err2 := read(iotest.OneByteReader(bytes.NewReader(b)))
		if !reflect.DeepEqual(h, h2) || !bytes.Equal(rest, rest2) || !slices.Equal(quirks, quirks2) || (err == nil) != (err2 == nil) {
			t.Fatalf("at once %+v %q %v\none by one %+v %q %v", h, quirks, err, h2, quirks2, err2)
		}
		if h.size > maxHead+maxLine || h.status < 100 || h.status > 599 {
			t.Fatalf("%+v", h)
		}
		for name, values := range h.header {
			if !header.IsToken(name) || strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
				t.Fatalf("%q: %q", name, values)
			}
		}
		for _, q := range quirks {
			if Quirks[q] == "" {
				t.Fatalf("quirk %q has no sentence", q)
			}
		}
		if err == nil && h.size+len(rest) != len(b) {
			t.Fatalf("%d bytes read and %d left of %d", h.size, len(rest), len(b))
		}
		resp, theirs := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), nil)
		if theirs != nil || resp.StatusCode < 100 || resp.StatusCode > 599 || len(quirks) > 0 || errors.Is(err, errHeadTooLarge) {
			return
		}
		if got, want := h.header.Get("Content-Type"), resp.Header.Get("Content-Type"); err != nil || h.status != resp.StatusCode || got != want {
			t.Fatalf("status %d, type %q, %v; net/http: %d, %q", h.status, got, err, resp.StatusCode, want)
		}
	})
}

// FuzzChunks checks that a body in chunks comes out as it went in, and that
// any other ends, grows by nothing, and does not depend on how it arrives.
func FuzzChunks(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"), 3)
	f.Add([]byte("--frame\r\n"), 1)
	f.Add([]byte("a;x=y\nhelloffffffffffff\r\n"), 9)
	f.Add([]byte("00000000000000000005\r\nhello"), 9)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		decode := func(r io.Reader) (string, string) {
			c := &chunkReader{br: bufio.NewReaderSize(r, maxLine), quirk: func(string) {}}
			out, err := io.ReadAll(c)
			if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, bufio.ErrBufferFull) {
				t.Fatal(err)
			}
			return string(out), errorText(err)
		}
		out, err := decode(bytes.NewReader(b))
		out2, err2 := decode(iotest.OneByteReader(bytes.NewReader(b)))
		if out != out2 || err != err2 || len(out) > len(b) {
			t.Fatalf("%q (%s), one by one %q (%s)", out, err, out2, err2)
		}
		n = max(1, min(n, 1000))
		for _, end := range []string{"\r\n", "\n"} {
			if got, err := decode(strings.NewReader(inChunks(string(b), n, end) + "0\r\n\r\n")); got != string(b) || err != "" {
				t.Fatalf("%q becomes %q, %s", b, got, err)
			}
		}
	})
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzChallenges checks that no challenge panics, and that the answer to one
// is a single line.
func FuzzChallenges(f *testing.F) {
	f.Add(`Digest realm="r", nonce="n", qop="auth,auth-int", algorithm=MD5-sess, opaque="o\""`)
	f.Add(`Basic realm=x, Digest Nonce=abc==, domain=/, , stale`)
	f.Fuzz(func(t *testing.T, line string) {
		o := &Options{Username: "u", Password: "p"}
		challenges := parseChallenges(http.Header{"Www-Authenticate": {line}})
		auth, _, err := o.answer(challenges)
		if err != nil {
			return
		}
		header, err := auth(address{"http", "h", "/"})
		if err != nil || strings.ContainsAny(header, "\r\n") && !strings.ContainsAny(line, "\r\n") {
			t.Fatalf("%q: %q, %v", line, header, err)
		}
	})
}
