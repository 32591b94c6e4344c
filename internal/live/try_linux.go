package live

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// tryWriter writes to a TCP connection without waiting for the client.
type tryWriter struct {
	raw     syscall.RawConn
	once    func(fd uintptr) bool // a field, so that it is made once
	buffers *net.Buffers
	whole   bool
}

// newTryWriter reports whether c can be written so.
func newTryWriter(c net.Conn) (*tryWriter, bool) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil, false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, false
	}
	t := &tryWriter{raw: raw}
	t.once = t.writeOnce
	return t, true
}

// write sends what the kernel takes at once, in one vectored write, and cuts
// that off b. It reports whether all of it went; why not is for an ordinary
// write to find out.
func (t *tryWriter) write(b *net.Buffers) bool {
	t.buffers, t.whole = b, false
	if err := t.raw.Write(t.once); err != nil {
		return false
	}
	return t.whole
}

// writeOnce returns true, which says: don't wait and call again.
func (t *tryWriter) writeOnce(fd uintptr) bool {
	n, err := unix.Writev(int(fd), *t.buffers)
	for err == unix.EINTR {
		n, err = unix.Writev(int(fd), *t.buffers)
	}
	if err != nil {
		return true
	}
	for len(*t.buffers) > 0 && n >= len((*t.buffers)[0]) {
		n -= len((*t.buffers)[0])
		*t.buffers = (*t.buffers)[1:]
	}
	if len(*t.buffers) > 0 {
		(*t.buffers)[0] = (*t.buffers)[0][n:]
	}
	t.whole = len(*t.buffers) == 0
	return true
}
