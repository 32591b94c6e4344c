package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) count(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.b.String(), text)
}

func logger() (*slog.Logger, *syncBuffer) {
	var b syncBuffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

// pair writes a certificate of its own with its key, in two files.
func pair(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	log, _ := logger()
	s, err := openSelfSigned(filepath.Join(dir, name+".pem"), log)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("-----BEGIN PRIVATE"))
	cert, key = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	write(t, cert, b[:at])
	write(t, key, b[at:])
	return cert, key
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, b)
}

func TestBadFlagsAreNamed(t *testing.T) {
	dir := t.TempDir()
	cert, key := pair(t, dir, "a")
	_, other := pair(t, dir, "b")
	junk := filepath.Join(dir, "junk")
	write(t, junk, []byte("hello"))
	for name, tt := range map[string]struct {
		c    Config
		want []string
	}{
		"no key":           {Config{CertFile: cert}, []string{"--tls-cert and --tls-key"}},
		"no certificate":   {Config{KeyFile: key}, []string{"--tls-cert and --tls-key"}},
		"two ways":         {Config{SelfSigned: true, CertFile: cert, KeyFile: key}, []string{"only one"}},
		"missing file":     {Config{CertFile: cert + "x", KeyFile: key}, []string{"--tls-cert", cert + "x"}},
		"missing key file": {Config{CertFile: cert, KeyFile: key + "x"}, []string{"--tls-key", key + "x"}},
		"mismatch":         {Config{CertFile: cert, KeyFile: other}, []string{"--tls-cert", "--tls-key", "does not match"}},
		"no PEM":           {Config{CertFile: junk, KeyFile: key}, []string{"--tls-cert " + junk}},
		"a folder":         {Config{CertFile: dir, KeyFile: key}, []string{"--tls-cert", "no PEM"}},
		"email alone":      {Config{Email: "a@b.c"}, []string{"--acme-domain"}},
		"directory":        {Config{Domains: []string{"a.b"}, Directory: "http://x"}, []string{"--acme-directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			log, _ := logger()
			if tt.c.Email != "" && tt.c.Check() == nil {
				t.Error("Check finds nothing")
			}
			_, err := Open(tt.c, dir, log)
			if !tt.c.Enabled() {
				err = tt.c.Check()
			}
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q in it", err, want)
				}
			}
		})
	}
}

// TestFilesAreReadAgain replaces the files in every order, with halves in between.
func TestFilesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	oldCert, oldKey := pair(t, dir, "old")
	newCert, newKey := pair(t, dir, "new")
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	copyFile(t, cert, oldCert)
	copyFile(t, key, oldKey)
	log, text := logger()
	f, err := loadFiles(cert, key, log)
	if err != nil {
		t.Fatal(err)
	}
	now := func() string { return string(f.current.Load().Leaf.Raw) }
	look := func() { f.look() }
	before := now()
	look()
	if now() != before || text.count("read again") != 0 {
		t.Error("it was read again without a reason")
	}
	copyFile(t, cert, newCert)
	look()
	look()
	look()
	if now() != before || text.count("not usable") != 1 {
		t.Errorf("half of a pair: changed %t, told %d times", now() != before, text.count("not usable"))
	}
	copyFile(t, key, newKey)
	look()
	if now() == before || text.count("read again") != 1 {
		t.Error("the new pair is not used")
	}
	before = now()
	write(t, cert, []byte("-----BEGIN CERT")) // half of a file
	look()
	os.Remove(cert)
	look()
	if now() != before || text.count("not usable") != 3 {
		t.Errorf("it is gone, or told %d times", text.count("not usable"))
	}
	copyFile(t, cert+".tmp", oldCert)
	copyFile(t, key, oldKey)
	if err := os.Rename(cert+".tmp", cert); err != nil {
		t.Fatal(err)
	}
	if look(); now() == before {
		t.Error("a file that was renamed over it is not used")
	}
}

// TestHandshakesLookAtTheFiles connects before and after a change.
func TestHandshakesLookAtTheFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key := pair(t, dir, "a")
	newCert, newKey := pair(t, dir, "b")
	log, _ := logger()
	k, err := Open(Config{CertFile: cert, KeyFile: key}, dir, log)
	if err != nil {
		t.Fatal(err)
	}
	before := handshake(t, k.TLS)
	copyFile(t, cert, newCert)
	copyFile(t, key, newKey)
	for end := time.Now().Add(time.Minute); bytes.Equal(handshake(t, k.TLS).Raw, before.Raw); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the new certificate is not seen")
		}
	}
}

// handshake returns the certificate that a client sees.
func handshake(t *testing.T, server *tls.Config) *x509.Certificate {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	done := make(chan error, 1)
	go func() { done <- tls.Server(far, server).HandshakeContext(t.Context()) }()
	client := tls.Client(near, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, ServerName: "localhost"})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if st := client.ConnectionState(); st.NegotiatedProtocol != "h2" {
		t.Errorf("the protocol is %q", st.NegotiatedProtocol)
	}
	return client.ConnectionState().PeerCertificates[0]
}

func TestSelfSignedIsKept(t *testing.T) {
	dir := t.TempDir()
	log, _ := logger()
	k, err := Open(Config{SelfSigned: true}, dir, log)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "tls", "self-signed.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	leaf := handshake(t, k.TLS)
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "localhost"}); err != nil {
		t.Errorf("who trusts it is refused: %v", err)
	}
	if leaf.IsCA || leaf.NotAfter.Sub(leaf.NotBefore) > selfSignedLife {
		t.Errorf("an authority %t, until %v", leaf.IsCA, leaf.NotAfter)
	}
	again, err := Open(Config{SelfSigned: true}, dir, log)
	if err != nil || again.Fingerprint != k.Fingerprint || len(k.Fingerprint) != 32*3-1 {
		t.Errorf("another one after a restart: %v, %s and %s", err, again.Fingerprint, k.Fingerprint)
	}
}

func TestSelfSignedIsRenewed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tls", "x.pem")
	log, text := logger()
	s, err := openSelfSigned(path, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.make(time.Now().Add(-selfSignedLife + renewBefore - time.Hour)); err != nil { // of two years ago
		t.Fatal(err)
	}
	old := s.fingerprint()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { s.certificate(nil) })
	}
	wg.Wait()
	if s.fingerprint() == old || text.count("was renewed") != 1 {
		t.Errorf("it was renewed %d times", text.count("was renewed"))
	}
	if again, err := openSelfSigned(path, log); err != nil || again.fingerprint() != s.fingerprint() {
		t.Errorf("the new one is not kept: %v", err)
	}
}

func TestForeignFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pem")
	write(t, path, []byte("mine"))
	log, _ := logger()
	if _, err := openSelfSigned(path, log); err == nil || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Error("it was changed")
	}
}

func TestDomains(t *testing.T) {
	var c Config
	if err := c.SetDomains("Cams.example.com, b.example.org"); err != nil || len(c.Domains) != 2 || c.Domains[0] != "cams.example.com" {
		t.Errorf("%v, %v", c.Domains, err)
	}
	for _, bad := range []string{"localhost", "https://a.b", "*.example.com", "a.b:443"} {
		if err := c.SetDomains(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	policy := onlyFor([]string{"a.example"})
	if policy(t.Context(), "a.example") != nil || policy(t.Context(), "b.example") == nil {
		t.Error("the policy is wrong")
	}
}

// TestNoNameIsAskedFor answers a check of this machine while the authority can't be reached.
func TestNoNameIsAskedFor(t *testing.T) {
	c := Config{Domains: []string{"cams.example.com"}, Directory: "https://127.0.0.1:1/"}
	k, err := Open(c, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"": true, "localhost": true, "cams.example.com": false, "other.example.com": false} {
		_, err := k.TLS.GetCertificate(&tls.ClientHelloInfo{ServerName: name, SupportedVersions: []uint16{tls.VersionTLS13}, CipherSuites: []uint16{tls.TLS_AES_128_GCM_SHA256}})
		if (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
