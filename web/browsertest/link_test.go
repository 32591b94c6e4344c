package browsertest

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// linkBurst is how much a link makes up for, since a busy machine wakes it late.
const linkBurst = 50 * time.Millisecond

// link is the way from a hub to a browser, which carries so many bytes a second
// over all its connections.
type link struct {
	hub  string
	addr string

	mu   sync.Mutex // guards what follows
	rate int
	free time.Time // when it has carried what it was given
}

// startLink makes a way to a hub until the test ends.
func startLink(t *testing.T, hub string, rate int) *link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{hub: strings.TrimPrefix(hub, "http://"), addr: listener.Addr().String(), rate: rate}
	var wg sync.WaitGroup
	var mu sync.Mutex // guards conns
	var conns []net.Conn
	keep := func(c net.Conn) {
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, c)
	}
	wg.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			keep(near)
			far, err := net.Dial("tcp", l.hub)
			if err != nil {
				near.Close()
				continue
			}
			keep(far)
			wg.Go(func() {
				io.Copy(far, near)
				far.Close()
			})
			wg.Go(func() {
				io.Copy(near, readerFunc(func(b []byte) (int, error) { return l.read(far, b) }))
				near.Close()
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// read takes what has come from the hub, as fast as the link carries it.
func (l *link) read(from net.Conn, b []byte) (int, error) {
	n, err := from.Read(b[:min(len(b), 1460)])
	l.mu.Lock()
	if now := time.Now(); l.free.Before(now.Add(-linkBurst)) {
		l.free = now.Add(-linkBurst)
	}
	l.free = l.free.Add(time.Duration(n) * time.Second / time.Duration(l.rate))
	wait := time.Until(l.free)
	l.mu.Unlock()
	time.Sleep(wait)
	return n, err
}

func (l *link) setRate(bytes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate, l.free = bytes, time.Time{}
}

// wallOf16 is a wall of 16 cameras of 1280x720 at 10 pictures a second, at the
// end of a link.
func wallOf16(t *testing.T) (*tab, *link) {
	hub, page := startHub(t), startBrowser(t)
	for i := range 16 {
		hub.addRate(fmt.Sprintf("Camera %d", i+1), 1280, 720, 10)
	}
	l := startLink(t, hub.url, 100*mbit)
	p := page.open("http://"+l.addr, counting)
	p.waitFor(`document.querySelectorAll('.tile.fed.painted').length === 16`)
	return p, l
}

const mbit = 1_000_000 / 8 // bytes a second

// TestSlowLinkMakesPicturesRareAndNotOld has a wall on links of several speeds.
// The goal is that no picture on it is ever older than 0.5 s at 10 Mbit/s and 3 s
// at 1 Mbit/s, and that it is at its full rate 2 s after the link is quick again.
// The log has what was seen. The test fails at a multiple of these times only, and
// takes into account how old pictures are on this machine without a slow link.
func TestSlowLinkMakesPicturesRareAndNotOld(t *testing.T) {
	p, l := wallOf16(t)
	full := p.look("100 Mbit/s", time.Second, 4*time.Second)
	for _, step := range []struct {
		name  string
		rate  int
		limit time.Duration
	}{
		{"10 Mbit/s", 10 * mbit, 2 * time.Second},
		{"1 Mbit/s", mbit, 6 * time.Second},
		{"1 Mbit/s, later", mbit, 6 * time.Second},
	} {
		l.setRate(step.rate)
		if seen := p.look(step.name, 4*time.Second, 8*time.Second); seen.oldest > step.limit+2*full.oldest {
			seen.judge(t, "%s: a tile showed a picture of %v ago", step.name, seen.oldest)
		}
	}
	l.setRate(100 * mbit)
	if again := p.look("100 Mbit/s again", 2*time.Second, 4*time.Second); again.perSecond < full.perSecond*0.5 {
		again.judge(t, "%.0f pictures a second, and %.0f before", again.perSecond, full.perSecond)
	}
}

// TestSlowBrowserMakesPicturesRareAndNotOld has a browser with a quarter of its
// processor.
func TestSlowBrowserMakesPicturesRareAndNotOld(t *testing.T) {
	p, l := wallOf16(t)
	p.slowDown(4)
	for _, step := range []struct {
		name  string
		rate  int
		limit time.Duration
	}{
		{"100 Mbit/s", 100 * mbit, 4 * time.Second},
		{"10 Mbit/s", 10 * mbit, 4 * time.Second},
		{"1 Mbit/s", mbit, 6 * time.Second},
	} {
		l.setRate(step.rate)
		if seen := p.look(step.name+", processor / 4", 4*time.Second, 8*time.Second); seen.oldest > step.limit {
			seen.judge(t, "%s: a tile showed a picture of %v ago", step.name, seen.oldest)
		}
	}
}
