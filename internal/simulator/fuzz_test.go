package simulator

import (
	"bufio"
	"strings"
	"testing"
)

// grows is how much longer a name may get in lower case: what is no UTF-8 takes
// three bytes.
const grows = 3

// FuzzReadRequest reads requests to simulated cameras, and the parameters of a
// login: it ends, within the bytes that a request may have.
func FuzzReadRequest(f *testing.F) {
	f.Add("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
	f.Add("GET / HTTP/1.0\n\n")
	f.Add("GET\r\n\r\n")
	f.Add(`GET / HTTP/1.1` + "\r\nAuthorization: Digest username=\"a\\\"b\", nc=00000001, uri=/\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := readRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		size := len(r.method) + len(r.target) + len(r.proto)
		for _, h := range r.header {
			size += len(h.name) + len(h.value)
			for name, value := range parameters(h.value) {
				if len(name)+len(value) > grows*len(h.value) {
					t.Errorf("%q has the parameter %q=%q", h.value, name, value)
				}
			}
		}
		if size > grows*min(len(text), maxRequest) {
			t.Errorf("%q becomes %d bytes", text, size)
		}
	})
}
