//go:build linux

package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

const (
	callWithin = 20 * time.Second
	maxAnswer  = 16 << 20
)

// client speaks to one life of a hub. It is safe for concurrent use.
type client struct {
	url  string
	http *http.Client
	*tally
}

func newClient(url string, t *tally) *client {
	return &client{url: url, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}, tally: t}
}

// open sends a request without a body, and returns the answer, whatever its status is.
// The caller closes it.
func (c *client) open(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		return nil, err
	}
	return c.send(req)
}

// send sends a request and counts its answer.
func (c *client) send(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	c.add(requests, 1)
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusTooManyRequests:
		c.add(notNow, 1)
		if resp.Header.Get("Retry-After") == "" {
			c.fault(failedAnswer, "%s %s: %s without Retry-After", req.Method, req.URL.Path, resp.Status)
		}
	case resp.StatusCode >= 500:
		c.fault(failedAnswer, "%s %s: %s", req.Method, req.URL.Path, resp.Status)
	}
	return resp, nil
}

// call sends a request with a JSON body, or none, and decodes the answer into out, if
// that is not nil and the status is of success. An error means that there was no
// answer.
func (c *client) call(ctx context.Context, method, path string, body, out any) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	var payload []byte
	if body != nil {
		if payload, err = json.Marshal(body); err != nil {
			return 0, fmt.Errorf("encode the body of %s: %w", path, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(payload))
	if err != nil {
		return 0, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.send(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, err
	}
	if out != nil && resp.StatusCode < 300 && len(b) > 0 {
		if err := json.Unmarshal(b, out); err != nil {
			return resp.StatusCode, fmt.Errorf("%s %s: %w: %.200s", method, path, err, b)
		}
	}
	return resp.StatusCode, nil
}

// text returns an answer as it is.
func (c *client) text(ctx context.Context, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	resp, err := c.open(ctx, path)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	var b strings.Builder
	_, err = io.Copy(&b, io.LimitReader(resp.Body, maxAnswer))
	return b.String(), err
}

// object is a piece of JSON.
type object = map[string]any

// seen is what the soak looks at in a camera.
type seen struct {
	ID, Name string
	Revision uint64
	Status   struct {
		State     string
		Connects  uint64
		Error     *struct{ Code, Message string }
		Recording *struct {
			State          string
			Pictures, Lost uint64
		}
	}
}

// cameras returns all cameras by their ID.
func (c *client) cameras(ctx context.Context) (map[string]seen, error) {
	var list struct{ Cameras []seen }
	status, err := c.call(ctx, "GET", "/api/v1/cameras", nil, &list)
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("list the cameras: %d, %v", status, err)
	}
	all := make(map[string]seen, len(list.Cameras))
	for _, cam := range list.Cameras {
		all[cam.ID] = cam
	}
	return all, nil
}

// pause waits for d, or until ctx ends. It tells whether d has passed.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// upTo returns a duration from 0 to just under d.
func upTo(rng *rand.Rand, d time.Duration) time.Duration { return time.Duration(rng.Int64N(int64(d))) }
