package auth

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"camhub/internal/fault"
)

// While there is no login, the name that a browser thinks it speaks to is all
// that tells our own pages from those of a stranger whose name was made to lead
// here (DNS rebinding): whoever can be named so must be refused. Once there are
// users it need not be looked at: a browser sends the session's cookie only to
// the host that set it, and a page under another name is nobody.

// hostname returns the name in a Host header, in lower case, without the port
// and the brackets of an IPv6 address.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// isLoopback reports whether a Host header names this machine to itself.
func isLoopback(host string) bool {
	name := hostname(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") { // RFC 6761, section 6.3
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}

// isOurs reports whether a Host header can't be the name that a stranger's page
// was loaded from: an address, a name without a domain, one of a local network,
// or one of those that were allowed.
func isOurs(host string, allowed []string) bool {
	name := hostname(host)
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	local := name != "" && !strings.Contains(name, ".")
	for _, domain := range []string{".localhost", ".local", ".home.arpa"} { // RFC 6761, 6762, 8375
		local = local || strings.HasSuffix(name, domain)
	}
	return local || slices.Contains(allowed, name)
}

// forwarded reports whether a proxy passed the request on. A hub without a login
// that answers one would answer the whole world.
func forwarded(h http.Header) bool {
	return h.Get("Forwarded") != "" || h.Get("X-Forwarded-For") != "" || h.Get("X-Real-Ip") != "" || h.Get("X-Forwarded-Host") != ""
}

// checkHost refuses a request to a hub without a login that did not come straight
// from this machine, or that came by a strange name.
func (s *Service) checkHost(mode Mode, r *http.Request) error {
	switch {
	case mode == Insecure && !isOurs(r.Host, s.cfg.AllowedHosts):
		return fault.New(fault.Misdirected, "The hub runs without a login and does not answer by the name %.100q. Allow it with --allowed-hosts.", r.Host)
	case mode == Open && !isLoopback(r.Host):
		return fault.New(fault.Misdirected, "The hub has no users yet, and so answers only by names of this machine, such as localhost, "+
			"and not by %.100q. Add a user first (camhub user add).", r.Host)
	case mode == Open && forwarded(r.Header):
		return fault.New(fault.Forbidden, "The hub has no users yet, and so answers nobody behind a proxy. Add a user first (camhub user add).")
	}
	return nil
}
