package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/hashicorp/go-multierror"
)

// maxConnections bounds how many connections are served at a time, over all
// cameras; more wait.
const maxConnections = 1024

// door is one of the ports of a simulator.
type door int

const (
	mainDoor  door = iota // plain HTTP and TLS on one port, by the first byte
	otherDoor             // the same, for redirects to another port
	oldDoor               // TLS as old cameras have it
	doors
)

// server is a running simulator.
type server struct {
	film    *film
	tls     [doors]*tlsConfig
	ports   [doors]int
	books   map[string]*book // by the fixture's name
	places  chan struct{}    // one token per connection
	workers sync.WaitGroup
}

// Serve serves all cameras on a TCP listener, plain HTTP and TLS alike, until
// ctx ends; it then returns nil. It opens two more listeners at free ports of
// the same address, for the cameras that redirect to another port and those
// with old TLS. It closes l, and nothing that it started is left when it
// returns.
func Serve(ctx context.Context, l net.Listener) error {
	listeners, err := open(l)
	if err != nil {
		l.Close()
		return err
	}
	s := &server{film: newFilm(), books: make(map[string]*book), places: make(chan struct{}, maxConnections)}
	for i, l := range listeners {
		s.ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	if s.tls, err = newTLS(); err != nil {
		return multierror.Append(err, closeAll(listeners)).ErrorOrNil()
	}
	for i := range fixtures {
		s.books[fixtures[i].Name] = newBook()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = closeAll(listeners) }) // Accept tells
	ended := make(chan error, doors)
	for d, l := range listeners {
		go func() { ended <- s.accept(ctx, door(d), l) }()
	}
	var errs *multierror.Error
	for range listeners {
		if err := <-ended; err != nil {
			errs = multierror.Append(errs, err)
		}
		cancel() // one that fails ends all
	}
	s.workers.Wait()
	if stop() {
		_ = closeAll(listeners)
	}
	return errs.ErrorOrNil()
}

// open returns a listener for each door; the first is l.
func open(l net.Listener) ([]net.Listener, error) {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("serve the simulator on %v: not a TCP listener", l.Addr())
	}
	all := []net.Listener{l}
	for len(all) < int(doors) {
		more, err := net.ListenTCP("tcp", &net.TCPAddr{IP: addr.IP, Zone: addr.Zone})
		if err != nil {
			_ = closeAll(all[1:])
			return nil, fmt.Errorf("listen for the simulator's other ports: %w", err)
		}
		all = append(all, more)
	}
	return all, nil
}

func closeAll(listeners []net.Listener) error {
	var errs *multierror.Error
	for _, l := range listeners {
		errs = multierror.Append(errs, l.Close())
	}
	return errs.ErrorOrNil()
}

// accept serves the connections of one door. It returns nil when ctx ended.
func (s *server) accept(ctx context.Context, d door, l net.Listener) error {
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil && errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("accept a viewer: %w", err)
		}
		select {
		case s.places <- struct{}{}:
		case <-ctx.Done():
			conn.Close()
			return nil
		}
		s.workers.Go(func() {
			defer func() { <-s.places }()
			s.serveConn(ctx, d, conn)
		})
	}
}
