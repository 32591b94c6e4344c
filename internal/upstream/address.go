package upstream

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// address is where to ask. Unlike a url.URL it keeps the path and
// the query byte for byte as they were typed: cameras have addresses such as
// /mjpeg?x1=100%&y1=100% and /getstream.cgi?10&&&10 that are lost when they are
// taken apart and put together again.
type address struct {
	scheme string // "http" or "https"
	host   string // with port, if one was typed
	target string // path and query, beginning with a slash
}

// parseAddress takes an URL apart. userinfo is nil when it holds none.
func parseAddress(raw string) (a address, userinfo *url.Userinfo, err error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	a.scheme = strings.ToLower(scheme)
	if !ok || a.scheme != "http" && a.scheme != "https" {
		return a, nil, errors.New("must begin with http:// or https://")
	}
	rest, _, _ = strings.Cut(rest, "#") // a fragment is never sent
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[:end]
	if a.target = rest[end:]; !strings.HasPrefix(a.target, "/") {
		a.target = "/" + a.target
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		userinfo = parseUserinfo(authority[:at])
		authority = authority[at+1:]
	}
	u, err := url.Parse(a.scheme + "://" + authority)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return a, nil, errors.New("needs a host, such as http://10.0.0.5/video")
	}
	if p := u.Port(); p != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return a, nil, errors.New("needs a port from 1 to 65535 behind the colon")
		}
	}
	a.host = u.Host
	return a, userinfo, nil
}

// parseUserinfo decodes "user:password". What is not valid percent-encoding is
// meant as it stands.
func parseUserinfo(s string) *url.Userinfo {
	decode := func(s string) string {
		if d, err := url.PathUnescape(s); err == nil {
			return d
		}
		return s
	}
	user, password, has := strings.Cut(s, ":")
	if !has {
		return url.User(decode(user))
	}
	return url.UserPassword(decode(user), decode(password))
}

// String returns the address as an URL.
func (a address) String() string { return a.scheme + "://" + a.host + a.target }

// origin returns the address without path and query, which may hold secrets.
func (a address) origin() string { return a.scheme + "://" + a.host }

// sameOrigin reports whether scheme, host and port are the same.
func (a address) sameOrigin(b address) bool {
	return a.scheme == b.scheme && strings.EqualFold(a.dialAddress(), b.dialAddress())
}

// dialAddress returns host and port.
func (a address) dialAddress() string {
	u := url.URL{Host: a.host}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[a.scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// request returns a GET of the address.
func (a address) request() *http.Request {
	u := &url.URL{Scheme: a.scheme, Host: a.host, Opaque: a.target}
	if strings.HasPrefix(a.target, "//") { // else taken for a host: send the absolute form
		u.Opaque = "//" + a.host + a.target
	}
	return &http.Request{Method: http.MethodGet, URL: u, Host: a.host, Header: make(http.Header)}
}

// requestURI returns what stands in the request line.
func (a address) requestURI() string { return a.request().URL.RequestURI() }

// resolve returns the address that a Location header means, as seen from a
// (RFC 3986 5.2, without the removal of dots, which a camera's own server may
// do as it likes). Credentials in it are ignored.
func (a address) resolve(location string) (address, error) {
	if location == "" || len(location) > maxURL || strings.IndexFunc(location, notInURL) >= 0 {
		return a, errors.New("the address is not valid")
	}
	location, _, _ = strings.Cut(location, "#")
	path, _, _ := strings.Cut(a.target, "?")
	switch scheme, _, ok := strings.Cut(location, ":"); {
	case strings.HasPrefix(location, "//"):
		location = a.scheme + ":" + location
	case strings.HasPrefix(location, "/"):
		location = a.scheme + "://" + a.host + location
	case strings.HasPrefix(location, "?") || location == "":
		location = a.scheme + "://" + a.host + path + location
	case ok && !strings.ContainsAny(scheme, "/?"): // absolute
	default:
		location = a.scheme + "://" + a.host + path[:strings.LastIndexByte(path, '/')+1] + location
	}
	next, _, err := parseAddress(location)
	return next, err
}

// notInURL reports whether r can't be sent in a request line.
func notInURL(r rune) bool { return r <= ' ' || r == 0x7F || r == '\uFFFD' }
