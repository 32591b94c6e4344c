// Package certs gives the hub's web server its certificate: one that a user has in
// files, one that the hub makes and signs itself, or one of a public authority that
// it asks for (ACME).
package certs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
)

// Config says where the certificate comes from. Its zero value is: there is none.
type Config struct {
	CertFile, KeyFile string // PEM, as --tls-cert and --tls-key name them
	SelfSigned        bool
	Domains           []string // names that an authority is asked for
	Email             string   // for the authority; may be ""
	Directory         string   // of the authority; "" is Let's Encrypt
}

// Enabled reports whether there is a certificate.
func (c Config) Enabled() bool {
	return c.CertFile != "" || c.KeyFile != "" || c.SelfSigned || len(c.Domains) > 0
}

// SetDomains sets the domains from a list with commas or spaces.
func (c *Config) SetDomains(list string) error {
	c.Domains = nil
	for _, name := range strings.FieldsFunc(strings.ToLower(list), func(r rune) bool { return r == ',' || r == ' ' }) {
		if !strings.Contains(name, ".") || strings.ContainsAny(name, ":/*@") || len(name) > 253 {
			return fmt.Errorf("%q is no name that an authority gives a certificate for", name)
		}
		c.Domains = append(c.Domains, name)
	}
	return nil
}

// Check returns what is wrong with the flags, by their names. It reads no file.
func (c Config) Check() error {
	ways := 0
	for _, is := range []bool{c.CertFile != "" || c.KeyFile != "", c.SelfSigned, len(c.Domains) > 0} {
		if is {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("only one of --tls-cert, --tls-self-signed and --acme-domain can be used")
	case (c.CertFile == "") != (c.KeyFile == ""):
		return errors.New("--tls-cert and --tls-key need each other")
	case len(c.Domains) == 0 && (c.Email != "" || c.Directory != ""):
		return errors.New("--acme-email and --acme-directory need --acme-domain")
	}
	if u, err := url.Parse(c.Directory); c.Directory != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("--acme-directory must be an https:// address, not %q", c.Directory)
	}
	return nil
}

// Keeper holds the certificate of a running hub. Its parts are safe for concurrent
// use. It has nothing to close.
type Keeper struct {
	TLS         *tls.Config // for HTTP/2 and HTTP/1.1
	Fingerprint string      // SHA-256 of a certificate that the hub signed itself, else ""

	// Challenge gives an authority that asks over plain HTTP its answers, and passes
	// all else on.
	Challenge func(next http.Handler) http.Handler
}

// Open returns what c asks for, or nil when that is no certificate. What the hub
// makes or gets is kept in a folder tls below dataDir, for nobody else to read.
func Open(c Config, dataDir string, log *slog.Logger) (*Keeper, error) {
	if err := c.Check(); err != nil || !c.Enabled() {
		return nil, err
	}
	k := &Keeper{Challenge: func(next http.Handler) http.Handler { return next }}
	k.TLS = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	switch {
	case c.SelfSigned:
		s, err := openSelfSigned(filepath.Join(dataDir, "tls", "self-signed.pem"), log)
		if err != nil {
			return nil, fmt.Errorf("--tls-self-signed: %w", err)
		}
		k.TLS.GetCertificate, k.Fingerprint = s.certificate, s.fingerprint()
	case len(c.Domains) > 0:
		if err := k.useACME(c, filepath.Join(dataDir, "tls", "acme")); err != nil {
			return nil, err
		}
	default:
		f, err := loadFiles(c.CertFile, c.KeyFile, log)
		if err != nil {
			return nil, err
		}
		k.TLS.GetCertificate = f.certificate
	}
	return k, nil
}
