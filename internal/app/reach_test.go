package app

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// TestCamerasLeadNowhereElse defines cameras at the hub itself and at the address
// of a cloud's secrets, and probes them.
func TestCamerasLeadNowhereElse(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	for id, url := range map[string]string{"hub": h.url + "/healthz", "cloud": "http://169.254.169.254/latest/meta-data/"} {
		h.want(http.StatusCreated, "POST", "/api/v1/cameras", fmt.Sprintf(`{"id":%q,"name":"X","source":{"kind":"mjpeg","url":%q}}`, id, url))
		eventually(t, "the camera is refused", func() bool {
			st := h.camera(id).Status
			return st.Error != nil && st.Error.Code == "forbidden-address"
		})
		a := h.want(http.StatusOK, "POST", "/api/v1/probe", fmt.Sprintf(`{"url":%q}`, url))
		if !strings.Contains(string(a.body), "may not connect to this address") {
			t.Errorf("a probe of %s says %s", url, a.body)
		}
	}
}

// TestSecretsAskedForAgain moves a camera with a password to another host.
func TestSecretsAskedForAgain(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.secrets = []string{"hunter2hunter2"}
	h.want(http.StatusCreated, "POST", "/api/v1/cameras",
		`{"id":"a","name":"A","enabled":false,"source":{"kind":"mjpeg","url":"http://10.0.0.5/","username":"u","password":"hunter2hunter2"}}`)
	h.refused(t, "PATCH", "/api/v1/cameras/a", `{"source":{"url":"http://10.0.0.6/"}}`, "/source/password")
	h.refused(t, "PUT", "/api/v1/cameras/a", `{"name":"A","source":{"kind":"mjpeg","url":"http://10.0.0.6/"}}`, "/source/password")
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"url":"http://10.0.0.5/other"}}`)
	h.want(http.StatusOK, "PATCH", "/api/v1/cameras/a", `{"source":{"url":"http://10.0.0.6/","password":null}}`)
}

func TestOwnAddresses(t *testing.T) {
	listen := func(text string) func(netip.AddrPort) bool { return ownAddress(tcpAddr(text)) }
	for _, tt := range []struct {
		at, to string
		own    bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:8080", true}, {"127.0.0.1:8080", "127.0.0.1:8081", false}, {"127.0.0.1:8080", "10.0.0.5:8080", false},
		{"0.0.0.0:8080", "127.0.0.2:8080", true}, {"[::]:8080", "[::1]:8080", true}, {"[::]:8080", "127.0.0.1:8080", true},
		{"0.0.0.0:8080", "203.0.113.9:8080", false},
	} {
		if got := listen(tt.at)(netip.MustParseAddrPort(tt.to)); got != tt.own {
			t.Errorf("a hub at %s listens at %s: %t", tt.at, tt.to, got)
		}
	}
}

func tcpAddr(text string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text)) }
