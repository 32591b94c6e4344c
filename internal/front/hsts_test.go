package front

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestStrictTransport(t *testing.T) {
	var proxies Trust
	if err := proxies.Set("10.0.0.9"); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		age    time.Duration
		host   string
		tls    bool
		from   string
		header http.Header
		want   string
	}{
		"not asked for":          {0, "cams.example.com", true, "10.0.0.1:5", nil, ""},
		"by HTTPS":               {24 * time.Hour, "cams.example.com:8443", true, "10.0.0.1:5", nil, "max-age=86400"},
		"by HTTP":                {24 * time.Hour, "cams.example.com", false, "10.0.0.1:5", nil, ""},
		"an address":             {24 * time.Hour, "10.0.0.3:443", true, "10.0.0.1:5", nil, ""},
		"an address of IPv6":     {24 * time.Hour, "[2001:db8::1]", true, "10.0.0.1:5", nil, ""},
		"this machine":           {24 * time.Hour, "localhost:8443", true, "127.0.0.1:5", nil, ""},
		"this machine, at large": {24 * time.Hour, "Cams.LocalHost.", true, "127.0.0.1:5", nil, ""},
		"a believed proxy":       {24 * time.Hour, "x", false, "10.0.0.9:5", http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"cams.example.com"}}, "max-age=86400"},
		"another proxy":          {24 * time.Hour, "cams.example.com", false, "10.0.0.8:5", http.Header{"X-Forwarded-Proto": {"https"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := proxies.Handler(StrictTransport(tt.age, http.NotFoundHandler()))
			r := httptest.NewRequest("GET", "/", nil)
			r.Host, r.RemoteAddr = tt.host, tt.from
			for key, values := range tt.header {
				r.Header[key] = values
			}
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Header().Get("Strict-Transport-Security"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
