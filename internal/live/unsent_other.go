//go:build !linux

package live

import "net"

// setUnsentLimit bounds the kernel's send buffer where there is no finer way.
func setUnsentLimit(c net.Conn, n int) {
	if tcp, ok := below(c).(interface{ SetWriteBuffer(bytes int) error }); ok {
		tcp.SetWriteBuffer(2 * n) // a refinement only
	}
}
