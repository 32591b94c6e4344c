package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// cutter stands between a browser and a hub and can break the feeds that run
// through it, and nothing else.
type cutter struct {
	proxy *httputil.ReverseProxy

	mu    sync.Mutex // guards feeds
	feeds []context.CancelFunc
}

// ServeHTTP implements http.Handler.
func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/feed") {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		r = r.WithContext(ctx)
		c.mu.Lock()
		c.feeds = append(c.feeds, cancel)
		c.mu.Unlock()
	}
	c.proxy.ServeHTTP(w, r)
}

// cut breaks all feeds and returns how many there have been.
func (c *cutter) cut() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.feeds)
	for _, cancel := range c.feeds {
		cancel()
	}
	return n
}

// TestBrokenFeedIsOpenedAgain checks that a feed comes back by itself when its
// connection breaks though the camera is live: an <img> does not do that.
func TestBrokenFeedIsOpenedAgain(t *testing.T) {
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	to, err := url.Parse(hub.url)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{proxy: httputil.NewSingleHostReverseProxy(to)}
	front := httptest.NewServer(c)
	t.Cleanup(front.Close)
	t.Cleanup(func() { c.cut() }) // before front.Close, which waits for them
	p := page.open(front.URL, "")
	p.waitFor(`document.querySelector('.tile.fed')`)
	for n := range 2 {
		if got := c.cut(); got != n+1 {
			t.Fatalf("%d feeds were opened, want %d", got, n+1)
		}
		p.waitFor(`!document.querySelector('.tile.fed')`)
		p.waitFor(`document.querySelector('.tile.fed')`)
		p.waitForMotion("yard")
	}
}
