package app

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// impatient lowers readTimeout and idleTimeout until the hub that the test starts
// has stopped.
func impatient(t *testing.T) {
	read, idle := readTimeout, idleTimeout
	t.Cleanup(func() { readTimeout, idleTimeout = read, idle })
	readTimeout, idleTimeout = time.Second, 2*time.Second // a busy machine answers within them
}

// TestSilentBodies announces bodies that never come, to operations that read
// one and to some that don't: each connection is answered or closed in time.
func TestSilentBodies(t *testing.T) {
	impatient(t)
	h := startHub(t, readContract(t, true), t.TempDir())
	h.add("a")
	for _, line := range []string{
		"POST /api/v1/cameras", "PUT /api/v1/cameras/a", "GET /api/v1/cameras", "DELETE /api/v1/cameras/b",
		"POST /api/v1/cameras/a/restart", "POST /nothing",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{", line)
			c.SetReadDeadline(time.Now().Add(patience))
			for b := make([]byte, 4096); err == nil; {
				_, err = c.Read(b)
			}
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Error("the connection is still open")
			}
		})
	}
}

// TestStreamsOutliveTheReadTimeout watches live messages for longer than a
// request may take to be sent.
func TestStreamsOutliveTheReadTimeout(t *testing.T) {
	impatient(t)
	h := startHub(t, readContract(t, true), t.TempDir())
	resp, err := h.client.Get(h.url + "/api/v1/events/live")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.Sleep(2 * readTimeout)
	h.add("late")
	var seen strings.Builder
	for b := make([]byte, 4096); !strings.Contains(seen.String(), `"late"`); {
		n, err := resp.Body.Read(b)
		seen.Write(b[:n])
		if err != nil {
			t.Fatalf("ended with %v after %q", err, seen.String())
		}
	}
}
