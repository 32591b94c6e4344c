package httpcam

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"camhub/internal/proctest"
	"camhub/internal/rawpeer"
	"camhub/internal/source"
	"camhub/internal/sourcetest"
	"camhub/internal/upstream"
)

// start runs a program that is not ours until the test ends, in a folder of
// its own with the given files, and waits until it listens on port. The test is
// skipped where the program is missing.
func start(t *testing.T, files map[string]string, port int, program string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed", program)
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chmod(path, 0o644)); err != nil { // whatever the umask is
			t.Fatal(err)
		}
	}
	if os.Getuid() == 0 { // a server may give up its rights
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			_ = os.Chmod(d, 0o755)
		}
	}
	var output bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		force := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		defer force.Stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", program, output.String())
		}
	})
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("%s does not listen", program)
}

// certificate returns a key and a certificate that nobody else has signed.
func certificate(t *testing.T) (key, cert string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	c, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	b, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return block("PRIVATE KEY", b), block("CERTIFICATE", c)
}

// TestNginx reads a camera through nginx with Basic, TLS that nobody has
// signed, and buffering on.
func TestNginx(t *testing.T) {
	port := proctest.FreePort(t)
	key, cert := certificate(t)
	camera := streamer(t)
	start(t, map[string]string{
		"key.pem": key, "cert.pem": cert, "passwords": "u:{PLAIN}secret\n",
		"nginx.conf": strings.NewReplacer("PORT", fmt.Sprint(port), "CAMERA", camera.URL).Replace(`
daemon off; pid nginx.pid; error_log stderr; worker_processes 1;
events { worker_connections 64; }
http {
	access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
	server {
		listen 127.0.0.1:PORT ssl;
		ssl_certificate cert.pem; ssl_certificate_key key.pem;
		location / {
			auth_basic "cameras"; auth_basic_user_file passwords;
			proxy_pass CAMERA; proxy_buffering on;
		}
	}
}`),
	}, port, "nginx", "-p", ".", "-c", "nginx.conf")
	url := fmt.Sprintf("https://127.0.0.1:%d/v", port)
	for name, test := range map[string]struct {
		change func(*upstream.Options)
		code   string
	}{
		"right":          {func(o *upstream.Options) { o.Username, o.Password, o.TLSInsecure = "u", "secret", true }, ""},
		"wrong password": {func(o *upstream.Options) { o.Username, o.Password, o.TLSInsecure = "u", "x", true }, "unauthorized"},
		"no password":    {func(o *upstream.Options) { o.TLSInsecure = true }, "unauthorized"},
		"not trusted":    {func(o *upstream.Options) { o.Username, o.Password = "u", "secret" }, "tls"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := sourcetest.Try(t, &Reader{Camera: upstream.New(options(t, url, test.change)), Interval: time.Second}, 20)
			e, _ := errors.AsType[*source.Error](err)
			switch {
			case test.code == "" && (len(out.Packets) < 20 || len(out.Quirks) > 0):
				t.Errorf("%d pictures, quirks %q, %v", len(out.Packets), out.Quirks, err)
			case test.code != "" && (e == nil || e.Code != test.code || len(out.Packets) > 0):
				t.Errorf("%v, want %s", err, test.code)
			}
		})
	}
}

// TestLighttpd asks for a picture behind Digest, of a server that also answers
// conditional requests.
func TestLighttpd(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256", "MD5|SHA-256"} {
		t.Run(algorithm, func(t *testing.T) {
			port := proctest.FreePort(t)
			pic := rawpeer.Picture(t, "420")
			start(t, map[string]string{
				"a.jpg": pic, "passwords": "u:secret\n",
				"lighttpd.conf": strings.NewReplacer("PORT", fmt.Sprint(port), "ALGORITHM", algorithm).Replace(`
server.modules = ("mod_auth", "mod_authn_file")
server.document-root = var.CWD
server.bind = "127.0.0.1"
server.port = PORT
mimetype.assign = (".jpg" => "image/jpeg")
auth.backend = "plain"
auth.backend.plain.userfile = "passwords"
auth.require = ("/" => ("method" => "digest", "realm" => "cameras", "require" => "valid-user", "algorithm" => "ALGORITHM"))
`),
			}, port, "lighttpd", "-D", "-f", "lighttpd.conf")
			url := fmt.Sprintf("http://127.0.0.1:%d/a.jpg?x=1%%&y", port)
			login := func(o *upstream.Options) { o.Username, o.Password = "u", "secret" }
			out, err := sourcetest.Try(t, &Reader{Camera: upstream.New(options(t, url, login)), Interval: 50 * time.Millisecond, Single: true}, 1)
			if len(out.Packets) != 1 || string(out.Packets[0].Data) != pic || len(out.OwnQuirks()) > 0 {
				t.Fatalf("%d pictures, quirks %q, %v", len(out.Packets), out.Quirks, err)
			}
			client := upstream.New(options(t, url, login)).Client(nil)
			defer client.Close()
			resp, err := client.Get(t.Context(), upstream.Request{KeepAlive: true})
			if err != nil {
				t.Fatal(err)
			}
			v := validator{interval: time.Second}
			v.take(resp.Header, false, time.Now())
			resp.Body.Close()
			resp, err = client.Get(t.Context(), upstream.Request{KeepAlive: true, Header: v.condition(time.Now())})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.Status != 304 {
				t.Errorf("status %d for a condition", resp.Status)
			}
		})
	}
}

// TestMotion reads what motion makes of a camera, as a stream and picture by
// picture.
func TestMotion(t *testing.T) {
	port := proctest.FreePort(t)
	camera := streamer(t)
	start(t, map[string]string{
		"motion.conf": strings.NewReplacer("PORT", fmt.Sprint(port), "CAMERA", camera.URL).Replace(`
daemon off
setup_mode off
netcam_url CAMERA/v
width 160
height 120
framerate 10
stream_port PORT
stream_localhost on
stream_maxrate 10
stream_motion off
webcontrol_port 0
picture_output off
movie_output off
`),
	}, port, "motion", "-n", "-c", "motion.conf")
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	stream := &Reader{Camera: upstream.New(options(t, url+"/", nil)), Interval: time.Second}
	out, err := sourcetest.Try(t, stream, 6)
	for end := time.Now().Add(time.Minute); len(out.Packets) == 0 && time.Now().Before(end); out, err = sourcetest.Try(t, stream, 6) {
		time.Sleep(100 * time.Millisecond) // it has no picture yet, and hangs up
	}
	if len(out.Packets) < 6 {
		t.Errorf("stream: %d pictures, quirks %q, %v", len(out.Packets), out.Quirks, err)
	}
	t.Logf("stream: quirks %q", out.Quirks)
	out, err = sourcetest.Try(t, &Reader{Camera: upstream.New(options(t, url+"/current", nil)), Interval: 200 * time.Millisecond, Single: true}, 4)
	if len(out.Packets) < 4 {
		t.Errorf("snapshot: %d pictures, quirks %q, %v", len(out.Packets), out.Quirks, err)
	}
	t.Logf("snapshot: quirks %q", out.Quirks)
	for _, p := range out.Packets {
		if p.Track.Width != 160 || p.Track.Height != 120 {
			t.Errorf("track %+v", p.Track)
		}
	}
}
