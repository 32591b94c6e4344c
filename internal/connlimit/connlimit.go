// Package connlimit bounds how many connections a web server holds, so that a
// flood of them takes neither all memory nor the files that cameras, recordings
// and the store need.
//
// Who comes when the server is full is let in, and somebody else's connection
// closed: whoever floods holds the most, and pays first. A limit that turned
// newcomers away would lock everybody out instead.
//
// Clients are told apart by their networks, and within one by who they are, once a request
// has said it (see Claim): behind a proxy all of them come from one address.
package connlimit

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// warnEvery is how often the log tells that the server is full.
const warnEvery = time.Minute

// Limiter follows the connections of web servers. Use New, and Bind. It is safe for
// concurrent use.
type Limiter struct {
	max int
	log *slog.Logger

	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]*entry
	peers  map[client]*peer
	totals map[netip.Prefix]int // of all peers of a network
	closed int                  // since the last warning
	warned time.Time            // when that was
}

// New returns a limiter for up to max connections.
func New(max int, log *slog.Logger) *Limiter {
	return &Limiter{max: max, log: log, conns: make(map[net.Conn]*entry), peers: make(map[client]*peer), totals: make(map[netip.Prefix]int)}
}

type connKey struct{}

// bound is a connection of a server that a limiter bounds.
type bound struct {
	limiter *Limiter
	conn    net.Conn
}

// Claim says whose the connection of a request is while the request lasts: at is the
// address of the client, as http.Request.RemoteAddr has it, and who tells several at
// one address apart. ctx is the request's; without a limiter nothing happens. It is
// not for HTTP/2, of which many clients of a proxy may share a connection.
func Claim(ctx context.Context, at, who string) {
	if b, ok := ctx.Value(connKey{}).(bound); ok {
		b.limiter.claim(b.conn, client{network(at), who})
	}
}

// Bind has l bound the connections of srv, which has its handler and does not serve
// yet. Several servers may share a limiter.
//
// A connection that a handler takes over from the server (http.Hijacker) counts until
// the handler returns: it must not outlive it.
func (l *Limiter) Bind(srv *http.Server) {
	srv.ConnState = l.state
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, bound{l, c})
	}
	next := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b, ok := r.Context().Value(connKey{}).(bound); ok {
			defer l.handled(b.conn)
		}
		next.ServeHTTP(w, r)
	})
}

// state is for the field ConnState of an http.Server.
func (l *Limiter) state(c net.Conn, s http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch s {
	case http.StateNew:
		l.enter(c)
	case http.StateActive: // the whole head of a request is there
		l.move(c, false)
	case http.StateIdle:
		l.move(c, true)
	case http.StateHijacked: // the server tells no more of it
		if e := l.conns[c]; e != nil {
			e.taken = true
		}
	default:
		l.leave(c)
	}
}

// handled forgets a connection that the handler, which is done, had taken over.
func (l *Limiter) handled(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.conns[c]; e != nil && e.taken {
		l.leave(c)
	}
}

// Len returns how many connections there are.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// enter counts a connection, for which another may have to go. It is called with
// mu held, as the next ones.
func (l *Limiter) enter(c net.Conn) {
	home := networkOf(c.RemoteAddr())
	e := &entry{conn: c, home: home, of: client{network: home}, waiting: true}
	if len(l.conns) >= l.max {
		victim := l.victim(e)
		l.warn(victim)
		if victim == e {
			end(c, false)
			return
		}
		l.leave(victim.conn)
		end(victim.conn, !victim.waiting)
	}
	l.conns[c] = e
	l.add(e)
}

// victim returns the connection that is to go, which may be the new one itself:
// of those that wait for a request the oldest of the client that has the most; when
// all are busy, the newest of that client, if the new one's has fewer. It looks at
// every client, which takes about as long as to accept a connection.
func (l *Limiter) victim(e *entry) *entry {
	var patient, heaviest *peer
	for _, p := range l.peers {
		if p.waiting.Len() > 0 && l.heavier(p, patient) {
			patient = p
		}
		if l.heavier(p, heaviest) {
			heaviest = p
		}
	}
	switch {
	case patient != nil:
		return patient.waiting.Front().Value.(*entry)
	case heaviest != nil && l.isLighter(e.of, heaviest):
		return heaviest.busy.Back().Value.(*entry)
	}
	return e
}

// heavier reports whether p is of a network that has more than that of q, which may be
// nil, or has itself more in the same: who signs in often does not get more by it.
func (l *Limiter) heavier(p, q *peer) bool {
	switch {
	case q == nil:
		return true
	case p.network != q.network:
		return l.totals[p.network] > l.totals[q.network]
	}
	return p.size() > q.size()
}

// isLighter reports whether a client has less than p also with one more.
func (l *Limiter) isLighter(c client, p *peer) bool {
	if c.network != p.network {
		return l.totals[c.network]+1 < l.totals[p.network]
	}
	own := l.peers[c]
	return own == nil || own.size()+1 < p.size()
}

// warn tells that the server is full, once in a while.
func (l *Limiter) warn(victim *entry) {
	l.closed++
	if now := time.Now(); now.Sub(l.warned) >= warnEvery {
		l.log.Warn("as many connections as may be: closing some", "limit", l.max, "closed", l.closed, "last from", victim.of.network.Addr())
		l.warned, l.closed = now, 0
	}
}

// end closes a connection below TLS, whose farewell could wait. What the client
// has not taken of an answer is discarded if abort is true.
func end(c net.Conn, abort bool) {
	for {
		outer, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = outer.NetConn()
	}
	if tcp, ok := c.(interface{ SetLinger(sec int) error }); ok && abort {
		_ = tcp.SetLinger(0) // it is as good as gone
	}
	_ = c.Close() // the server finds out by itself
}
