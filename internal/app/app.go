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
	"path/filepath"
	"time"

	"github.com/hashicorp/go-multierror"

	"camhub/internal/live"
	"camhub/internal/registry"
	"camhub/internal/rendition"
	"camhub/internal/route"
	"camhub/store"
)

// Config is what a user decides on the command line.
type Config struct {
	Listen  string // host:port; port 0 picks a free one
	DataDir string
	Demo    bool // add emulated cameras if there are none
	Version string
	Log     *slog.Logger
}

// How long the steps of stopping may take; all of them in under 5 s.
const (
	viewersTimeout  = 1500 * time.Millisecond
	requestsTimeout = 2 * time.Second
)

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
		err = errs.ErrorOrNil() // never "return errs": a nil *Error is not a nil error
	}()

	db, err := store.Open(filepath.Join(c.DataDir, "camhub.db"))
	if err != nil {
		return err
	}
	closers = append(closers, db.Close)

	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	closers = append(closers, func() error { return ignoreClosed(listener.Close()) })
	url := "http://" + listener.Addr().String()
	fmt.Fprintf(stdout, "camhub is at %s\n", url)
	c.Log.Info("listening", "url", url, "version", c.Version, "data", c.DataDir)

	if warning := db.Warning(); warning != "" {
		c.Log.Warn("database", "warning", warning)
	}
	reg := registry.New(db, kinds, c.DataDir, c.Log)
	closers = append(closers, reg.Close)
	if err := reg.Start(ctx); err != nil {
		return err
	}
	if c.Demo {
		if err := addDemo(ctx, reg); err != nil {
			return err
		}
	}
	copies := rendition.New(c.Log)
	closers = append(closers, copies.Close)
	pictures := live.New(reg.Hub(), copies, reg.First)
	handler := route.New(routes(reg, pictures, copies, c.Version, started), c.Log)
	err = serveHTTP(ctx, listener, handler, reg, pictures, c.Log)
	c.Log.Info("stopping")
	return err
}

// serveHTTP answers requests until ctx ends, then ends the streams, gives their
// viewers time to take the end, and the requests time to finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, reg *registry.Registry, pictures *live.Server, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
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
	reg.EndStreams()
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

// ignoreClosed drops the error of closing twice.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
