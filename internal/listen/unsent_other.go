//go:build !linux

package listen

import "net"

// setUnsentLimit bounds the kernel's send buffer where there is no finer way.
func setUnsentLimit(c *net.TCPConn, n int) {
	c.SetWriteBuffer(2 * n) // a refinement only
}
