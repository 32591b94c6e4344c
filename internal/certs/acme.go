package certs

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// useACME has an authority give the certificates (RFC 8555). It proves that the hub
// has the names on the hub's own port (TLS-ALPN-01, RFC 8737), which the authority
// reaches as 443, or on port 80 where Challenge answers (HTTP-01). The first
// handshake for a name waits for its certificate, as long as the server lets it; who
// comes again gets it. It is renewed a month before its end, while the old one serves.
//
// Who asks for no name, or for localhost, does not come by the hub's name: a health check
// on this machine, or a scanner. He gets a certificate that nobody vouches for, and the
// authority is not asked.
func (k *Keeper) useACME(c Config, dir string) error {
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Email: c.Email,
		Cache: autocert.DirCache(dir), HostPolicy: onlyFor(c.Domains),
	}
	if c.Directory != "" {
		manager.Client = &acme.Client{DirectoryURL: c.Directory}
	}
	local, _, err := signSelf(time.Now())
	if err != nil {
		return err
	}
	k.TLS.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello.ServerName == "" || hello.ServerName == "localhost" {
			return local, nil
		}
		return manager.GetCertificate(hello)
	}
	k.TLS.NextProtos = append(k.TLS.NextProtos, acme.ALPNProto)
	k.Challenge = manager.HTTPHandler
	return nil
}

// onlyFor keeps strangers from making the hub ask for certificates of any name.
func onlyFor(domains []string) autocert.HostPolicy {
	known := autocert.HostWhitelist(domains...)
	return func(ctx context.Context, host string) error {
		if err := known(ctx, host); err != nil {
			return fmt.Errorf("%.100q is not in --acme-domain", host)
		}
		return nil
	}
}
