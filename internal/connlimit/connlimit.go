// Package connlimit bounds how many connections a web server holds, so that a
// flood of them takes neither all memory nor the files that cameras, recordings
// and the store need.
//
// Who comes when the server is full is let in, and somebody else's connection
// closed: whoever floods holds the most, and pays first. A limit that turned
// newcomers away would lock everybody out instead.
package connlimit

import (
	"container/list"
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
	peers  map[netip.Prefix]*peer
	closed int       // since the last warning
	warned time.Time // when that was
}

// peer is one network that connections come from.
type peer struct {
	waiting list.List // entries without a request, the one that waits longest first
	busy    list.List // entries with one, the oldest first
}

func (p *peer) size() int { return p.waiting.Len() + p.busy.Len() }

// entry is one connection. It is in one list of its peer.
type entry struct {
	conn    net.Conn
	from    netip.Prefix
	waiting bool
	taken   bool // over from the server, by the handler of a request
	place   *list.Element
}

// New returns a limiter for up to max connections.
func New(max int, log *slog.Logger) *Limiter {
	return &Limiter{max: max, log: log, conns: make(map[net.Conn]*entry), peers: make(map[netip.Prefix]*peer)}
}

type connKey struct{}

// Bind has l bound the connections of srv, which has its handler and does not serve
// yet. Several servers may share a limiter.
//
// A connection that a handler takes over from the server (http.Hijacker) counts until
// the handler returns: it must not outlive it.
func (l *Limiter) Bind(srv *http.Server) {
	srv.ConnState = l.state
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	next := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			defer l.handled(c)
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
	e := &entry{conn: c, from: network(c.RemoteAddr()), waiting: true}
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
	p := l.peers[e.from]
	if p == nil {
		p = new(peer)
		l.peers[e.from] = p
	}
	e.place = p.waiting.PushBack(e)
	l.conns[c] = e
}

// victim returns the connection that is to go, which may be the new one itself:
// of those that wait for a request the oldest of the peer that has the most; when
// all are busy, the newest of that peer, if the new one's has fewer. It looks at
// every peer, which takes about as long as to accept a connection.
func (l *Limiter) victim(e *entry) *entry {
	var patient, heaviest *peer
	for _, p := range l.peers {
		if p.waiting.Len() > 0 && (patient == nil || p.size() > patient.size()) {
			patient = p
		}
		if heaviest == nil || p.size() > heaviest.size() {
			heaviest = p
		}
	}
	switch own := l.peers[e.from]; {
	case patient != nil:
		return patient.waiting.Front().Value.(*entry)
	case heaviest != nil && (own == nil || own.size()+1 < heaviest.size()):
		return heaviest.busy.Back().Value.(*entry)
	}
	return e
}

// move notes whether a connection waits for a request.
func (l *Limiter) move(c net.Conn, waiting bool) {
	e := l.conns[c]
	if e == nil || e.waiting == waiting {
		return // it was closed meanwhile, or nothing is new
	}
	p := l.peers[e.from]
	if e.waiting = waiting; waiting {
		p.busy.Remove(e.place)
		e.place = p.waiting.PushBack(e)
	} else {
		p.waiting.Remove(e.place)
		e.place = p.busy.PushBack(e)
	}
}

// leave forgets a connection.
func (l *Limiter) leave(c net.Conn) {
	e := l.conns[c]
	if e == nil {
		return
	}
	delete(l.conns, c)
	p := l.peers[e.from]
	if e.waiting {
		p.waiting.Remove(e.place)
	} else {
		p.busy.Remove(e.place)
	}
	if p.size() == 0 {
		delete(l.peers, e.from)
	}
}

// warn tells that the server is full, once in a while.
func (l *Limiter) warn(victim *entry) {
	l.closed++
	if now := time.Now(); now.Sub(l.warned) >= warnEvery {
		l.log.Warn("as many connections as may be: closing some", "limit", l.max, "closed", l.closed, "last from", victim.from.Addr())
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

// network returns what peers are told apart by: of IPv6, whoever has one address
// has 2^64 of them. What is no IP address counts as one peer.
func network(a net.Addr) netip.Prefix {
	if a == nil {
		return netip.Prefix{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip, bits := ap.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // the bits are right
	return p
}
