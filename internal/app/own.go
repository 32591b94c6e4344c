package app

import (
	"net"
	"net/netip"
)

// ownAddress returns what says whether the hub, which listens at an address,
// listens at another one too: of a hub that listens everywhere, every address of
// the machine is one.
func ownAddress(at net.Addr) func(netip.AddrPort) bool {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return func(netip.AddrPort) bool { return false }
	}
	own := tcp.AddrPort()
	return func(to netip.AddrPort) bool {
		if to.Port() != own.Port() {
			return false
		}
		if !own.Addr().IsUnspecified() {
			return to.Addr() == own.Addr().Unmap()
		}
		return to.Addr().IsLoopback() || isOfMachine(to.Addr())
	}
}

// isOfMachine reports whether an interface of this machine has the address. When
// the system does not tell, it has.
func isOfMachine(addr netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Unmap() == addr {
			return true
		}
	}
	return false
}
