// Package listen takes the addresses that the hub serves on: from the command line,
// or those that the service manager holds for it (socket activation), where a
// restart refuses nobody.
package listen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/hashicorp/go-multierror"
)

// unixPrefix begins an address that is a Unix-domain socket.
const unixPrefix = "unix:"

// redirectName is what a socket of the service manager is named (in its
// FileDescriptorName) that only leads to HTTPS.
const redirectName = "redirect"

// Set is the listeners of one hub.
type Set struct {
	All      []net.Listener // to serve on; at least one
	Redirect net.Listener   // where browsers are only led to HTTPS, or nil
}

// Open listens at an address (host:port, or unix: and a path) and redirects at
// another one, unless that is "". Sockets of the service manager take the place of
// both. With config, what comes by TCP speaks TLS; what comes by a Unix-domain
// socket does not, since a proxy does. The caller must close the set.
func Open(address, redirect string, config *tls.Config) (*Set, error) {
	s := new(Set)
	if err := s.adopt(); err != nil {
		return nil, multierror.Append(err, s.Close()).ErrorOrNil()
	}
	if s.Redirect != nil && config == nil { // who connects would wait for ever
		err := fmt.Errorf("the service manager passed a socket %s, which leads to HTTPS, and the hub has no certificate. What to do: "+
			"give it one (--tls-cert, --tls-self-signed or --acme-domain), or remove the socket", redirectName)
		return nil, multierror.Append(err, s.Close())
	}
	if len(s.All) == 0 {
		l, err := listen(address)
		if err != nil {
			return nil, fmt.Errorf("listen on %s: %w%s", address, err, advice(err))
		}
		s.All = []net.Listener{l}
		if redirect != "" {
			if s.Redirect, err = listen(redirect); err != nil {
				return nil, multierror.Append(fmt.Errorf("redirect from %s: %w", redirect, err), l.Close())
			}
		}
	}
	for i, l := range s.All {
		if tcp, ok := l.(*net.TCPListener); ok && config != nil {
			s.All[i] = tls.NewListener(&secured{tcp}, config)
		}
	}
	return s, nil
}

// advice says what to do when an address can't be listened on, after the error, or "".
func advice(err error) string {
	addr, malformed := errors.AsType[*net.AddrError](err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return ". What to do: stop the program that has the port, or choose another one with --listen"
	case errors.Is(err, syscall.EACCES):
		return ". What to do: choose a port above 1023 with --listen, or have systemd listen (camhub.socket)"
	case malformed && addr.Err == "missing port in address":
		return ". What to do: give host and port, such as 127.0.0.1:8080, or :8080 for every network"
	}
	return ""
}

func listen(address string) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, unixPrefix)
	if !ok {
		return net.Listen("tcp", address)
	}
	if c, err := net.Dial("unix", path); err == nil { // somebody serves there
		c.Close()
		return nil, fmt.Errorf("%s is in use", path)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		os.Remove(path) // left by a hub that was killed; Listen says if it stays
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil { // for the proxy's group
		return nil, multierror.Append(err, l.Close())
	}
	return l, nil
}

// adopt takes the sockets that the service manager passed to this process
// (sd_listen_fds(3)). Processes that the hub starts do not get them.
func (s *Set) adopt() error {
	for _, f := range activation.Files(true) {
		l, err := net.FileListener(f) // has a descriptor of its own
		f.Close()
		switch {
		case err != nil:
			return fmt.Errorf("the socket %s of the service manager: %w", f.Name(), err)
		case f.Name() == redirectName && s.Redirect == nil:
			s.Redirect = l
		default:
			s.All = append(s.All, l)
		}
	}
	if s.Redirect != nil && len(s.All) == 0 {
		return fmt.Errorf("the service manager passed a socket %s and none to serve on", redirectName)
	}
	return nil
}

// Close closes all listeners. It may be called twice. Sockets of the service manager
// stay open there: who connects meanwhile waits in the kernel.
func (s *Set) Close() error {
	all := s.All
	if s.Redirect != nil {
		all = append(slices.Clip(all), s.Redirect)
	}
	var errs *multierror.Error
	for _, l := range all {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = multierror.Append(errs, err)
		}
	}
	return errs.ErrorOrNil()
}

// Addr returns the first address, which people are told.
func (s *Set) Addr() net.Addr { return s.All[0].Addr() }

// Addrs returns every address of the set, with that of the redirect.
func (s *Set) Addrs() (all []net.Addr) {
	for _, l := range s.All {
		all = append(all, l.Addr())
	}
	if s.Redirect != nil {
		all = append(all, s.Redirect.Addr())
	}
	return all
}

// LoopbackOnly reports whether only this machine reaches the set, and each user of
// it does so by TCP.
func (s *Set) LoopbackOnly() bool {
	return !slices.ContainsFunc(s.All, func(l net.Listener) bool {
		tcp, ok := l.Addr().(*net.TCPAddr)
		return !ok || !tcp.IP.IsLoopback()
	})
}
