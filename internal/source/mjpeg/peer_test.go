package mjpeg

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// chunked writes a body in chunks of n bytes.
func chunked(body string, n int) string {
	s := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
	for len(body) > 0 {
		k := min(n, len(body))
		s += fmt.Sprintf("%x\r\n%s\r\n", k, body[:k])
		body = body[k:]
	}
	return s + "0\r\n\r\n"
}
