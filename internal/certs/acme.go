package certs

import (
	"context"
	"fmt"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// useACME has an authority give the certificates (RFC 8555). It proves that the hub
// has the names on the hub's own port (TLS-ALPN-01, RFC 8737), which the authority
// reaches as 443, or on port 80 where Challenge answers (HTTP-01). The first
// handshake for a name waits for its certificate, as long as the server lets it; who
// comes again gets it. It is renewed a month before its end, while the old one serves.
func (k *Keeper) useACME(c Config, dir string) {
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Email: c.Email,
		Cache: autocert.DirCache(dir), HostPolicy: onlyFor(c.Domains),
	}
	if c.Directory != "" {
		manager.Client = &acme.Client{DirectoryURL: c.Directory}
	}
	k.TLS.GetCertificate = manager.GetCertificate
	k.TLS.NextProtos = append(k.TLS.NextProtos, acme.ALPNProto)
	k.Challenge = manager.HTTPHandler
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
