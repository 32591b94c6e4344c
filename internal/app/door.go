package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/certs"
	"camhub/internal/connlimit"
	"camhub/internal/listen"
	"camhub/internal/service"
)

// door is where the hub is reached: its addresses, and its certificate.
type door struct {
	*listen.Set
	keeper  *certs.Keeper // nil without TLS
	manager *service.Manager
	url     string // that a browser can open
	log     *slog.Logger

	connections *connlimit.Limiter // of everybody who comes in
}

// openDoor takes the hub's addresses, and says where that is.
func openDoor(c Config, stdout io.Writer) (*door, error) {
	d := &door{log: c.Log, connections: connlimit.New(maxConnections(), c.Log)}
	var err error
	if d.manager, err = service.New(c.Log); err != nil {
		return nil, err
	}
	if d.keeper, err = certs.Open(c.TLS, c.DataDir, c.Log); err != nil {
		return nil, err
	}
	scheme := "http"
	if d.keeper != nil {
		scheme = "https"
		d.Set, err = listen.Open(c.Listen, c.HTTPRedirect, d.keeper.TLS)
	} else {
		d.Set, err = listen.Open(c.Listen, "", nil)
	}
	if err != nil {
		return nil, err
	}
	name := ""
	if len(c.TLS.Domains) > 0 {
		name = c.TLS.Domains[0]
	}
	d.url = address(scheme, name, d.Addr())
	fmt.Fprintf(stdout, "camhub is at %s\n", d.url)
	c.Log.Info("listening", "url", d.url, "version", c.Version, "data", c.DataDir)
	if d.keeper != nil && d.keeper.Fingerprint != "" {
		fmt.Fprintf(stdout, "Browsers will warn that its certificate is self-signed. Compare the SHA-256 fingerprint that they show:\n    %s\n", d.keeper.Fingerprint)
		c.Log.Info("self-signed certificate", "sha256", d.keeper.Fingerprint)
	}
	return d, nil
}

// address returns what a browser on this machine can open when the hub listens at an
// address, or what a proxy can connect to. A name takes the place of the host.
func address(scheme, name string, at net.Addr) string {
	tcp, ok := at.(*net.TCPAddr)
	switch {
	case !ok:
		return at.Network() + ":" + at.String()
	case name != "" && scheme == "https" && tcp.Port == 443:
		return scheme + "://" + name
	case name == "" && tcp.IP.IsUnspecified():
		name = "localhost"
	case name == "":
		name = tcp.IP.String()
	}
	return scheme + "://" + net.JoinHostPort(name, strconv.Itoa(tcp.Port))
}

// report tells the service manager how the hub is doing, and redirects browsers to HTTPS,
// until ctx ends or stop is called, which waits for it.
func (d *door) report(ctx context.Context, h http.Handler, store func() error) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		d.manager.Run(ctx, "serving at "+d.url, func(ctx context.Context) error { return alive(ctx, h, store) })
	})
	if d.Redirect != nil && d.keeper != nil {
		port := 443
		if tcp, ok := d.Addr().(*net.TCPAddr); ok {
			port = tcp.Port
		}
		wg.Go(func() {
			if err := listen.RunRedirect(ctx, d.Redirect, port, d.keeper.Challenge, d.connections.Bind, d.log); err != nil {
				d.log.Error("browsers are not led to HTTPS any more", "err", err)
			}
		})
	}
	return func() error {
		cancel()
		wg.Wait()
		return nil
	}
}

// alive has the hub answer a request as it answers everybody's, and asks the store
// whether it could write.
func alive(ctx context.Context, h http.Handler, store func() error) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/readyz", nil)
	if err != nil {
		return err
	}
	r.RemoteAddr = "127.0.0.1:0"
	a := &answered{header: make(http.Header)}
	h.ServeHTTP(a, r)
	var errs *multierror.Error
	if a.status != http.StatusOK {
		errs = multierror.Append(errs, fmt.Errorf("/readyz answers %d", a.status))
	}
	if err := store(); err != nil {
		errs = multierror.Append(errs, fmt.Errorf("the store does not answer: %w", err))
	}
	return errs.ErrorOrNil()
}

// answered is the status of an answer that nobody reads.
type answered struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (a *answered) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answered) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return len(b), nil
}
