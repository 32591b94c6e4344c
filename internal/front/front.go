// Package front finds out what a browser asked for when a reverse proxy stands
// in front of the hub: whose address it has, by which name it came, and whether it
// came by HTTPS.
//
// Only the proxies that were named are believed. Whoever else sends the headers
// X-Forwarded-For, -Proto and -Host is taken for who they are, and these change nothing.
package front

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Trust is the set of proxies that are believed. Its zero value believes nobody.
type Trust struct {
	networks []netip.Prefix
	unix     bool
}

// Set says who is believed: a list, with commas or spaces, of networks (10.0.0.0/8), of
// addresses, and of the word unix, for whoever comes by a Unix-domain socket.
func (t *Trust) Set(list string) error {
	*t = Trust{}
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if word == "unix" {
			t.unix = true
			continue
		}
		p, err := netip.ParsePrefix(word)
		if addr, notAddr := netip.ParseAddr(word); notAddr == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%q is no network, such as 10.0.0.0/8, no address and not the word unix", word)
		}
		t.networks = append(t.networks, p.Masked())
	}
	return nil
}

// Any reports whether there is a proxy that is believed.
func (t Trust) Any() bool { return t.unix || len(t.networks) > 0 }

func (t Trust) has(a netip.Addr) bool {
	return slices.ContainsFunc(t.networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap().WithZone("")) })
}

// peer reports whether the other end of the connection is believed.
func (t Trust) peer(r *http.Request) bool {
	if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && at.Network() == "unix" {
		return t.unix
	}
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && t.has(addr.Addr())
}

// Handler gives next the requests as the browsers made them: RemoteAddr has the
// address of the browser (with port 0), Host the name that it used, and Secure tells
// the rest. It is safe for concurrent use.
func (t Trust) Handler(next http.Handler) http.Handler {
	if !t.Any() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t.peer(r) {
			r = t.read(r)
		}
		next.ServeHTTP(w, r)
	})
}

// read returns the request as a trusted proxy says that it was.
func (t Trust) read(r *http.Request) *http.Request {
	ctx := r.Context()
	if proto := last(r.Header["X-Forwarded-Proto"]); proto == "https" || proto == "http" {
		ctx = context.WithValue(ctx, secureKey{}, proto == "https")
	}
	out := r.WithContext(ctx)
	if host := last(r.Header["X-Forwarded-Host"]); validHost(host) {
		out.Host = host
	}
	if client, ok := t.client(r.Header["X-Forwarded-For"]); ok {
		out.RemoteAddr = netip.AddrPortFrom(client, 0).String()
	}
	return out
}

// client returns the address of the browser in the lines of X-Forwarded-For, to
// which each proxy adds at the end whom it heard from. What stands before the last
// one that is not believed may be made up. It takes no memory for long lines.
func (t Trust) client(lines []string) (client netip.Addr, ok bool) {
	for _, line := range slices.Backward(lines) {
		for line != "" {
			cut := strings.LastIndexByte(line, ',')
			addr, err := parseAddr(strings.TrimSpace(line[cut+1:]))
			if err != nil {
				return client, ok // "unknown", or nonsense: nobody can say who it was
			}
			client, ok = addr, true
			if !t.has(addr) {
				return client, ok
			}
			line = line[:max(cut, 0)]
		}
	}
	return client, ok
}

// parseAddr reads an address with a port or without, and drops its zone.
func parseAddr(s string) (netip.Addr, error) {
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr().Unmap().WithZone(""), nil
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	addr, err := netip.ParseAddr(s)
	return addr.Unmap().WithZone(""), err
}

// last returns what the proxy that is nearest has said in a header, in lower case.
func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.ToLower(strings.TrimSpace(line[strings.LastIndexByte(line, ',')+1:]))
}

// validHost reports whether s can be a Host header (RFC 9110, section 7.2).
func validHost(s string) bool {
	return s != "" && len(s) <= 300 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r))
	})
}

type secureKey struct{}

// Secure reports whether the browser came by HTTPS: to the proxy, when one that is
// believed says so, else to the hub.
func Secure(r *http.Request) bool {
	if secure, ok := r.Context().Value(secureKey{}).(bool); ok {
		return secure
	}
	return r.TLS != nil
}
