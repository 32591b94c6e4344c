package app

import (
	"net"
	"net/netip"
	"slices"
)

// ownAddress returns what says whether the hub, which listens at some addresses,
// listens at another one too: of a hub that listens everywhere, every address of
// the machine is one.
func ownAddress(all ...net.Addr) func(netip.AddrPort) bool {
	var own []netip.AddrPort
	for _, at := range all {
		if tcp, ok := at.(*net.TCPAddr); ok {
			own = append(own, tcp.AddrPort())
		}
	}
	return func(to netip.AddrPort) bool {
		return slices.ContainsFunc(own, func(own netip.AddrPort) bool {
			switch {
			case to.Port() != own.Port():
				return false
			case !own.Addr().IsUnspecified():
				return to.Addr() == own.Addr().Unmap()
			}
			return to.Addr().IsLoopback() || isOfMachine(to.Addr())
		})
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
