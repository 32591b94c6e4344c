package probe

import (
	"slices"
	"strings"
)

// target is an address as a person gave it, taken apart. What is "" was not
// given. Path and query stay byte for byte as they are.
type target struct {
	scheme, userinfo, host, port, rest string
}

// ports are where cameras listen, in the order in which they are tried.
var ports = []string{"80", "8080", "81", "8081", "443", "4747"}

// parseTarget takes an address apart, with a scheme or without one.
func parseTarget(s string) target {
	var t target
	scheme, rest, ok := strings.Cut(s, "://")
	if ok {
		t.scheme = strings.ToLower(scheme)
	} else {
		rest = strings.TrimPrefix(s, "//")
	}
	rest, _, _ = strings.Cut(rest, "#") // a fragment is never sent
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest, t.rest = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		t.userinfo, rest = rest[:i], rest[i+1:]
	}
	t.host = rest
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") {
		t.host, t.port = rest[:i], rest[i+1:]
	}
	t.host = strings.ToLower(t.host)
	if t.scheme != "" && t.port == "" && t.host == rest {
		t.port = defaultPort(t.scheme)
	}
	if t.rest == "" {
		t.rest = "/"
	}
	return t
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// at returns the URL of a path on a port. The scheme is the one that was given,
// or else the usual one of the port.
func (t target) at(port, rest string) string {
	scheme := t.scheme
	if scheme == "" {
		scheme = "http"
		if port == "443" || port == "8443" {
			scheme = "https"
		}
	}
	return originOf(scheme, t.host, port) + rest
}

// originOf writes an origin without the port that goes without saying.
func originOf(scheme, host, port string) string {
	if port == defaultPort(scheme) {
		return scheme + "://" + host
	}
	return scheme + "://" + host + ":" + port
}

// starts returns the addresses to begin with: one if the port is given.
func (t target) starts() []string {
	if t.port != "" {
		return []string{t.at(t.port, t.rest)}
	}
	var urls []string
	for _, port := range ports {
		urls = append(urls, t.at(port, t.rest))
	}
	return urls
}

// otherScheme returns url with the other scheme, if the scheme was left open.
func (t target) otherScheme(url string) (other string, ok bool) {
	u := parseTarget(url)
	if t.scheme != "" || t.port == "" && !slices.Contains(ports, u.port) {
		return "", false
	}
	scheme := "https"
	if u.scheme == "https" {
		scheme = "http"
	}
	return originOf(scheme, u.host, u.port) + u.rest, true
}

// covers reports whether url is at the address that was given, as far as that
// says anything: what goes with the address may be sent there.
func (t target) covers(url string) bool {
	u := parseTarget(url)
	return u.host == t.host && (t.scheme == "" || t.scheme == u.scheme) && (t.port == "" || t.port == u.port)
}

// origin returns scheme, host and port of an URL.
func origin(url string) string {
	u := parseTarget(url)
	return u.scheme + "://" + u.host + ":" + u.port
}

// isRoot reports whether an address names no page of its own.
func (t target) isRoot() bool { return t.rest == "/" }
