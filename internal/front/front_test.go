package front

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestWhoIsBelieved sends chains of proxies, true ones and made up ones.
func TestWhoIsBelieved(t *testing.T) {
	const trusted = "10.0.0.0/8, 127.0.0.1 ::1,2001:db8::/32"
	type header = http.Header
	tests := []struct {
		name, peer, remote, host string
		secure                   bool
		header                   header
	}{
		{"no proxy", "192.0.2.1:5", "192.0.2.1:5", "hub", false, nil},
		{"a stranger's headers", "192.0.2.1:5", "192.0.2.1:5", "hub", false,
			header{"X-Forwarded-For": {"10.0.0.1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"evil"}}},
		{"one proxy", "10.1.1.1:5", "192.0.2.7:0", "cams.example", true,
			header{"X-Forwarded-For": {"192.0.2.7"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"Cams.Example"}}},
		{"the client made an entry up", "10.1.1.1:5", "192.0.2.7:0", "hub", false, header{"X-Forwarded-For": {"127.0.0.1, 192.0.2.7"}}},
		{"in a line of its own", "10.1.1.1:5", "192.0.2.7:0", "hub", false, header{"X-Forwarded-For": {"127.0.0.1", "192.0.2.7"}}},
		{"two proxies", "10.1.1.1:5", "192.0.2.7:0", "hub", false, header{"X-Forwarded-For": {"1.1.1.1, 192.0.2.7,10.9.9.9"}}},
		{"a chain of ours only", "10.1.1.1:5", "10.3.3.3:0", "hub", false, header{"X-Forwarded-For": {"10.3.3.3, 10.2.2.2"}}},
		{"nonsense before a true entry", "10.1.1.1:5", "10.2.2.2:0", "hub", false, header{"X-Forwarded-For": {"1.1.1.1, x, 10.2.2.2"}}},
		{"nonsense only", "10.1.1.1:5", "10.1.1.1:5", "hub", false, header{"X-Forwarded-For": {"unknown"}}},
		{"empty", "10.1.1.1:5", "10.1.1.1:5", "hub", false, header{"X-Forwarded-For": {""}}},
		{"an empty entry", "10.1.1.1:5", "10.1.1.1:5", "hub", false, header{"X-Forwarded-For": {"192.0.2.7,"}}},
		{"with a port", "127.0.0.1:5", "192.0.2.7:0", "hub", false, header{"X-Forwarded-For": {"192.0.2.7:1234"}}},
		{"IPv6", "[::1]:5", "[2001:db9::1]:0", "hub", false, header{"X-Forwarded-For": {"[2001:db9::1]:99, 2001:db8::9"}}},
		{"IPv4 in IPv6", "[::ffff:10.1.1.1]:5", "192.0.2.7:0", "hub", false, header{"X-Forwarded-For": {"::ffff:192.0.2.7"}}},
		{"another loopback address", "127.0.0.2:5", "127.0.0.2:5", "hub", false, header{"X-Forwarded-For": {"192.0.2.7"}}},
		{"what the client said of its protocol", "10.1.1.1:5", "10.1.1.1:5", "hub", false, header{"X-Forwarded-Proto": {"https, http"}}},
		{"a protocol that is none", "10.1.1.1:5", "10.1.1.1:5", "hub", false, header{"X-Forwarded-Proto": {"wss"}}},
		{"a name that is none", "10.1.1.1:5", "10.1.1.1:5", "hub", false, header{"X-Forwarded-Host": {"a/b\"><script>"}}},
		{"a name with a port", "10.1.1.1:5", "10.1.1.1:5", "[2001:db8::1]:8443", false, header{"X-Forwarded-Host": {"[2001:db8::1]:8443"}}},
		{"no address", "@", "@", "hub", false, header{"X-Forwarded-For": {"192.0.2.7"}}},
	}
	var trust Trust
	if err := trust.Set(trusted); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host, r.RemoteAddr, r.Header = "hub", tt.peer, tt.header
			got := serve(trust, r)
			if got.RemoteAddr != tt.remote || got.Host != tt.host || Secure(got) != tt.secure {
				t.Errorf("from %s to %s, secure %t", got.RemoteAddr, got.Host, Secure(got))
			}
		})
	}
}

// serve returns the request that comes out behind a Trust.
func serve(trust Trust, r *http.Request) (got *http.Request) {
	trust.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r })).ServeHTTP(nil, r)
	return got
}

func TestUnixSocket(t *testing.T) {
	for word, want := range map[string]string{"unix": "192.0.2.7:0", "10.0.0.0/8": "@"} {
		var trust Trust
		if err := trust.Set(word); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.UnixAddr{Name: "/run/x", Net: "unix"}))
		r.RemoteAddr = "@"
		r.Header.Set("X-Forwarded-For", "192.0.2.7")
		if got := serve(trust, r); got.RemoteAddr != want {
			t.Errorf("%s: from %s, want %s", word, got.RemoteAddr, want)
		}
	}
}

// TestSecureIsTheBrowsers has TLS from the proxy to the hub, and none before it.
func TestSecureIsTheBrowsers(t *testing.T) {
	var trust Trust
	trust.Set("10.0.0.1")
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr, r.TLS = "10.0.0.1:1", &tls.ConnectionState{}
	if !Secure(serve(trust, r)) {
		t.Error("TLS alone is not secure")
	}
	r.Header.Set("X-Forwarded-Proto", "http")
	if Secure(serve(trust, r)) {
		t.Error("what the proxy says is not believed")
	}
}

func TestTrustIsParsed(t *testing.T) {
	for _, bad := range []string{"example.com", "10.0.0.0/40", "10.0.0.0/8;::1", "all"} {
		if err := new(Trust).Set(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	var none Trust
	if err := none.Set(" , "); err != nil || none.Any() {
		t.Error("nothing is somebody")
	}
}

// FuzzForwarded looks for headers that break the reader, or that get an address
// believed which the last proxy did not hear from.
func FuzzForwarded(f *testing.F) {
	f.Add("1.1.1.1, 10.0.0.2", "https", "a.example")
	f.Add("[::1]:5,,", "http,https", "[::]")
	var trust Trust
	trust.Set("10.0.0.0/8")
	f.Fuzz(func(t *testing.T, chain, proto, host string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header = http.Header{"X-Forwarded-For": {chain, "192.0.2.7"}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {host}}
		if got := serve(trust, r); got.RemoteAddr != "192.0.2.7:0" || got.Host == "" {
			t.Errorf("from %s to %q", got.RemoteAddr, got.Host)
		}
	})
}
