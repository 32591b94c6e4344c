package app

import (
	"net/http"
	"time"

	"camhub/internal/access"
	"camhub/internal/connlimit"
	"camhub/internal/route"
)

// maxConnections returns how many connections the hub holds at once.
var maxConnections = connlimit.Max // lowered by tests

// idleTimeout bounds how long a connection is kept without a request. With HTTP/2
// it also bounds the wait for the first one.
var idleTimeout = 2 * time.Minute // lowered by tests

// stuckTimeout is how long a client of HTTP/2 may take no byte of all it is sent.
const stuckTimeout = 10 * time.Second

// counted has guard tell the limiter of connections whose each is: the session, token or
// user of a request at the address of its client, which behind a trusted proxy is not that
// of the connection. Only so does one browser not take the places of all that come by
// the proxy.
func counted(guard route.Guard) route.Guard {
	return func(need route.Need, next route.Func) route.Func {
		return guard(need, func(w http.ResponseWriter, r *http.Request) error {
			if r.ProtoMajor == 1 {
				connlimit.Claim(r.Context(), r.RemoteAddr, whose(access.From(r.Context())))
			}
			return next(w, r)
		})
	}
}

// whose names a caller for the limiter; what it is tells nothing to others.
func whose(c *access.Caller) string {
	switch {
	case c == nil:
		return ""
	case c.Share != nil:
		return "share " + c.Share.ID
	case c.Session != "":
		return "session " + c.Session
	case c.Token != "":
		return "token " + c.Token
	}
	return c.Name
}

// bound limits what all clients of a server together can take: connections, and
// what one of HTTP/2 may have under way. A proxy that wants more of it opens
// another one; the body of a request has 1 MiB at most and needs no more room.
func bound(srv *http.Server, connections *connlimit.Limiter) {
	connections.Bind(srv)
	srv.HTTP2 = &http.HTTP2Config{
		MaxConcurrentStreams:          100,
		MaxReceiveBufferPerConnection: 64 << 10,
		MaxReceiveBufferPerStream:     64 << 10,
		WriteByteTimeout:              stuckTimeout,
	}
}
