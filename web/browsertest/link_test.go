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
	if now := time.Now(); l.free.Before(now) {
		l.free = now
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

// TestSlowLinkMakesPicturesRareAndNotOld has a wall of 16 cameras on links of
// several speeds. It tells how old the oldest picture on the wall was at any
// time: just before the next one took its place.
func TestSlowLinkMakesPicturesRareAndNotOld(t *testing.T) {
	const tiles, mbit = 16, 1_000_000 / 8
	hub, page := startHub(t), startBrowser(t)
	for i := range tiles {
		hub.addSized(fmt.Sprintf("Camera %d", i+1), 320, 180)
	}
	l := startLink(t, hub.url, 100*mbit)
	p := page.open("http://"+l.addr, counting+`localStorage.setItem('camhub.layout', 'columns-8');`)
	p.waitFor(fmt.Sprintf(`document.querySelectorAll('.tile.fed.painted').length === %d`, tiles))
	look := func(name string, rate int, settle time.Duration) (perSecond, p95 float64) {
		l.setRate(rate)
		time.Sleep(settle)
		eval[bool](p, `window.shown = {}, window.ages = [], true`)
		const lasts = 4
		time.Sleep(lasts * time.Second)
		ages := eval[[]float64](p, `window.ages.sort((a, b) => a - b)`)
		shown := eval[map[string]int](p, `window.shown`)
		total, least := 0, 1<<30
		for _, n := range shown {
			total, least = total+n, min(least, n)
		}
		if len(ages) == 0 || len(shown) != tiles {
			t.Fatalf("%s: %d pictures came, on %d tiles", name, len(ages), len(shown))
		}
		perSecond, p95 = float64(total)/lasts, ages[len(ages)*95/100]
		t.Logf("%s: %.0f pictures a second, the rarest tile %.1f; age when they came %.0f/%.0f/%.0f ms p50/p95/max",
			name, perSecond, float64(least)/lasts, ages[len(ages)/2], p95, ages[len(ages)-1])
		return perSecond, p95
	}
	full, _ := look("100 Mbit/s", 100*mbit, time.Second)
	if _, age := look("3 Mbit/s", 3*mbit, 2*time.Second); age > 1000 {
		t.Errorf("pictures come %.0f ms old", age)
	}
	slow, age := look("1 Mbit/s", 1*mbit, 2*time.Second)
	if age > 2000 {
		t.Errorf("pictures come %.0f ms old", age)
	}
	again, _ := look("100 Mbit/s again", 100*mbit, 2*time.Second)
	if again < full*0.7 || slow > full*0.7 {
		t.Errorf("%.0f pictures a second, %.0f on the slow link, then %.0f", full, slow, again)
	}
}
