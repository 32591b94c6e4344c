package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"camhub/internal/app"
	"camhub/internal/certs"
	"camhub/internal/hubtest"
	"camhub/internal/proctest"
)

// pebble is an authority for tests, by the makers of Let's Encrypt. It is built when
// the test runs, since nothing else needs what it needs.
const pebble = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1"

// TestACME has a real authority give the hub its certificate: it looks for the
// hub's name in the DNS, and then at the hub's own port.
func TestACME(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds an authority")
	}
	program := installPebble(t)
	dir, data := t.TempDir(), t.TempDir()
	if _, err := certs.Open(certs.Config{SelfSigned: true}, dir, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	pem := filepath.Join(dir, "tls", "self-signed.pem") // of the authority's own server
	port := proctest.FreePort(t)
	directory, stop := startPebble(t, program, pem, port)
	serve := func() *hubtest.Hub {
		cmd := hubtest.Serve(os.Args[0], data, "--listen", fmt.Sprintf("127.0.0.1:%d", port),
			"--acme-domain", publicName, "--acme-email", "ann@example.com", "--acme-directory", directory)
		cmd.Env = append(os.Environ(), runAsCamhub+"=1", "SSL_CERT_FILE="+pem, "SSL_CERT_DIR=/nonexistent")
		return hubtest.Start(t, cmd)
	}
	hub := serve()
	if want := fmt.Sprintf("https://%s:%d", publicName, port); hub.URL != want {
		t.Errorf("the hub is at %s, want %s", hub.URL, want)
	}
	leaf, err := certificateOf(port, publicName)
	if err != nil {
		t.Fatalf("%v\n%s", err, hub.Log())
	}
	if err := leaf.VerifyHostname(publicName); err != nil || !strings.HasPrefix(leaf.Issuer.CommonName, "Pebble Intermediate") {
		t.Errorf("%v; the issuer is %v", err, leaf.Issuer)
	}
	if err := app.Health(t.Context(), "", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Error("it is not found to be well:", err)
	}
	if _, err := certificateOf(port, "evil.example.com"); err == nil {
		t.Error("the hub has a certificate for a name that is not its own")
	}
	hub.Stop()
	stop() // from here on only what the hub has kept can help
	hub = serve()
	again, err := certificateOf(port, publicName)
	if err != nil || !again.Equal(leaf) {
		t.Errorf("after a restart: %v", err)
	}
	hub.Stop()
}

// certificateOf returns what a client sees that asks for a name, which may take as
// long as an authority takes.
func certificateOf(port int, name string) (*x509.Certificate, error) {
	dialer := &net.Dialer{Timeout: time.Minute} // for the handshake too
	c, err := tls.DialWithDialer(dialer, "tcp", fmt.Sprintf("127.0.0.1:%d", port), &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0], nil
}

// installPebble returns the path of the authority's program.
func installPebble(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "install", pebble)
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s can't be had, and so no certificate is asked for: %v\n%s", pebble, err, out)
	}
	return filepath.Join(bin, "pebble")
}

// startPebble runs an authority that looks at a port of this machine, whatever the
// name. pem is the certificate of its own server.
func startPebble(t *testing.T, program, pem string, port int) (directory string, stop func()) {
	t.Helper()
	at := fmt.Sprintf("127.0.0.1:%d", proctest.FreePort(t))
	conf, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": at, "managementListenAddress": "", "certificate": pem, "privateKey": pem,
		"httpPort": proctest.FreePort(t), "tlsPort": port, "retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pebble.json")
	if err := os.WriteFile(file, conf, 0o600); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	cmd := exec.Command(program, "-config", file, "-dnsserver", serveNames(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	stop = func() {
		if !ended {
			ended = true
			cmd.Process.Kill()
			cmd.Wait()
		}
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	directory = "https://" + at + "/dir"
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if resp, err := (&http.Client{Transport: transport}).Get(directory); err == nil {
			resp.Body.Close()
			return directory, stop
		}
	}
	t.Fatal("the authority does not listen")
	return "", nil
}

// serveNames runs a DNS server, which the authority asks over TCP, for which every
// name is this machine. It returns its address.
func serveNames(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(10 * time.Second))
				if err := answerName(c); err != nil {
					t.Errorf("the name server: %v", err)
				}
			})
		}
	})
	return l.Addr().String()
}

// answerName answers one question (RFC 1035, section 4.2.2).
func answerName(c net.Conn) error {
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil {
		return err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	}
	b, err := m.AppendPack(make([]byte, 2))
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(b, uint16(len(b)-2))
	_, err = c.Write(b)
	return err
}
