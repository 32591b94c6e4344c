package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// cutter stands between a browser and a hub and can break the walls that run
// through it, and nothing else.
type cutter struct {
	proxy *httputil.ReverseProxy

	mu    sync.Mutex // guards walls
	walls []context.CancelFunc
}

// ServeHTTP implements http.Handler.
func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/v1/wall" {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		r = r.WithContext(ctx)
		c.mu.Lock()
		c.walls = append(c.walls, cancel)
		c.mu.Unlock()
	}
	c.proxy.ServeHTTP(w, r)
}

// cut breaks all walls and returns how many there have been.
func (c *cutter) cut() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.walls)
	for _, cancel := range c.walls {
		cancel()
	}
	return n
}

// TestBrokenWallIsOpenedAgain checks that pictures come back by themselves when
// their connection breaks and nothing else does.
func TestBrokenWallIsOpenedAgain(t *testing.T) {
	t.Parallel()
	hub, page := startHub(t), startBrowser(t)
	hub.add("Yard")
	to, err := url.Parse(hub.url)
	if err != nil {
		t.Fatal(err)
	}
	// A hub without users answers no proxy that says it is one.
	c := &cutter{proxy: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}}
	front := httptest.NewServer(c)
	t.Cleanup(front.Close)
	t.Cleanup(func() { c.cut() }) // before front.Close, which waits for them
	p := page.open(front.URL, `window.lost = 0`)
	p.waitFor(`document.querySelector('.tile.fed')`)
	eval[bool](p, `new MutationObserver((all) => {
		if (all.some((m) => m.oldValue.includes('fed') && !m.target.classList.contains('fed'))) window.lost++;
	}).observe(document.querySelector('.tile'), {attributes: true, attributeFilter: ['class'], attributeOldValue: true}), true`)
	for n := range 2 {
		if got := c.cut(); got != n+1 {
			t.Fatalf("%d walls were opened, want %d", got, n+1)
		}
		p.waitFor(fmt.Sprintf(`window.lost === %d`, n+1))
		p.waitFor(`document.querySelector('.tile.fed')`)
		p.waitForMotion("yard")
	}
}
