package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"camhub/internal/atomicfile"
)

// How long a certificate of our own is valid: as long as Apple's systems take any
// (support.apple.com/103769). Another one is made a month before its end, and not
// when the machine's addresses change: who has accepted it should have to once.
const (
	selfSignedLife = 825 * 24 * time.Hour
	renewBefore    = 30 * 24 * time.Hour
)

// selfSigned is a certificate that the hub has signed itself, in one PEM file with
// its key.
type selfSigned struct {
	path    string
	log     *slog.Logger
	current atomic.Pointer[tls.Certificate]
	renew   sync.Mutex // nobody waits for it
}

// openSelfSigned reads the file, or makes it (0600, in a folder 0700). A file that
// is something else is left alone, and is an error.
func openSelfSigned(path string, log *slog.Logger) (*selfSigned, error) {
	s := &selfSigned{path: path, log: log}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, s.make(time.Now())
	case err != nil:
		return nil, err
	}
	pair, err := tls.X509KeyPair(b, b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w (remove it, and the hub makes another)", path, err)
	}
	s.current.Store(&pair)
	if s.due(time.Now()) {
		return s, s.make(time.Now())
	}
	return s, nil
}

// due reports whether it is time for another one.
func (s *selfSigned) due(now time.Time) bool {
	leaf := s.current.Load().Leaf
	return now.After(leaf.NotAfter.Add(-renewBefore))
}

// certificate is for tls.Config.GetCertificate.
func (s *selfSigned) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if now := time.Now(); s.due(now) && s.renew.TryLock() {
		defer s.renew.Unlock()
		if !s.due(now) {
			return s.current.Load(), nil // somebody else has just done it
		}
		if err := s.make(now); err != nil {
			s.log.Error("no new certificate could be made", "err", err)
		} else {
			s.log.Warn("the certificate was renewed", "sha256", s.fingerprint())
		}
	}
	return s.current.Load(), nil
}

// make makes a certificate and its key, and keeps them.
func (s *selfSigned) make(now time.Time) error {
	pair, text, err := signSelf(now)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("keep the certificate: %w", err)
	}
	if err := atomicfile.WriteForFolder(s.path, text, 0o600); err != nil {
		return fmt.Errorf("keep the certificate: %w", err)
	}
	s.current.Store(pair)
	return nil
}

// signSelf makes a certificate and its key, also as PEM.
func signSelf(now time.Time) (pair *tls.Certificate, text []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	template := selfTemplate(now)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	var b bytes.Buffer
	pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	made, err := tls.X509KeyPair(b.Bytes(), b.Bytes())
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate: %w", err)
	}
	return &made, b.Bytes(), nil
}

// selfTemplate is for all the names that this machine is known to have. It is no
// authority: whoever trusts it trusts this hub and nobody else.
func selfTemplate(now time.Time) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte(rand.Text())),
		Subject:      pkix.Name{CommonName: "camhub"},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(selfSignedLife - 2*time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: []string{"localhost"},
	}
	if name, err := os.Hostname(); err == nil && validName(name) {
		c.Subject.CommonName = name
		c.DNSNames = append(c.DNSNames, name)
		if !strings.Contains(name, ".") {
			c.DNSNames = append(c.DNSNames, name+".local")
		}
	}
	c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	all, _ := net.InterfaceAddrs() // a system that does not tell has none
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			c.IPAddresses = append(c.IPAddresses, n.IP)
		}
	}
	return c
}

// validName reports whether a host's name can stand in a certificate.
func validName(name string) bool {
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.')
	})
}

// fingerprint returns the SHA-256 of the certificate as browsers show it.
func (s *selfSigned) fingerprint() string {
	sum := sha256.Sum256(s.current.Load().Leaf.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}
