package app

import (
	"net/http"
	"time"

	"camhub/internal/connlimit"
)

// maxConnections returns how many connections the hub holds at once.
var maxConnections = connlimit.Max // lowered by tests

// idleTimeout bounds how long a connection is kept without a request. With HTTP/2
// it also bounds the wait for the first one.
var idleTimeout = 2 * time.Minute // lowered by tests

// stuckTimeout is how long a client of HTTP/2 may take no byte of all it is sent.
const stuckTimeout = 10 * time.Second

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
