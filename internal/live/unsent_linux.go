package live

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// setUnsentLimit sets TCP_NOTSENT_LOWAT (tcp(7)): a write waits while more than
// n bytes have not been sent, whereas what is under way is not limited, so that
// a far viewer gets its full rate. On what is no TCP connection it does nothing.
func setUnsentLimit(c net.Conn, n int) {
	sc, ok := below(c).(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, n) // a refinement only
	})
}
