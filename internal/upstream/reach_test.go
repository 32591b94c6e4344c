package upstream

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"camhub/internal/source"
)

func TestAddressesThatCamerasMayHave(t *testing.T) {
	lan := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::/0")}
	own := func(to netip.AddrPort) bool { return to == netip.MustParseAddrPort("127.0.0.1:8080") }
	tests := []struct {
		rule Networks
		to   string
		ok   bool
	}{
		{Networks{}, "10.0.0.5:80", true},
		{Networks{}, "127.0.0.1:80", true},
		{Networks{}, "[::1]:80", true},
		{Networks{}, "93.184.216.34:443", true},
		{Networks{}, "[2001:db8::1]:80", true},
		{Networks{}, "169.254.169.254:80", false},
		{Networks{}, "[::ffff:169.254.169.254]:80", false},
		{Networks{}, "[64:ff9b::a9fe:a9fe]:80", false},
		{Networks{}, "[2002:a9fe:a9fe::1]:80", false},
		{Networks{}, "169.254.1.2:80", false},
		{Networks{}, "[fe80::1%eth0]:80", false},
		{Networks{}, "[fd00:ec2::254]:80", false},
		{Networks{}, "100.100.100.200:80", false},
		{Networks{}, "168.63.129.16:80", false},
		{Networks{}, "0.0.0.0:80", false},
		{Networks{}, "0.1.2.3:80", false},
		{Networks{}, "[::]:80", false},
		{Networks{}, "[::ffff:0.0.0.0]:80", false},
		{Networks{}, "224.0.0.1:80", false},
		{Networks{}, "[ff02::1]:80", false},
		{Networks{}, "255.255.255.255:80", false},
		{Networks{Own: own}, "127.0.0.1:8080", false},
		{Networks{Own: own}, "[::ffff:127.0.0.1]:8080", false},
		{Networks{Own: own}, "127.0.0.1:8081", true},
		{Networks{Allowed: lan}, "10.1.2.3:80", true},
		{Networks{Allowed: lan}, "169.254.1.2:80", true},
		{Networks{Allowed: lan}, "[fe80::1%eth0]:80", true},
		{Networks{Allowed: lan}, "169.254.169.254:80", false},
		{Networks{Allowed: lan}, "[fd00:ec2::254]:80", false},
		{Networks{Allowed: lan}, "[ff02::1]:80", false},
		{Networks{Allowed: lan}, "192.168.1.1:80", false},
		{Networks{Allowed: lan[:1]}, "127.0.0.1:80", false},
	}
	for _, tt := range tests {
		if err := tt.rule.MayDial(netip.MustParseAddrPort(tt.to)); (err == nil) != tt.ok {
			t.Errorf("%+v: %s: %v", tt.rule.Allowed, tt.to, err)
		}
	}
}

// TestNoWayAroundTheRule tries an address, a name that is looked up, and a
// redirect, with both clients.
func TestNoWayAroundTheRule(t *testing.T) {
	asked := make(chan string, 10)
	inner := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	defer inner.Close()
	port := netip.MustParseAddrPort(inner.Listener.Addr().String()).Port()
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	}))
	defer outer.Close()
	rule := Networks{Own: func(to netip.AddrPort) bool { return to.Port() == port }}
	_, text, err := net.SplitHostPort(inner.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, tolerant := range []bool{false, true} {
		for _, url := range []string{
			inner.URL + "/straight", "http://localhost:" + text + "/name", "http://[::ffff:127.0.0.1]:" + text + "/mapped",
			outer.URL + "/?to=" + inner.URL + "/redirect", outer.URL + "/?to=http://169.254.169.254/latest/meta-data/",
			outer.URL + "/?to=http://[fd00:ec2::254]/", "http://0.0.0.0:" + text + "/",
		} {
			o := Defaults()
			o.URL = url
			if errs := o.Check("", nil); errs.ErrorOrNil() != nil {
				t.Fatal(errs)
			}
			cam := New(o)
			if tolerant {
				cam.tolerate(MalformedHTTP)
			}
			c := cam.Client(nil)
			c.Restrict(rule.MayDial)
			_, err := c.Get(t.Context(), Request{})
			c.Close()
			if e, ok := err.(*source.Error); !ok || e.Code != CodeAddress || !strings.Contains(e.Message, "may not connect") {
				t.Errorf("tolerant %t: %s: %v", tolerant, url, err)
			}
		}
	}
	select {
	case path := <-asked:
		t.Errorf("%s was asked for", path)
	default:
	}
}
