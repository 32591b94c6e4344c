package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
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

// sayWhoMayEnter tells the person who starts the hub who may use it. The
// code of the first setup goes to stdout only, and never to the log, which may be
// kept.
func sayWhoMayEnter(users *auth.Service, at string, stdout io.Writer, log *slog.Logger) {
	switch users.Mode() {
	case auth.Setup:
		if !strings.Contains(at, "://") {
			at = "https://<the name of the proxy before it>" // no browser opens a socket
		}
		code := users.SetupCode()
		fmt.Fprintf(stdout, "It has no owner yet, and shows nothing but its setup page. On the device that you will use it from, open\n")
		for _, link := range append([]string{at}, elsewhere(at)...) {
			fmt.Fprintf(stdout, "    %s/setup#%s\n", link, code)
		}
		fmt.Fprintf(stdout, "(or with another name of this machine; the code is %s, until the hub stops)\n", code)
		log.Warn("the hub has no owner yet: open the link on its standard output")
	case auth.Insecure:
		log.Warn("INSECURE: nobody has to sign in (--insecure-no-auth): whoever reaches the hub sees and changes everything", "url", at)
	case auth.Open:
		log.Info("the hub has no users: whoever uses this machine is its admin", "hint", "camhub user add")
	}
}

// maxElsewhere is how many addresses are named.
const maxElsewhere = 3

// elsewhere returns the URLs that a hub has for other machines, when it listens at every
// address and is at localhost for its own.
func elsewhere(local string) (urls []string) {
	u, err := url.Parse(local)
	if err != nil || u.Hostname() != "localhost" {
		return nil
	}
	all, _ := net.InterfaceAddrs() // a system that does not tell has none
	for _, a := range all {
		p, err := netip.ParsePrefix(a.String())
		if err == nil && p.Addr().Is4() && p.Addr().IsGlobalUnicast() && len(urls) < maxElsewhere {
			u.Host = net.JoinHostPort(p.Addr().String(), u.Port())
			urls = append(urls, u.String())
		}
	}
	return urls
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
