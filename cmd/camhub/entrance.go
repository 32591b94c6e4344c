package main

import (
	"errors"
	"flag"
	"time"

	"camhub/internal/app"
)

// entranceFlags are the flags about who stands before the hub: certificates and
// proxies.
func entranceFlags(fs *flag.FlagSet, c *app.Config) {
	fs.StringVar(&c.TLS.CertFile, "tls-cert", "", "PEM `file` with the certificate, to serve HTTPS; it is read again when it changes")
	fs.StringVar(&c.TLS.KeyFile, "tls-key", "", "PEM `file` with the key of --tls-cert")
	fs.BoolVar(&c.TLS.SelfSigned, "tls-self-signed", false, "serve HTTPS with a certificate that the hub makes and keeps in its data folder")
	fs.Func("acme-domain", "serve HTTPS for these `names`, separated by commas, with certificates of an authority (ACME), whose terms you accept", c.TLS.SetDomains)
	fs.StringVar(&c.TLS.Email, "acme-email", "", "`address` that the authority may write to")
	fs.StringVar(&c.TLS.Directory, "acme-directory", "", "`URL` of an authority other than Let's Encrypt")
	fs.StringVar(&c.HTTPRedirect, "http-redirect", "", "`address`, such as :80, that redirects browsers to HTTPS")
	fs.Func("hsts", "have browsers come only by HTTPS, to this name on every port, for this `time`, such as 720h (HSTS; they keep it, so begin with a short one); not with --tls-self-signed", func(v string) (err error) {
		if c.StrictTransport, err = time.ParseDuration(v); err != nil {
			return errors.New("must be a time in hours, minutes and seconds, such as 720h for 30 days")
		}
		return nil
	})
	fs.Func("trusted-proxy", "`networks` of proxies, separated by commas, whose X-Forwarded-For, -Proto and -Host are trusted, such as 127.0.0.1,10.0.0.0/8; unix is whoever comes by a Unix-domain socket", c.Proxies.Set)
}

// checkEntrance returns what is wrong with them.
func checkEntrance(c *app.Config) error {
	if c.HTTPRedirect != "" && !c.TLS.Enabled() {
		return usageError{errors.New("--http-redirect needs a certificate, such as that of --tls-cert or --tls-self-signed")}
	}
	switch proven := c.TLS.CertFile != "" || len(c.TLS.Domains) > 0 || c.Proxies.Any(); {
	case c.StrictTransport < 0:
		return usageError{errors.New("--hsts must not be negative")}
	case c.StrictTransport > 0 && (c.TLS.SelfSigned || !proven):
		return usageError{errors.New("--hsts needs a certificate that browsers believe, of --tls-cert, --acme-domain or a --trusted-proxy: nobody could open the hub any more")}
	}
	if err := c.TLS.Check(); err != nil {
		return usageError{err}
	}
	return nil
}
