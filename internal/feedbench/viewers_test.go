//go:build linux

package feedbench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// How viewers read.
const (
	normal  = "normal"  // at once, whatever has come
	slow    = "slow"    // role.Rate bytes per second, in small steps
	stalled = "stalled" // never
)

const (
	readBuffer = 256 << 10 // fits the processor's cache
	slowRead   = 4 << 10
	slowStep   = 5 * time.Millisecond
	maxArrears = int64(100 * time.Millisecond)
	maxSamples = 4 << 20 // latencies kept between marks
)

// report is what viewers answer to "report".
type report struct {
	At       int64 // monotonic
	Viewers  []viewerReport
	Received int // sums
	Lost     int
	Restarts int
	Open     int
	// Latency is of all pictures since the mark: age when the last byte was read.
	Latency quantiles
	// Shown is the greatest age of a picture before the next one replaced it.
	Shown time.Duration
}

// viewerReport is one connection.
type viewerReport struct {
	counts
	Port    int    // its own end's
	FreshAt int64  // first picture of the newest epoch, monotonic
	GoneAt  int64  // when it ended, monotonic, or 0
	Gone    string // why
}

// link is one connection of a viewers process.
type link struct {
	viewer
	fd, port int
	gone     string
	goneAt   int64
}

// audience is all connections of a process. It has one thread.
type audience struct {
	role
	epoll   int
	links   []*link
	buf     []byte
	samples []int32 // microseconds
	shown   int64
	readAt  int64 // when slow viewers read last
}

// runViewers connects r.Count viewers, says "ready" when each has a picture (or
// is connected, when stalled), and then answers "mark" (count from now) and
// "report" on its standard input until that ends.
func runViewers(r role) error {
	a := &audience{role: r, buf: make([]byte, readBuffer)}
	var err error
	if a.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	for range r.Count {
		if err := a.connect(); err != nil {
			return err
		}
	}
	commands := make(chan string)
	go readCommands(commands)
	for ready := false; ; {
		if err := a.turn(); err != nil {
			return err
		}
		if !ready && a.ready() {
			ready = true
			if err := announce("ready"); err != nil {
				return err
			}
		}
		select {
		case c, ok := <-commands:
			if !ok {
				return nil
			}
			if err := a.answer(c); err != nil {
				return err
			}
		default:
		}
	}
}

func readCommands(to chan<- string) {
	defer close(to)
	for sc := bufio.NewScanner(os.Stdin); sc.Scan(); {
		to <- sc.Text()
	}
}

func (a *audience) ready() bool {
	for _, l := range a.links {
		if l.Received == 0 && a.Mode != stalled {
			return false
		}
	}
	return true
}

// connect adds one viewer and sends its request.
func (a *audience) connect() error {
	to, err := netip.ParseAddrPort(a.Host)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	own, err := unix.Getsockname(fd)
	if err != nil {
		return fmt.Errorf("getsockname: %w", err)
	}
	path := strings.ReplaceAll(a.Path, "{n}", strconv.Itoa(len(a.links)))
	ask := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: feedbench\r\n\r\n", path, a.Host)
	if _, err := unix.Write(fd, []byte(ask)); err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	a.links = append(a.links, &link{fd: fd, port: own.(*unix.SockaddrInet4).Port})
	events := uint32(unix.EPOLLRDHUP)
	switch a.Mode {
	case normal:
		events |= unix.EPOLLIN
	case slow:
		return nil // read by the clock
	}
	return unix.EpollCtl(a.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(len(a.links) - 1)})
}

// turn waits a little for what has come, and reads it.
func (a *audience) turn() error {
	if a.Mode == slow {
		time.Sleep(slowStep)
		a.readSlowly()
		return nil
	}
	var events [256]unix.EpollEvent
	n, err := unix.EpollWait(a.epoll, events[:], 10)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("epoll: %w", err)
	}
	for _, e := range events[:max(n, 0)] {
		l := a.links[e.Fd]
		if a.Mode == stalled {
			a.end(l, errors.New("hung up"))
			continue
		}
		if _, err := a.read(l, a.buf); err != nil && !errors.Is(err, unix.EAGAIN) {
			a.end(l, err)
		}
	}
	return nil
}

// read takes what has come on l, up to len(buf).
func (a *audience) read(l *link, buf []byte) (int, error) {
	n, err := unix.Read(l.fd, buf)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, io.EOF
	}
	now := monotonic()
	return n, l.feed(buf[:n], now, func(s, before stamp) { a.note(s, before, now) })
}

// readSlowly lets each viewer read what is due for the time since the last
// call, in small reads. What has not come in time is not made up for.
func (a *audience) readSlowly() {
	now := monotonic()
	due := int(int64(a.Rate) * min(now-a.readAt, maxArrears) / int64(time.Second))
	a.readAt = now
	for _, l := range a.links {
		for left := due; left > 0 && l.gone == ""; {
			n, err := a.read(l, a.buf[:min(left, slowRead)])
			if errors.Is(err, unix.EAGAIN) {
				break
			}
			if err != nil {
				a.end(l, err)
			}
			left -= n
		}
	}
}

// note keeps the latency of a picture.
func (a *audience) note(s, before stamp, now int64) {
	if len(a.samples) < maxSamples {
		a.samples = append(a.samples, int32((now-s.Sent)/1000))
	}
	if before.Epoch == s.Epoch {
		a.shown = max(a.shown, now-before.Sent)
	}
}

func (a *audience) end(l *link, err error) {
	l.gone, l.goneAt = err.Error(), monotonic()
	unix.Close(l.fd)
}

// answer does what one line of the standard input asks for.
func (a *audience) answer(command string) error {
	switch command {
	case "mark":
		for _, l := range a.links {
			l.counts = counts{}
		}
		a.samples, a.shown = a.samples[:0], 0
		return announce("marked")
	case "report":
		return announce(a.report())
	}
	return fmt.Errorf("unknown command %q", command)
}

func (a *audience) report() report {
	rep := report{At: monotonic(), Shown: time.Duration(a.shown)}
	for _, l := range a.links {
		rep.Received += l.Received
		rep.Lost += l.Lost
		rep.Restarts += l.Restarts
		if l.gone == "" {
			rep.Open++
		}
		rep.Viewers = append(rep.Viewers, viewerReport{
			counts: l.counts, Port: l.port, FreshAt: l.freshAt, GoneAt: l.goneAt, Gone: l.gone,
		})
	}
	slices.Sort(a.samples)
	rep.Latency = quantilesOf(a.samples)
	return rep
}
