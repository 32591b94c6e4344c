package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// from returns a client that comes from a loopback address of its own.
func from(ip string) *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	return &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true}}
}

// guess tries to sign in and returns the status. A 429 must say how long to wait.
func guess(t *testing.T, c *http.Client, url, name string) int {
	resp, err := c.Post(url+"/api/v1/session", "application/json", strings.NewReader(fmt.Sprintf(`{"name":%q,"password":"a wrong one"}`, name)))
	if err != nil {
		t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	return resp.StatusCode
}

// TestSignInFlood has 100 clients at 100 addresses guess the passwords of users
// and of nobody, as fast as they can. The hub hashes one or a few at a time, turns
// the rest away, goes on with all else, lets in the owner with a browser that she
// has used before, and writes down a bounded number of failures.
func TestSignInFlood(t *testing.T) {
	h := startHub(t, readContract(t, true), t.TempDir())
	h.addLive("a")
	ann := h.own()
	known := cookies(h.want(http.StatusOK, "POST", "/api/v1/session", fmt.Sprintf(`{"name":"ann","password":%q}`, ownerPassword)))
	h.want(http.StatusOK, "GET", "/api/v1/cameras", "", known...)
	feed := h.feed("/cameras/a/feed", ann...)

	peak := sampleHeap(t)
	var counts [600]atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			c := from(fmt.Sprintf("127.1.%d.1", i))
			for j := range 10 {
				counts[guess(t, c, h.url, []string{"ann", "bob", fmt.Sprint("user", j)}[j%3])].Add(1)
			}
		})
	}
	flooded := make(chan struct{})
	go func() { wg.Wait(); close(flooded) }()
	for going, signedIn := true, 0; going; {
		select {
		case <-flooded:
			going = false
		default:
		}
		if _, err := io.ReadFull(feed.Body, make([]byte, 1000)); err != nil {
			t.Fatal("the feed ends:", err)
		}
		h.want(http.StatusOK, "GET", "/healthz", "")
		if signedIn++; signedIn <= 5 {
			h.want(http.StatusOK, "POST", "/api/v1/session", fmt.Sprintf(`{"name":"ann","password":%q}`, ownerPassword), known...)
		}
	}
	wrong, many := counts[401].Load(), counts[429].Load()
	most := peak.stop()
	t.Logf("%d refused, %d put off, heap up to %d MiB", wrong, many, most>>20)
	if wrong+many != 1000 || many == 0 {
		t.Errorf("401: %d, 429: %d", wrong, many)
	}
	// Each hash takes 19 MiB, and twice that is garbage; 100 at once were 1.9 GB. There
	// is one at a time for two processors.
	if limit := uint64(450+60*max(1, runtime.GOMAXPROCS(0)/2)) << 20; most > limit {
		t.Errorf("the heap has grown to %d MiB", most>>20)
	}
	failures := len(decode[eventPage](t, h.want(http.StatusOK, "GET", "/api/v1/events?type=sign_in_failed&limit=500", "", ann...)).Events)
	if failures == 0 || failures > 250 {
		t.Errorf("%d failures are written down", failures)
	}
	if n := strings.Count(h.log.String(), "level=WARN") + strings.Count(h.log.String(), "level=ERROR"); n > 10 {
		t.Errorf("%d warnings in the log", n)
	}
}

// heapPeak is the most memory that was in use while it was watched.
type heapPeak struct {
	cancel context.CancelFunc
	done   chan struct{}
	most   uint64
}

func sampleHeap(t *testing.T) *heapPeak {
	ctx, cancel := context.WithCancel(t.Context())
	p := &heapPeak{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			p.most = max(p.most, m.HeapInuse)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return p
}

func (p *heapPeak) stop() uint64 {
	p.cancel()
	<-p.done
	return p.most
}
