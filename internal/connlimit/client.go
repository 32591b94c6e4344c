package connlimit

import (
	"container/list"
	"net"
	"net/netip"
)

// client is whom connections count for: a network, and somebody in it, who is "" while
// nobody has said who it is.
type client struct {
	network netip.Prefix
	who     string
}

// peer is the connections of one client.
type peer struct {
	client
	waiting list.List // entries without a request, the one that waits longest first
	busy    list.List // entries with one, the oldest first
}

func (p *peer) size() int { return p.waiting.Len() + p.busy.Len() }

// entry is one connection. It is in one list of its peer.
type entry struct {
	conn    net.Conn
	home    netip.Prefix // where it comes from
	of      client
	waiting bool
	taken   bool // over from the server, by the handler of a request
	place   *list.Element
}

// move notes whether a connection waits for a request. Then it is nobody's, and counts
// for where it comes from.
func (l *Limiter) move(c net.Conn, waiting bool) {
	e := l.conns[c]
	if e == nil || e.waiting == waiting {
		return // it was closed meanwhile, or nothing is new
	}
	l.remove(e)
	e.waiting, e.of = waiting, client{network: e.home}
	l.add(e)
}

// claim counts a connection with a request for a client.
func (l *Limiter) claim(c net.Conn, of client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.conns[c]
	if e == nil || e.waiting || e.of == of {
		return
	}
	l.remove(e)
	e.of = of
	l.add(e)
}

// leave forgets a connection.
func (l *Limiter) leave(c net.Conn) {
	if e := l.conns[c]; e != nil {
		delete(l.conns, c)
		l.remove(e)
	}
}

// add puts an entry at the end of its list.
func (l *Limiter) add(e *entry) {
	p := l.peers[e.of]
	if p == nil {
		p = &peer{client: e.of}
		l.peers[e.of] = p
	}
	l.totals[e.of.network]++
	if e.waiting {
		e.place = p.waiting.PushBack(e)
	} else {
		e.place = p.busy.PushBack(e)
	}
}

// remove takes an entry out of its list.
func (l *Limiter) remove(e *entry) {
	p := l.peers[e.of]
	if e.waiting {
		p.waiting.Remove(e.place)
	} else {
		p.busy.Remove(e.place)
	}
	if p.size() == 0 {
		delete(l.peers, e.of)
	}
	if l.totals[e.of.network]--; l.totals[e.of.network] == 0 {
		delete(l.totals, e.of.network)
	}
}

// networkOf returns the network of the other end of a connection.
func networkOf(a net.Addr) netip.Prefix {
	if a == nil {
		return netip.Prefix{}
	}
	return network(a.String())
}

// network returns what clients are told apart by, of an address with its port: of IPv6,
// whoever has one address has 2^64 of them. What is no IP address counts as one network.
func network(at string) netip.Prefix {
	ap, err := netip.ParseAddrPort(at)
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
