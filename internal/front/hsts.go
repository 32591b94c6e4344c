package front

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// StrictTransport has browsers that came by HTTPS come by nothing else for a time (HTTP
// Strict Transport Security, RFC 6797); 0 says nothing about it. It stands behind
// Trust.Handler.
//
// It is off unless an administrator asks for it, since it can't be taken back: a browser
// keeps it for a name with all its ports, so that other things of that machine which only
// speak HTTP are not reached any more, nor the hub itself once it goes back to that; and it
// takes away the button that goes on past a certificate which has run out. For the same
// reasons other names below this one are never included. Addresses can't have it (section
// 8.1), and localhost, which all programs of a machine share, does not get it.
func StrictTransport(age time.Duration, next http.Handler) http.Handler {
	if age <= 0 {
		return next
	}
	value := fmt.Sprintf("max-age=%d", int64(age.Seconds()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if Secure(r) && isPublicName(r.Host) {
			w.Header().Set("Strict-Transport-Security", value)
		}
		next.ServeHTTP(w, r)
	})
}

// isPublicName reports whether a Host header names a machine, and not just this one.
func isPublicName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	_, err := netip.ParseAddr(host)
	return err != nil && host != "" && host != "localhost" && !strings.HasSuffix(host, ".localhost")
}
