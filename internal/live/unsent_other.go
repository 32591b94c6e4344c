//go:build !linux

package live

import "net"

// setUnsentLimit bounds the kernel's send buffer where there is no finer way.
func setUnsentLimit(c net.Conn, n int) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(2 * n) // a refinement only
	}
}
