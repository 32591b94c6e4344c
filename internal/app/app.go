// Package app puts the parts together. It is the only package that knows them
// all, and it holds no logic of its own.
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
	"path/filepath"
	"strconv"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/inventory"
	"camhub/internal/live"
	"camhub/internal/probe"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/internal/upstream"
	"camhub/store"
)

// Config is what a user decides on the command line.
type Config struct {
	Listen  string // host:port; port 0 picks a free one
	DataDir string
	Demo    bool // add emulated cameras if there are none

	InsecureNoAuth bool     // nobody has to sign in, whoever it is
	AllowedHosts   []string // names by which a hub answers that runs so

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
		errs = multierror.Append(errs, err)
		for i := len(closers) - 1; i >= 0; i-- {
			errs = multierror.Append(errs, closers[i]())
		}
		if err = errs.ErrorOrNil(); err != nil && len(errs.Errors) == 1 {
			err = errs.Errors[0] // in one line
		}
	}()

	db, err := store.Open(filepath.Join(c.DataDir, "camhub.db"))
	if err != nil {
		return err
	}
	closers = append(closers, db.Close)

	listener, url, err := listen(c, stdout)
	if err != nil {
		return err
	}
	closers = append(closers, func() error { return ignoreClosed(listener.Close()) })

	if warning := db.Warning(); warning != "" {
		c.Log.Warn("database", "warning", warning)
	}
	reach := upstream.Networks{Allowed: c.CameraNetworks, Own: ownAddress(listener.Addr())}
	reg := registry.New(db, kinds, c.DataDir, c.Log, registry.MayDial(reach.MayDial))
	closers = append(closers, reg.Close)
	if err := startCameras(ctx, reg, c.Demo); err != nil {
		return err
	}
	recordings, err := openRecordings(ctx, c.DataDir, db, reg, c.Log)
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
	users, err := newUsers(db, reg, listener.Addr(), c)
	if err != nil {
		return err
	}
	sayWhoMayEnter(users, url, stdout, c.Log)
	closers = append(closers, background(ctx, users.Run))
	pictures := live.New(cameras, copies, recordings.Archive(), reg.First, func() live.Watch { return reg.Watch() })
	recorded := live.NewRecorded(recordings.Archive(), copies)
	closers = append(closers, recorded.Close)
	probes := probe.New(probe.Config{Cameras: reg, Hub: reg.Hub(), Kinds: kinds, Quirks: quirks, DataDir: c.DataDir, MayDial: reach.MayDial, Log: c.Log})
	closers = append(closers, probes.Close)
	devices := inventory.New(kinds, reg)
	closers = append(closers, devices.Close)
	p := parts{db, reg, users, cameras, recordings, exports, pictures, recorded, copies, probes, devices, c.Version, started}
	err = serveHTTP(ctx, listener, route.New(routes(p), users.Guard, c.Log), p.endStreams, pictures, c.Log)
	c.Log.Info("stopping")
	return err
}

// listen takes the hub's address, and says where that is.
func listen(c Config, stdout io.Writer) (l net.Listener, url string, err error) {
	if l, err = net.Listen("tcp", c.Listen); err != nil {
		return nil, "", fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	url = "http://" + reachable(l.Addr())
	fmt.Fprintf(stdout, "camhub is at %s\n", url)
	c.Log.Info("listening", "url", url, "version", c.Version, "data", c.DataDir)
	return l, url, nil
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
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, endStreams func(), pictures *live.Server, log *slog.Logger) error {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // for proxies
	srv := &http.Server{
		Protocols:      &protocols,
		Handler:        h,
		ReadTimeout:    readTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	bound(srv, log)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("web server: %w", err)
	case <-ctx.Done():
	}
	var errs *multierror.Error
	ctx = context.WithoutCancel(ctx)
	requests, cancel := context.WithTimeout(ctx, requestsTimeout)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Shutdown(requests) }() // closes the listener first
	endStreams()
	viewers, cancel := context.WithTimeout(ctx, viewersTimeout)
	defer cancel()
	errs = multierror.Append(errs, pictures.Close(viewers))
	if err := <-stopped; err != nil {
		log.Warn("requests cut", "err", err)
		errs = multierror.Append(errs, ignoreClosed(srv.Close()))
	}
	<-failed // Serve has returned
	return errs.ErrorOrNil()
}

// reachable returns the address that a browser on this machine can open, when
// the hub listens on all of them.
func reachable(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

// ignoreClosed drops the error of closing twice.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
