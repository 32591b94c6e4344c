package listen

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// errPlain ends a connection that does not speak TLS, and was answered.
var errPlain = errors.New("listen: plain HTTP where TLS is spoken")

// looksPlain reports whether the first byte of a connection begins an HTTP method. A
// record of TLS begins with a byte below 32 (RFC 8446, section 5.1).
func looksPlain(first byte) bool { return first >= 'A' && first <= 'Z' }

// leadToTLS answers a plain request, of which the first bytes are there, and returns
// errPlain. The server has set the deadlines of a handshake.
func leadToTLS(c net.Conn, first []byte) error {
	in := io.LimitReader(io.MultiReader(bytes.NewReader(bytes.Clone(first)), c), 16<<10)
	r, err := http.ReadRequest(bufio.NewReader(in))
	if err != nil {
		return errPlain
	}
	text := "This port speaks HTTPS.\n"
	if to, ok := secureURL(r, r.Host); ok {
		fmt.Fprintf(c, "HTTP/1.1 308 Permanent Redirect\r\nLocation: %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
			to, len(text), text)
	} else {
		fmt.Fprintf(c, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(text), text)
	}
	return errPlain
}

// secureURL returns where a browser has to go. A program that changes something
// has already sent in the clear what should not have been: it is told, not led.
func secureURL(r *http.Request, host string) (to string, ok bool) {
	uri := r.URL.RequestURI()
	ok = (r.Method == http.MethodGet || r.Method == http.MethodHead) && host != "" && strings.HasPrefix(uri, "/") &&
		!strings.ContainsFunc(host+uri, func(c rune) bool { return c <= ' ' || c == 0x7f }) && !strings.ContainsAny(host, "/\\@?#")
	return "https://" + host + uri, ok
}

// RunRedirect leads whoever connects to l to HTTPS on a port (443 is left out of the
// address) until ctx ends; challenge may answer first, and bound bounds the connections.
// It closes l, and returns when nothing of it is left.
func RunRedirect(ctx context.Context, l net.Listener, port int, challenge func(http.Handler) http.Handler, bound func(*http.Server), log *slog.Logger) error {
	lead := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		if port != 443 && host != "" {
			host = fmt.Sprintf("%s:%d", host, port)
		}
		to, ok := secureURL(r, host)
		if !ok {
			http.Error(w, "The hub speaks HTTPS.", http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, to, http.StatusPermanentRedirect)
	})
	srv := &http.Server{
		Handler: challenge(lead), ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: 10 * time.Second,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	bound(srv)
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("redirect: %w", err)
	case <-ctx.Done():
	}
	err := srv.Close() // whoever is cut asks again
	<-done
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
