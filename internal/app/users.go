package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"camhub/internal/auth"
	"camhub/internal/registry"
	"camhub/store"
)

// newUsers returns who knows the users of a hub, which only this machine reaches if
// loopback says so.
func newUsers(db *store.Store, reg *registry.Registry, loopback bool, c Config) (*auth.Service, error) {
	return auth.New(auth.Config{
		Store: db, Loopback: loopback, Insecure: c.InsecureNoAuth, AllowedHosts: c.AllowedHosts,
		Group: reg.Hub().Group, Record: reg.Record, Log: c.Log,
	})
}

// sayWhoMayEnter tells the person who starts the hub what he has to know. The
// code of the first setup goes to stdout only, and never to the log, which may be
// kept.
func sayWhoMayEnter(users *auth.Service, url string, stdout io.Writer, log *slog.Logger) {
	switch users.Mode() {
	case auth.Setup:
		if !strings.Contains(url, "://") {
			url = "https://<the name of the proxy before it>" // no browser opens a socket
		}
		fmt.Fprintf(stdout, "It has no owner yet, and shows nothing else than how to become that. Open, from where you will use it,\n"+
			"    %s/setup#%s\n(or with another name or address of this machine; the code is %s, until the hub stops)\n",
			url, users.SetupCode(), users.SetupCode())
		log.Warn("the hub has no owner yet: open the link on its standard output")
	case auth.Insecure:
		log.Warn("INSECURE: nobody has to sign in (--insecure-no-auth): whoever reaches the hub sees and changes everything", "url", url)
	case auth.Open:
		log.Info("the hub has no users: whoever uses this machine is its admin", "hint", "camhub user add")
	}
}

// background runs f until the result is called, which waits for it.
func background(ctx context.Context, f func(context.Context)) (stop func() error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(ctx)
	}()
	return func() error {
		cancel()
		<-done
		return nil
	}
}
