package upstream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// Networks says which addresses a camera may have. It is asked when a connection
// is made, of the address that is connected to: after the name was looked up, and
// for each redirect, so that no name and no camera leads the hub elsewhere. Its
// zero value is the rule of a hub of which nothing is said.
type Networks struct {
	// Allowed are the only networks that cameras may be in; if there are none,
	// all that are not refused below.
	Allowed []netip.Prefix
	// Own, if not nil, says whether the hub itself listens at an address.
	Own func(netip.AddrPort) bool
}

// never are the addresses where the machines of cloud providers hand out secrets
// to whoever asks. No list of networks allows them.
var never = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // most of them
	netip.MustParseAddr("169.254.170.2"),   // Amazon ECS
	netip.MustParseAddr("169.254.170.23"),  // Amazon EKS
	netip.MustParseAddr("fd00:ec2::254"),   // Amazon EC2
	netip.MustParseAddr("fd00:ec2::23"),    // Amazon EKS
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("192.0.0.192"),     // Oracle
}

// Networks that hold no camera: this network (RFC 791), and IPv6 addresses that a
// gateway translates to IPv4 ones (RFC 6052, RFC 3056), which are judged by those.
var (
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")
	nat64       = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour   = netip.MustParsePrefix("2002::/16")
	broadcast   = netip.MustParseAddr("255.255.255.255")
)

// MayDial returns why no connection to an address may be made, or nil.
func (n Networks) MayDial(to netip.AddrPort) error {
	addr := plainAddr(to.Addr())
	listed := slices.ContainsFunc(n.Allowed, func(p netip.Prefix) bool { return p.Contains(addr) })
	switch {
	case slices.Contains(never, addr):
		return forbidden("%v is where a cloud provider keeps secrets", addr)
	case addr.IsUnspecified() || thisNetwork.Contains(addr) || addr == broadcast || addr.IsMulticast():
		return forbidden("%v is not the address of one machine", addr)
	case n.Own != nil && n.Own(netip.AddrPortFrom(addr, to.Port())):
		return forbidden("the hub itself listens there")
	case addr.IsLinkLocalUnicast() && !listed:
		return forbidden("%v is a link-local address; allow its network with --camera-networks", addr)
	case len(n.Allowed) > 0 && !listed:
		return forbidden("%v is in none of the networks of --camera-networks", addr)
	}
	return nil
}

// plainAddr returns the address that a packet to addr ends up at.
func plainAddr(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	b := addr.As16()
	switch {
	case nat64.Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:]))
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return addr
}

// forbiddenError says why an address may not be connected to.
type forbiddenError struct{ why string }

// Error implements error.
func (e *forbiddenError) Error() string { return e.why }

func forbidden(format string, args ...any) error {
	return &forbiddenError{fmt.Sprintf(format, args...)}
}

// dialWithin returns a function that makes connections to what may says. The
// system has looked the name up when may is asked.
func dialWithin(may func(netip.AddrPort) error) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %q: %w", address, err)
		}
		return may(to)
	}}
	return d.DialContext // with TCP keep-alive
}

// Restrict makes the client connect only to the addresses for which may returns
// nil. It is called before the first Get; nil leaves the rule of Networks{}.
func (c *Client) Restrict(may func(netip.AddrPort) error) {
	if may != nil && c.cam.dial == nil {
		c.line.dialer = dialWithin(may)
	}
}

// isForbidden returns why a connection was not made, if the rule forbids it.
func isForbidden(err error) (why string, ok bool) {
	f, ok := errors.AsType[*forbiddenError](err)
	if !ok {
		return "", false
	}
	return f.why, true
}
