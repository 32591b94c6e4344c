//go:build linux

package feedbench

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// feedHead is the answer of rawfan and plaingo. It is like the hub's.
const feedHead = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n" +
	"Cache-Control: no-store\r\nConnection: close\r\n\r\n--frame\r\n"

// partHead is what comes before a picture in rawfan and plaingo, as in the hub.
func partHead(size int, at time.Time) []byte {
	return fmt.Appendf(nil, "Content-Type: image/jpeg\r\nContent-Length: %d\r\nX-Timestamp: %.6f\r\n\r\n",
		size, float64(at.UnixMicro())/1e6)
}

// partTail is what comes behind a picture.
const partTail = "\r\n--frame\r\n"

// runRawfan is the cost that nobody can go below: one thread writes the same
// ready bytes to each socket, r.FPS times per second, and does nothing else. It
// blocks on a viewer that does not keep up. It ends with its standard input.
func runRawfan(r role) error {
	pic, st, err := newPicture(r.Width, r.Height)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", r.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	conns := make(chan int, 1024)
	go fan(pic, st, r.FPS, conns)
	if err := announce(listening{Addr: ln.Addr().String(), Bytes: len(pic), At: monotonic()}); err != nil {
		return err
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if fd, err := takeSocket(conn); err == nil {
				conns <- fd
			}
		}
	}()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// takeSocket answers one request and returns the socket alone, in blocking mode.
func takeSocket(conn net.Conn) (int, error) {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return 0, err
	}
	head := make([]byte, 0, 4096)
	for !bytes.Contains(head, []byte("\r\n\r\n")) {
		if len(head) == cap(head) {
			return 0, fmt.Errorf("request is longer than %d bytes", cap(head))
		}
		n, err := conn.Read(head[len(head):cap(head)])
		if err != nil {
			return 0, err
		}
		head = head[:len(head)+n]
	}
	if _, err := io.WriteString(conn, feedHead); err != nil {
		return 0, err
	}
	f, err := conn.(*net.TCPConn).File()
	if err != nil {
		return 0, err
	}
	defer f.Close()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		return 0, err
	}
	return fd, unix.SetNonblock(fd, false)
}

// fan is the bare loop.
func fan(pic []byte, st stamp, fps int, conns <-chan int) {
	runtime.LockOSThread()
	head := partHead(len(pic), time.Now())
	part := append(append(bytes.Clone(head), pic...), partTail...)
	st.Epoch = uint64(monotonic())
	interval := int64(time.Second) / int64(fps)
	var fds []int
	for next := monotonic(); ; next += interval {
		sleepUntil(next)
		for more := true; more; {
			select {
			case fd := <-conns:
				fds = append(fds, fd)
			default:
				more = false
			}
		}
		st.Seq++
		st.Sent = monotonic()
		st.put(part[len(head):])
		kept := fds[:0]
		for _, fd := range fds {
			if writeAll(fd, part) != nil {
				unix.Close(fd)
				continue
			}
			kept = append(kept, fd)
		}
		fds = kept
	}
}

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil && err != unix.EINTR {
			return err
		}
		b = b[max(n, 0):]
	}
	return nil
}
