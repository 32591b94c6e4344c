//go:build linux

package feedbench

import (
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// socket is one end of a connection as the kernel sees it.
type socket struct {
	State       string // as ss prints it
	Local, Peer int    // ports
	// Memory is what the kernel holds for it, in bytes: received and not read,
	// being sent, set aside, and queued to be sent.
	Memory int64
}

// established is the state of a socket that both programs have open.
const established = "ESTAB"

// sockets lists the TCP connections of one port, both ends.
func sockets(tb testing.TB, port int) []socket {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), answerWithin)
	defer cancel()
	filter := fmt.Sprintf("sport = :%d or dport = :%d", port, port)
	out, err := exec.CommandContext(ctx, "ss", "-tmnH", filter).Output()
	if err != nil {
		tb.Fatalf("list sockets with ss (package iproute2): %v", err)
	}
	list, err := parseSockets(string(out))
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// parseSockets reads the output of ss -tmnH. A socket is one line, or two with
// its memory on the second, which is indented.
func parseSockets(out string) ([]socket, error) {
	var list []socket
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) >= 5 && line[0] != ' ' && line[0] != '\t' {
			s := socket{State: f[0]}
			var err error
			if s.Local, err = portOf(f[3]); err == nil {
				s.Peer, err = portOf(f[4])
			}
			if err != nil {
				return nil, fmt.Errorf("ss printed %q: %w", line, err)
			}
			list = append(list, s)
		}
		if _, mem, ok := strings.Cut(line, "skmem:("); ok && len(list) > 0 {
			n, err := memoryOf(mem)
			if err != nil {
				return nil, fmt.Errorf("ss printed %q: %w", line, err)
			}
			list[len(list)-1].Memory = n
		}
	}
	return list, nil
}

func portOf(s string) (int, error) {
	a, err := netip.ParseAddrPort(s)
	return int(a.Port()), err
}

// memoryOf adds up the queues of skmem, such as "r0,rb131072,t0,tb46080,f0,w0,…).
func memoryOf(fields string) (int64, error) {
	fields, _, ok := strings.Cut(fields, ")")
	if !ok {
		return 0, fmt.Errorf("skmem has no end")
	}
	var sum int64
	seen := 0
	for f := range strings.SplitSeq(fields, ",") {
		name := strings.TrimRight(f, "0123456789")
		switch name {
		case "r", "t", "f", "w":
			n, err := strconv.ParseInt(f[len(name):], 10, 64)
			if err != nil {
				return 0, err
			}
			sum += n
			seen++
		}
	}
	if seen != 4 {
		return 0, fmt.Errorf("skmem lacks one of r, t, f, w")
	}
	return sum, nil
}

// held sums up one end of the connections whose viewers have these ports.
type held struct {
	Alive  int   // that the program has open
	Left   int   // that the kernel knows, in any state
	Memory int64 // of all that are left
}

// per returns the bytes of one socket.
func (h held) per() int64 {
	if h.Left == 0 {
		return 0
	}
	return h.Memory / int64(h.Left)
}

// splitEnds sums up the server's and the viewers' ends.
func splitEnds(list []socket, server int, viewers map[int]bool) (hub, own held) {
	for _, s := range list {
		h := &hub
		switch {
		case s.Local == server && viewers[s.Peer]:
		case s.Peer == server && viewers[s.Local]:
			h = &own
		default:
			continue
		}
		h.Left++
		h.Memory += s.Memory
		if s.State == established {
			h.Alive++
		}
	}
	return hub, own
}

// poll calls done every step until it is true, for at most limit. It returns
// whether it was.
func poll(limit, step time.Duration, done func() bool) bool {
	deadline := time.Now().Add(limit)
	for !done() {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(step)
	}
	return true
}
