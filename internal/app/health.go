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

// Health asks a running hub at an address, as hubclient.New takes it, whether it is
// there, and returns nil when it says so within 5 s.
func Health(ctx context.Context, address string) error {
	_, err := reach(ctx, address, "")
	return err
}

// reach returns who asks the hub at an address, and the error of asking whether it is
// there, for up to 5 s. A port that speaks HTTPS is asked so, also when the address says http.
func reach(ctx context.Context, address, token string) (*hubclient.Client, error) {
	hub, err := hubclient.New(address, token)
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
	secure, err := hubclient.New("https://"+rest, token)
	if err != nil {
		return hub, err
	}
	return secure, secure.Get(ctx, healthPath, nil)
}

// healthPath is where a hub says that it is there, to everybody.
const healthPath = "/healthz"
