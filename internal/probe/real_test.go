package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"camhub/internal/proctest"
)

// need skips the test where a program is missing, unless it must be there.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + program); err == nil {
			return path
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is needed and not installed", program)
		}
		t.Skipf("%s is not installed", program)
	}
	return path
}

// start runs a program until the test ends.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		kill := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
		if t.Failed() {
			t.Logf("%s said:\n%.3000s", cmd.Path, out.String())
		}
	})
}

// await waits until something listens on a port.
func await(t *testing.T, port string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing listens on port %s: %v", port, err)
		}
	}
}

// nginx runs nginx with the given server blocks, in the foreground.
func nginx(t *testing.T, servers string) (dir string) {
	t.Helper()
	path := need(t, "nginx")
	dir = t.TempDir()
	conf := fmt.Sprintf(`daemon off; master_process off; error_log stderr warn; pid %[1]s/pid;
events {}
http {
	access_log off; types { text/html html; image/jpeg jpg; }
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	%[2]s
}`, dir, strings.ReplaceAll(servers, "DIR", dir))
	write(t, filepath.Join(dir, "nginx.conf"), conf)
	write(t, filepath.Join(dir, "pic.jpg"), still)
	certificate(t, dir)
	start(t, exec.Command(path, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr"))
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate writes one that is signed by itself.
func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "camera"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}

// TestFFmpeg has ffmpeg as a camera for one viewer, which answers any path.
func TestFFmpeg(t *testing.T) {
	t.Parallel()
	port := strconv.Itoa(proctest.FreePort(t))
	start(t, exec.Command(need(t, "ffmpeg"), "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25",
		"-f", "mpjpeg", "-listen", "1", "http://127.0.0.1:"+port+"/"))
	r := newRig(t)
	body := object{"url": "127.0.0.1:" + port}
	res := r.probe(body)
	for deadline := time.Now().Add(time.Minute); res.Answer == Refused && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		res = r.probe(body) // it serves one connection in its life, so that it can't be waited for by another
	}
	if res.Answer != Stream {
		t.Fatalf("%+v", res)
	}
	wantPictures(t, res, "http://127.0.0.1:"+port+"/")
}

// TestNginx has nginx as what is no camera, as a guard and as a server of one
// picture, over plain and over secure connections.
func TestNginx(t *testing.T) {
	t.Parallel()
	plain, secure := strconv.Itoa(proctest.FreePort(t)), strconv.Itoa(proctest.FreePort(t))
	dir := nginx(t, `
	server { listen 127.0.0.1:`+plain+`; root DIR;
		location = / { root DIR; index index.html; }
		location /locked/ { auth_basic "locked"; auth_basic_user_file DIR/users; alias DIR/; } }
	server { listen 127.0.0.1:`+secure+` ssl; ssl_certificate DIR/cert.pem; ssl_certificate_key DIR/key.pem; root DIR; }`)
	write(t, filepath.Join(dir, "users"), "admin:{PLAIN}right-secret\n")
	write(t, filepath.Join(dir, "index.html"), "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n"+
		"<h1>Welcome to nginx!</h1>\n<p>For online documentation and support please refer to\n<a href=\"http://nginx.org/\">nginx.org</a>.</p>\n</body>\n</html>\n")
	await(t, plain)
	await(t, secure)
	host := "127.0.0.1:" + plain
	tests := []struct {
		name    string
		body    object
		want    Answer
		explain string
	}{
		{"welcome page", object{"url": host}, NotACamera, "Welcome to nginx!"},
		{"picture", object{"url": "http://" + host + "/pic.jpg"}, Snapshot, ""},
		{"no password", object{"url": host + "/locked/pic.jpg"}, Challenge, ""},
		{"wrong password", object{"url": "http://admin:wrong-secret@" + host + "/locked/pic.jpg"}, WrongPassword, ""},
		{"right password", object{"url": host + "/locked/pic.jpg", "username": "admin", "password": "right-secret"}, Snapshot, ""},
		{"self-signed", object{"url": "https://127.0.0.1:" + secure + "/pic.jpg"}, TLS, "no authority that is known has signed it"},
		{"self-signed, without a scheme", object{"url": "127.0.0.1:" + secure + "/pic.jpg"}, TLS, "no authority that is known has signed it"},
		{"self-signed, as plain HTTP", object{"url": "http://127.0.0.1:" + secure + "/pic.jpg"}, HTTPStatus, "https://"},
		{"self-signed, accepted", object{"url": "127.0.0.1:" + secure + "/pic.jpg", "tls_insecure": true}, Snapshot, ""},
	}
	r := newRig(t)
	for _, tt := range tests {
		res := r.probe(tt.body)
		if text := res.Explanation + strings.Join(res.Advice, " "); res.Answer != tt.want || !strings.Contains(text, tt.explain) {
			t.Errorf("%s: %+v", tt.name, res)
		}
		if told := r.told(res); strings.Contains(told, "-secret") {
			t.Errorf("%s: told: %s", tt.name, told)
		}
	}
}

// TestMotion has motion as the server of another camera.
func TestMotion(t *testing.T) {
	t.Parallel()
	path := need(t, "motion")
	r := newRig(t)
	upstream := serve(t, r, movingPictures)
	control, port := strconv.Itoa(proctest.FreePort(t)), strconv.Itoa(proctest.FreePort(t))
	dir := t.TempDir()
	write(t, filepath.Join(dir, "motion.conf"), fmt.Sprintf("daemon off\nsetup_mode off\nlog_level 4\nlog_file %[1]s/log\ntarget_dir %[1]s\npicture_output off\nmovie_output off\n"+
		"netcam_url %[2]s/v\nwidth 640\nheight 360\nframerate 10\nwebcontrol_port %[3]s\nwebcontrol_localhost on\nstream_port %[4]s\nstream_localhost on\nstream_maxrate 10\nstream_motion off\n",
		dir, strings.Replace(upstream, "http://", "mjpeg://", 1), control, port))
	cmd := exec.Command(path, "-n", "-c", filepath.Join(dir, "motion.conf"))
	cmd.Dir = dir
	start(t, cmd)
	await(t, port)
	body := object{"url": "127.0.0.1:" + port}
	res := r.probe(body)
	for deadline := time.Now().Add(time.Minute); !res.Works && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		res = r.probe(body) // it hangs up as long as it has no picture of its own camera
	}
	if res.Answer != Stream || res.Width != 640 || res.FPS == 0 || res.Preview == "" {
		t.Errorf("its stream: %+v", res)
	}
	await(t, control)
	res = r.probe(object{"url": "http://127.0.0.1:" + control + "/"})
	if res.Device != "motion" {
		t.Errorf("its control page: %+v", res)
	}
}
