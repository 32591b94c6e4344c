//go:build linux

package soak

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"time"
)

// anyCamera returns the ID of a camera that may or may not be there.
func anyCamera(rng *rand.Rand) string {
	switch rng.IntN(4) {
	case 0:
		return flakyID(rng.IntN(flakyCameras))
	case 1:
		return fmt.Sprint("churn-", rng.IntN(churnCameras))
	}
	return pick(rng, steadyIDs()...)
}

// watchFeed watches a feed until ctx ends, and returns how many pictures came, and why
// no more did.
func (c *client) watchFeed(ctx context.Context, path string) (n int, err error) {
	resp, err := c.open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s", resp.Status)
	}
	c.add(feeds, 1)
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return 0, err
	}
	empty := false // the part before was
	for parts := multipart.NewReader(resp.Body, params["boundary"]); ; {
		part, err := parts.NextPart()
		if err != nil {
			return n, err
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return n, err
		}
		if empty {
			c.fault(failedAnswer, "%s: a part without a picture before the last", path)
		}
		if empty = len(b) == 0; empty {
			continue // the last one's delimiter was out already when the feed ended
		}
		if !bytes.HasPrefix(b, []byte{0xff, 0xd8}) {
			c.fault(failedAnswer, "%s: a part of %d bytes is no picture", path, len(b))
		}
		c.add(pictures, 1)
		n++
	}
}

// comeAndGo watches a camera for a moment.
func (c *client) comeAndGo(ctx context.Context, rng *rand.Rand) error {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond+upTo(rng, 4*time.Second))
	defer cancel()
	path := "/cameras/" + anyCamera(rng) + "/feed" + pick(rng, "", "", "?width=80", "?fps=2", "?advance=1")
	_, _ = c.watchFeed(ctx, path) // it ends in one of many ways
	return nil
}

// stay watches a steady camera for as long as the hub lives.
func (l *load) stay(ctx context.Context, rng *rand.Rand) error {
	id := pick(rng, steadyIDs()...)
	n, err := l.watchFeed(ctx, "/cameras/"+id+"/feed")
	if ctx.Err() == nil && !l.dying.Load() {
		l.fault(cutViewers, "of %s, after %d pictures: %v", id, n, err)
	}
	return nil
}

// linger takes a feed slowly, or not at all, until the hub has enough of it.
func (c *client) linger(ctx context.Context, rng *rand.Rand) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second+upTo(rng, 20*time.Second))
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	if _, err := fmt.Fprintf(conn, "GET /cameras/%s/feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", anyCamera(rng)); err != nil {
		return err
	}
	c.add(slowFeeds, 1)
	if rng.IntN(2) == 0 { // it takes nothing
		<-ctx.Done()
		return nil
	}
	for b := make([]byte, 2<<10); pause(ctx, 200*time.Millisecond); {
		if _, err := conn.Read(b); err != nil {
			return nil // the hub has closed it, as it should
		}
	}
	return nil
}

// snap takes a picture, which a steady camera always has.
func (l *load) snap(ctx context.Context, rng *rand.Rand) error {
	id := anyCamera(rng)
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	resp, err := l.open(ctx, "/cameras/"+id+"/snapshot.jpg"+pick(rng, "", "?width=80", "?max_age=1m"))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusOK {
		l.add(snapshots, 1)
	} else if l.steady.Load() && !l.dying.Load() && !strings.HasPrefix(id, "flaky") && !strings.HasPrefix(id, "churn") {
		l.fault(disturbed, "no snapshot of %s: %s %.200s", id, resp.Status, b)
	}
	pause(ctx, upTo(rng, 200*time.Millisecond))
	return nil
}

// play plays what was recorded in the last half minute, and looks at one instant of it.
func (c *client) play(ctx context.Context, rng *rand.Rand) error {
	id, from := pick(rng, steadyIDs()...), time.Now().UTC().Add(-upTo(rng, 30*time.Second))
	ctx, cancel := context.WithTimeout(ctx, time.Second+upTo(rng, 3*time.Second))
	defer cancel()
	path := fmt.Sprintf("/cameras/%s/playback?from=%s&speed=%s", id, from.Format(time.RFC3339), pick(rng, "1", "8", "-2"))
	if n, _ := c.watchFeed(ctx, path); n > 0 { // it ends in one of many ways
		c.add(plays, 1)
	}
	resp, err := c.open(ctx, fmt.Sprintf("/cameras/%s/at/%s.jpg", id, from.Format(time.RFC3339)))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// follow reads live events for a moment, and a page of old ones.
func (c *client) follow(ctx context.Context, rng *rand.Rand) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second+upTo(rng, 5*time.Second))
	defer cancel()
	if _, err := c.call(ctx, "GET", "/api/v1/events?limit=500", nil, nil); err != nil {
		return err
	}
	resp, err := c.open(ctx, "/api/v1/events/live")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
