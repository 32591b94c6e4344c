package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"camhub/internal/hubclient"
)

// healthTimeout bounds how long reach waits.
const healthTimeout = 5 * time.Second

// Health asks a running hub whether it is there, and returns nil when it says so within
// 5 s: at an address, as hubclient.New takes it, or when that is "" where it listens as
// serve is told (host:port, or unix: and a path). There it is a hub of this machine, and
// may have a certificate for any name: it is sent nothing that is secret.
func Health(ctx context.Context, address, listen string) error {
	client := func(address string) (*hubclient.Client, error) { return hubclient.New(address, "") }
	if address == "" {
		address, client = urlOf(listen), hubclient.NewUnverified
	}
	_, err := reachWith(ctx, address, client)
	return err
}

// reach returns who asks the hub at an address, and the error of asking whether it is
// there, for up to 5 s. A port that speaks HTTPS is asked so, also when the address says http.
func reach(ctx context.Context, address, token string) (*hubclient.Client, error) {
	return reachWith(ctx, address, func(address string) (*hubclient.Client, error) { return hubclient.New(address, token) })
}

func reachWith(ctx context.Context, address string, client func(string) (*hubclient.Client, error)) (*hubclient.Client, error) {
	hub, err := client(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	err = hub.Get(ctx, healthPath, nil)
	rest, isPlain := strings.CutPrefix(address, "http://")
	if e, ok := errors.AsType[*hubclient.Error](err); !ok || e.Status != http.StatusPermanentRedirect || !isPlain {
		return hub, err
	}
	secure, err := client("https://" + rest)
	if err != nil {
		return hub, err
	}
	return secure, secure.Get(ctx, healthPath, nil)
}

// healthPath is where a hub says that it is there, to everybody.
const healthPath = "/healthz"
