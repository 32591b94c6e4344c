package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"camhub/internal/app"
	"camhub/internal/certs"
	"camhub/internal/proctest"
)

const (
	publicName = "cams.example.com" // in the shipped files
	browserAt  = "127.0.0.9"        // which is not the proxy's
)

// TestBehindProxies puts the shipped files of nginx and Caddy in front of a hub, and
// uses it as a browser does.
func TestBehindProxies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := userCommand(t, dir, "correct horse", "add", "ann", "--role", "admin"); err != nil {
		t.Fatal(out)
	}
	hub := start(t, dir, "--trusted-proxy", "127.0.0.1")
	for name, run := range map[string]func(*testing.T, string) int{"nginx": startNginx, "caddy": startCaddy} {
		t.Run(name, func(t *testing.T) {
			need(t, name)
			b := newBrowser(t, run(t, strings.TrimPrefix(hub.URL, "http://")))
			b.signIn()
			b.isKnown()
			id := "of-" + name
			b.want(201, "PUT", "/api/v1/cameras/"+id, fmt.Sprintf(emulated, id), "")
			b.want(403, "DELETE", "/api/v1/cameras/"+id, "", "https://evil.example")
			b.watch(id)
			b.openWall(id)
		})
	}
}

// deployed returns a shipped file with some of its texts replaced, each of which it
// must hold.
func deployed(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(b, []byte(pairs[i])) {
			t.Fatalf("%s does not hold %q any more", name, pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(string(b))
}

// proxyFolder returns a folder with a certificate in two files.
func proxyFolder(t *testing.T) (dir, cert, key string) {
	t.Helper()
	dir = t.TempDir()
	if _, err := certs.Open(certs.Config{SelfSigned: true}, dir, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	pem := filepath.Join(dir, "tls", "self-signed.pem") // both in one
	return dir, pem, pem
}

func startNginx(t *testing.T, hub string) (port int) {
	dir, cert, key := proxyFolder(t)
	port = proctest.FreePort(t)
	site := deployed(t, "nginx.conf", "listen 443 ssl", fmt.Sprintf("listen 127.0.0.1:%d ssl", port), "127.0.0.1:8080", hub,
		"/etc/ssl/cams.example.com.crt", cert, "/etc/ssl/cams.example.com.key", key)
	conf := "daemon off; pid nginx.pid; error_log stderr; worker_processes 1; events { worker_connections 64; }\n" +
		"http { access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n" + site + "}\n"
	if os.Getuid() == 0 {
		conf = "user root;\n" + conf // the folder of the test is its own
	}
	runProxy(t, dir, "nginx.conf", conf, port, "nginx", "-p", dir, "-c", "nginx.conf")
	return port
}

func startCaddy(t *testing.T, hub string) (port int) {
	dir, cert, key := proxyFolder(t)
	port = proctest.FreePort(t)
	site := deployed(t, "Caddyfile", "\n"+publicName+" {", fmt.Sprintf("\nhttps://%s:%d {\n\tbind 127.0.0.1\n\ttls %s %s", publicName, port, cert, key), "127.0.0.1:8080", hub)
	conf := fmt.Sprintf("{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system %s\n}\n", dir) + site
	runProxy(t, dir, "Caddyfile", conf, port, "caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile")
	return port
}

// runProxy runs a program in dir until the test ends, and returns when it listens.
func runProxy(t *testing.T, dir, file, conf string, port int, name string, args ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &output, &output
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		force := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		defer force.Stop()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", name, output.String())
		}
	})
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("%s does not listen", name)
}

// browser is a client on another machine.
type browser struct {
	t   *testing.T
	url string
	*http.Client
}

// newBrowser knows the hub by its public name.
func newBrowser(t *testing.T, port int) *browser {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(browserAt)}}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", port))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, fmt.Sprintf("https://%s:%d", publicName, port), &http.Client{Transport: transport, Jar: jar, Timeout: patience}}
}

// want makes a request, with made up headers, that must have that answer.
func (b *browser) want(status int, method, path, body, origin string) (*http.Response, []byte) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", "127.0.0.1, 1.2.3.4")
	req.Header.Set("X-Forwarded-Host", "evil.example")
	req.Header.Set("X-Forwarded-Proto", "http")
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	resp, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		b.t.Fatalf("%s %s: %d, want %d: %s %v", method, path, resp.StatusCode, status, answer, err)
	}
	return resp, answer
}

func (b *browser) signIn() {
	b.t.Helper()
	resp, _ := b.want(200, "POST", "/api/v1/session", `{"name":"ann","password":"correct horse"}`, b.url)
	if c := resp.Cookies(); len(c) == 0 || c[0].Name != "__Host-camhub" || !c[0].Secure {
		b.t.Errorf("the cookies are %v", c)
	}
}

// isKnown looks at where the hub thinks that the browser is.
func (b *browser) isKnown() {
	b.t.Helper()
	_, answer := b.want(200, "GET", "/api/v1/sessions", "", "")
	var list struct {
		Sessions []struct {
			Remote  string
			Current bool
		}
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		b.t.Fatal(err)
	}
	for _, s := range list.Sessions {
		if s.Current && s.Remote != browserAt {
			b.t.Errorf("the browser is at %s, want %s", s.Remote, browserAt)
		}
	}
	if len(list.Sessions) == 0 {
		b.t.Error("there is no session")
	}
}

// watch reads a feed for a while: its pictures are not held back. A proxy that does
// makes all of them old; a busy machine some.
func (b *browser) watch(id string) {
	b.t.Helper()
	resp, err := b.Get(b.url + "/cameras/" + id + "/feed?advance=0")
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	lines, youngest := bufio.NewReader(resp.Body), time.Hour
	for pictures := 0; pictures < 40; {
		line, err := lines.ReadString('\n')
		if err != nil {
			b.t.Fatalf("after %d pictures: %v", pictures, err)
		}
		var seconds float64
		if _, err := fmt.Sscanf(line, "X-Timestamp: %f", &seconds); err == nil {
			pictures++
			youngest = min(youngest, time.Since(time.UnixMicro(int64(seconds*1e6))))
		}
	}
	if youngest > 2*time.Second {
		b.t.Errorf("the youngest picture was %v old", youngest)
	}
}

// openWall opens the wall as the page does, and as a page of another site does.
func (b *browser) openWall(id string) {
	b.t.Helper()
	dial := func(origin string) (*websocket.Conn, error) {
		ctx, cancel := context.WithTimeout(b.t.Context(), patience)
		defer cancel()
		client := &http.Client{Transport: b.Transport, Jar: b.Jar} // the connection outlives ctx
		ws, _, err := websocket.Dial(ctx, b.url+"/api/v1/wall", &websocket.DialOptions{
			HTTPClient: client, Subprotocols: []string{"camhub.wall.v1"}, HTTPHeader: http.Header{"Origin": {origin}},
		})
		return ws, err
	}
	if ws, err := dial("https://evil.example"); err == nil {
		ws.CloseNow()
		b.t.Error("a page of another site opened the wall")
	}
	ws, err := dial(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(1 << 20)
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	wish := fmt.Sprintf(`{"op":"tiles","tiles":[{"tile":1,"camera":%q,"width":320,"fps":10}]}`, id)
	if err := ws.Write(ctx, websocket.MessageText, []byte(wish)); err != nil {
		b.t.Fatal(err)
	}
	for kind := websocket.MessageText; kind != websocket.MessageBinary; {
		if kind, _, err = ws.Read(ctx); err != nil {
			b.t.Fatal(err)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	secure := start(t, t.TempDir(), "--tls-self-signed")
	if err := app.Health(t.Context(), secure.URL, ""); err != nil {
		t.Error(err)
	}
	if err := app.Health(t.Context(), "http"+strings.TrimPrefix(secure.URL, "https"), ""); err != nil {
		t.Error("not by its name for HTTP:", err)
	}
	plain := start(t, t.TempDir())
	cmd := camhub(t, "health")
	cmd.Env = append(cmd.Env, "CAMHUB_HEALTH_URL="+plain.URL)
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\n" {
		t.Errorf("%v: %s", err, out)
	}
	for _, hub := range []*process{plain, secure} {
		_, listen, _ := strings.Cut(hub.URL, "://")
		cmd := camhub(t, "health") // told as the hub is
		cmd.Env = append(cmd.Env, "CAMHUB_LISTEN="+listen)
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\n" {
			t.Errorf("at %s: %v: %s", hub.URL, err, out)
		}
	}
	plain.Kill()
	if out, err := camhub(t, "health", "--url", plain.URL).CombinedOutput(); err == nil || !bytes.Contains(out, []byte("refused")) {
		t.Errorf("of a hub that is gone: %v: %s", err, out)
	}
}
