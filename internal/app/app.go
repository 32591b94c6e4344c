// Package app puts the parts together: Serve runs the hub, and the other exported
// types are the program's commands, each with a Run. It is the only package that
// knows all parts.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/certs"
	"camhub/internal/front"
	"camhub/internal/inventory"
	"camhub/internal/live"
	"camhub/internal/probe"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/internal/upstream"
)

// Config is what a user decides on the command line.
type Config struct {
	Listen  string // host:port; port 0 picks a free one
	DataDir string
	Key     string // what seals the secrets of cameras (see seal.ParseRing), or "" for the key in the data folder
	Demo    bool   // add emulated cameras if there are none

	InsecureNoAuth bool     // nobody has to sign in, whoever it is
	AllowedHosts   []string // names by which a hub answers that runs so

	TLS          certs.Config // where the certificate comes from, if there is one
	HTTPRedirect string       // host:port from where browsers are led to HTTPS, or ""
	Proxies      front.Trust  // in front of the hub, that are believed

	StrictTransport time.Duration // see front.StrictTransport

	CameraNetworks []netip.Prefix // the only ones that cameras may be in, if there are any

	Version string
	Log     *slog.Logger
}

// How long the steps of stopping may take; all of them in under 5 s.
const (
	viewersTimeout  = 1500 * time.Millisecond
	requestsTimeout = 2 * time.Second
)

// readTimeout bounds how long a client takes to send a request with its body.
// It also bounds the wait for a body that no handler reads, which the server
// would else have for ever. It does not touch answers that stream.
var readTimeout = 10 * time.Second // lowered by tests

// Serve runs the hub until ctx ends or something fails, and has released
// everything when it returns. It writes the URL to open to stdout.
func Serve(ctx context.Context, c Config, stdout io.Writer) (err error) {
	started := time.Now()
	// What is opened first is closed last.
	var closers []func() error
	defer func() {
		var errs *multierror.Error
		errs = multierror.Append(errs, stopped(ctx, err, c.Log))
		for i := len(closers) - 1; i >= 0; i-- {
			errs = multierror.Append(errs, closers[i]())
		}
		if err = errs.ErrorOrNil(); err != nil && len(errs.Errors) == 1 {
			err = errs.Errors[0] // in one line
		}
	}()

	db, err := openData(c.DataDir, c.Key, c.Log)
	if err != nil {
		return err
	}
	closers = append(closers, db.Close)

	door, err := openDoor(c, stdout)
	if err != nil {
		return err
	}
	closers = append(closers, door.Close)

	if err := db.report(c.DataDir, c.Log); err != nil {
		return err
	}
	reach := upstream.Networks{Allowed: c.CameraNetworks, Own: ownAddress(door.Addrs()...)}
	reg := registry.New(registry.Config{Store: db.Store, Kinds: kinds, DataDir: c.DataDir, Log: c.Log, MayDial: reach.MayDial})
	closers = append(closers, reg.Close)
	if err := startCameras(ctx, reg, c.Demo); err != nil {
		return err
	}
	recordings, err := openRecordings(ctx, c.DataDir, db.Store, reg, c.Log)
	if err != nil {
		return err
	}
	closers = append(closers, recordings.Close)
	exports, err := openExports(ctx, c.DataDir, recordings, reg, c.Log)
	if err != nil {
		return err
	}
	closers = append(closers, exports.Close)
	recordings.Start()
	cameras := running{reg.Hub(), recordings}
	copies := rendition.New(c.Log)
	closers = append(closers, copies.Close)
	users, err := newUsers(db.Store, reg, door.LoopbackOnly() && !c.Proxies.Any(), c)
	if err != nil {
		return err
	}
	sayWhoMayEnter(users, door.url, stdout, c.Log)
	closers = append(closers, background(ctx, users.Run))
	pictures := live.New(live.Config{Hub: cameras, Copies: copies, Archive: recordings.Archive(), First: reg.First, Watch: func() live.Watch { return reg.Watch() }})
	recorded := live.NewRecorded(pictures)
	closers = append(closers, recorded.Close)
	probes := probe.New(probe.Config{Cameras: reg, Hub: reg.Hub(), Kinds: kinds, Quirks: quirks, DataDir: c.DataDir, MayDial: reach.MayDial, Log: c.Log})
	closers = append(closers, probes.Close)
	devices := inventory.New(kinds, reg)
	closers = append(closers, devices.Close)
	p := parts{db.Store, newBackups(&db, c.DataDir, c.Version, reg.Record, c.Log), reg, users, cameras, recordings, exports, pictures, recorded, copies, probes, devices, c.Version, started}
	handler := c.Proxies.Handler(front.StrictTransport(c.StrictTransport, route.New(routes(p), counted(users.Guard), c.Log)))
	closers = append(closers, door.report(ctx, handler, db.Alive))
	return serveHTTP(ctx, door, handler, p.endStreams, pictures, c.Log)
}

// startCameras runs the cameras that are stored, or those of the demo if it is wanted
// and there are none.
func startCameras(ctx context.Context, reg *registry.Registry, demo bool) error {
	if err := reg.Start(ctx); err != nil || !demo {
		return err
	}
	return addDemo(ctx, reg)
}

// serveHTTP answers requests until ctx ends, then has endStreams end what goes
// on without an end, gives the viewers of pictures time to take it, and the
// requests time to finish.
func serveHTTP(ctx context.Context, at *door, h http.Handler, endStreams func(), pictures *live.Server, log *slog.Logger) error {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true) // for proxies
	srv := &http.Server{
		Protocols:      &protocols,
		Handler:        h,
		ReadTimeout:    readTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	bound(srv, at.connections)
	failed, settle := serveAll(srv, at.Set)
	select {
	case err := <-failed:
		return fmt.Errorf("web server: %w", err)
	case <-ctx.Done():
	}
	var errs *multierror.Error
	errs = multierror.Append(errs, settle())
	ctx = context.WithoutCancel(ctx)
	requests, cancel := context.WithTimeout(ctx, requestsTimeout)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Shutdown(requests) }()
	endStreams()
	viewers, cancel := context.WithTimeout(ctx, viewersTimeout)
	defer cancel()
	errs = multierror.Append(errs, pictures.Close(viewers))
	if err := <-stopped; err != nil {
		log.Warn("requests cut", "err", err)
		errs = multierror.Append(errs, ignoreClosed(srv.Close()))
	}
	return errs.ErrorOrNil()
}

// ignoreClosed drops the error of closing twice.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
