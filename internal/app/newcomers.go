package app

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"camhub/internal/listen"
)

// How long a connection without a request is waited for when the hub stops, and how
// old such a one may be: browsers open some that they may need later.
const (
	newcomersTimeout = 500 * time.Millisecond
	newcomerAge      = time.Second
)

// newcomers are the connections that were accepted and have made no request yet.
// http.Server.Shutdown closes them, and answers no request that comes meanwhile,
// though whoever waits in a socket of the service manager would get his answer from
// the next hub. So they are waited for before.
type newcomers struct {
	mu    sync.Mutex // guards since
	since map[net.Conn]time.Time
}

type newcomerKey struct{}

// watch has n know of the connections of srv, which is bound and does not serve yet.
func (n *newcomers) watch(srv *http.Server) {
	n.since = make(map[net.Conn]time.Time)
	state, values := srv.ConnState, srv.ConnContext
	srv.ConnState = func(c net.Conn, is http.ConnState) {
		state(c, is)
		n.mu.Lock()
		defer n.mu.Unlock()
		switch is {
		case http.StateNew:
			n.since[c] = time.Now()
		case http.StateClosed, http.StateHijacked:
			delete(n.since, c)
		}
	}
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		known := sync.OnceFunc(func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			delete(n.since, c)
		})
		return context.WithValue(values(ctx, c), newcomerKey{}, known)
	}
	next := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if known, ok := r.Context().Value(newcomerKey{}).(func()); ok {
			known()
		}
		next.ServeHTTP(w, r)
	})
}

// wait waits until each has made its request, but no longer than newcomersTimeout.
func (n *newcomers) wait() {
	end := time.Now().Add(newcomersTimeout)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n.some() && time.Now().Before(end) {
		<-tick.C
	}
}

// some reports whether there are newcomers that are worth to be waited for.
func (n *newcomers) some() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, at := range n.since {
		if time.Since(at) < newcomerAge {
			return true
		}
	}
	return false
}

// serveAll serves on all listeners. failed tells of the first that ended. settle
// closes them, and returns when every connection that was accepted is known to srv
// and has had time to make its request.
func serveAll(srv *http.Server, at *listen.Set) (failed <-chan error, settle func() error) {
	var fresh newcomers
	fresh.watch(srv)
	ended := make(chan error, len(at.All))
	var wg sync.WaitGroup
	for _, l := range at.All {
		wg.Go(func() { ended <- srv.Serve(l) })
	}
	return ended, func() error {
		err := at.Close()
		wg.Wait()
		fresh.wait()
		return err
	}
}
