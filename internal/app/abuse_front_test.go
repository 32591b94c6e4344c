package app

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// frontConfig has nginx pass on all it gets over a few connections that it keeps,
// as it comes: the setting in which requests are smuggled.
const frontConfig = `daemon off;
pid nginx.pid;
worker_processes 1;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
	upstream hub { server %s; keepalive 1; }
	server {
		listen unix:nginx.sock;
		location / {
			proxy_pass http://hub;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host localhost;
			proxy_request_buffering off;
			proxy_buffering off;
		}
	}
}
`

// startNginx runs nginx before the hub until the test ends, and returns its socket.
func startNginx(t *testing.T, hub string) (socket string) {
	t.Helper()
	path, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("no nginx:", err)
	}
	dir, err := os.MkdirTemp("", "front") // the address of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, frontConfig, strings.TrimPrefix(hub, "http://")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(path, "-p", dir, "-c", conf, "-e", "stderr")
	cmd.Dir, cmd.Stderr = dir, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	socket = filepath.Join(dir, "nginx.sock")
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
			return socket
		}
		if time.Now().After(deadline) {
			t.Fatalf("nginx does not listen: %v", err)
		}
	}
}

// TestSmugglingThroughNginx sends every shape through nginx, and then requests of
// somebody else over the same connection behind it: those get their own answers.
func TestSmugglingThroughNginx(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	socket := startNginx(t, h.url)
	dial := func(text string) net.Conn {
		c, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(patience))
		_, _ = io.WriteString(c, text)
		return c
	}
	for i, tt := range shapes {
		c := dial(strings.Replace(tt.text, "HEAD", "POST /api/v1/cameras HTTP/1.1\r\nHost: localhost", 1))
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			t.Errorf("%s: no answer: %v", tt.name, err)
		}
		for j := range 3 {
			camera := fmt.Sprintf("c%d-%d", i, j)
			other := dial("GET /api/v1/cameras/" + camera + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
			b, err := io.ReadAll(other)
			if text := string(b); err != nil || !strings.HasPrefix(text, "HTTP/1.1 404 ") || strings.Count(text, "HTTP/1.1") != 1 || !strings.Contains(text, camera) {
				t.Errorf("%s: somebody else asks for %s and gets %q, %v", tt.name, camera, b, err)
			}
			other.Close()
		}
		c.Close()
	}
	remotes := make(map[string]bool)
	for _, m := range regexp.MustCompile(`/api/v1/cameras/c\S+ .*remote=(\S+)`).FindAllStringSubmatch(h.log.String(), -1) {
		remotes[m[1]] = true
	}
	if n := 3 * len(shapes); len(remotes) == 0 || len(remotes) > n/2 {
		t.Errorf("nginx took %d connections for %d requests: it keeps none", len(remotes), n)
	}
}
